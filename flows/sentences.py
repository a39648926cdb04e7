"""What the engine says by itself: plain, kind, short. English here; `Words.say` gives the contact's language.

None of these is said twice in a row to one person at one question: a repeated sentence does not help who did not
understand the first.
"""

from __future__ import annotations

NO_WORDS = "We did not get any words in that text. Please try again."
TWICE = "We got that twice, so we kept it once."
APOLOGY = "Sorry, something went wrong on our side. Your answers so far are safe. Thank you for your time."
THANKS = "Thank you. That is all we wanted to ask."
DID_YOU_MEAN = "Did you mean {label}? Reply YES or NO."
NO_PICTURES = "Sorry, we cannot take pictures or voice notes. Please tell us in words."
NO_WAY_BACK = "This is the first question, so we cannot go back."
PAUSED = "That is fine, we will wait. Text AGAIN when you are ready, and we ask once more."
CALM = "Thank you for writing again. There is no hurry. Our question was:"
TOMORROW = "Thank you. The next question comes tomorrow."
CHANGED = "Thank you. We have changed your answer to {label}."
HAVE_THAT = "Thank you, we have that already."
CANNOT_SKIP = "Sorry, we do need an answer to this one to go on. Or text STOP to end."

YES = "Yes"
NO = "No"
YES_OR_NO = "Reply YES or NO."
MANY_HINT = "Reply with all the numbers that fit, such as 1 3."
MANY_LIMIT = "Reply with up to {most} of these numbers, such as 1 3."
SKIP_HINT = "Or text SKIP."
SCALE_HINT = "Reply with a number from {from} to {to}."
SCALE_ENDS_HINT = "Reply with a number: {from} is {low}, {to} is {high}."

RETRY_CHOICE = (
    "Sorry, we did not understand. Please text just the number of your answer.",
    "We still could not tell which one you meant. One number is enough:",
    "Please pick one from this list by its number:",
    "Let us try again. Text one of these numbers:",
    "One last time: which number fits best?",
)
RETRY_YES_NO = (
    "Sorry, we did not understand. Please text YES or NO.",
    "We still could not tell. Just Y for yes or N for no is enough.",
    "Is it a yes or a no? One word will do.",
    "Let us try again: YES, or NO?",
    "One last time: yes or no?",
)
RETRY_NUMBER = (
    "Sorry, we did not understand. Please text a number only.",
    "We still need a number, in digits, such as 2.",
    "Please text digits only, no words.",
    "Let us try again with just a number.",
    "One last time: which number?",
)
RETRY_SCALE = (
    "Sorry, we did not understand. Please text one number from {from} to {to}.",
    "We still could not tell. Any whole number from {from} up to {to} is fine.",
    "Please text digits only, {from} to {to}.",
    "Let us try again with one number, {from} to {to}.",
    "One last time: a number from {from} to {to}?",
)
RETRY_TEXT = (
    "Please tell us in words.",
    "A few words are enough.",
    "Any words will do.",
    "Let us try again, in words.",
    "One last time, in words please.",
)
RETRY_MANY = (
    "Sorry, we did not understand. Please text just the numbers that fit, such as 1 3.",
    "We still could not tell which ones. One or more numbers from this list:",
    "Please text only numbers, with a space between.",
)
RETRY_DATE = (
    "Sorry, we could not read that as a date. Please text day, month and year, such as 5 March 2024.",
    "We still could not tell which day. Numbers will do: day/month/year, such as 5/3/2024.",
    "Please text one date only, day first.",
)
RETRY_POSTCODE = (
    "Sorry, we could not read that as a postcode. Please text one such as E13 9AB.",
    "We still could not tell. The first part of your postcode is enough, such as E13.",
    "Please text only your postcode.",
)
RETRY_MEDIA = (
    "Please send it, or tell us in words instead.",
    "A few words are fine too.",
    "Let us try again: send it, or use words.",
)
RETRY_LOCATION = (
    "Please share your location: tap the + or the paper clip in WhatsApp, then Location.",
    "We still have no location. In WhatsApp, tap +, then Location, then Send.",
    "One last time: please share your location.",
)
