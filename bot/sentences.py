"""What the service itself says, outside any flow. Plain, kind, one SMS each; English here, translated by sentence."""

STOPPED = "You will get no more texts from us. Changed your mind? Text START."
WELCOME_BACK = "Welcome back. You can get texts from {organisation} again. Text STOP at any time to end them."
HELP = "This is {organisation}. We ask people what they think, by text. Text STOP and we will not text you again."
QUESTION_WAITS = "Your last question is still open: just reply to it."
WHICH_LANGUAGE = "Which language shall we write in? Text its number."
NEW_LANGUAGE = "From now on we write to you in {language}."
SAME_LANGUAGE = "That is fine. We stay with this language. Text LANGUAGE at any time to change it."
OFFER_LANGUAGE = "Would you like to go on in {language}? Reply YES or NO."
NOT_UNDERSTOOD = "Thank you for your text to {organisation}. To begin, text {keywords}. Text STOP for no more texts."
NO_PICTURES = "Sorry, we cannot take pictures or voice notes. Please tell us in words."

# Joining a group.
INVITATION = (
    "Hello {name|there}. {champion|Somebody you know} invites you to {group} ({organisation}): a few questions by "
    "text. Reply YES to join. NO or STOP: no texts."
)
INVITATION_DISCREET = (
    "Hello. May we text you a few questions now and then? Reply YES if that is fine. NO or STOP: no texts."
)
JOINED = "Thank you. You are in {group} now. We text a few questions now and then. Text STOP at any time to end them."
JOINED_DISCREET = "Thank you. We text a few questions now and then. Text STOP at any time to end them."
ALREADY_IN = "You are in {group} already. Text STOP at any time to end our texts."
DECLINED = "That is fine. We will not ask you again."
INVITED = "You are invited to {group}. Reply YES to join, or STOP for no texts."

DOORBELL = "Hello. Something is waiting for you. Reply OK to see it when it suits you, or STOP for no texts."
WANTED = "Somebody in your group {group} would like to hear from you. Your coordinator knows who."
"""To a champion, where the flow says to tell them but not what."""


# Several people on one phone.
WHO_ANSWERS = (
    "Who is answering? Reply # and your initials, like #AB. To answer for somebody else: ## and their initials."
)
USED_BEFORE = "{initials}, was it you who texted us from this phone before? Reply YES or NO."
NOW_ANSWERING = "Thank you. Now {initials} is answering."
NOW_ANSWERING_FOR = "Thank you. You are answering for {initials} now, and we note that."

# A number that was silent for months: networks give numbers away again.
STILL_THE_SAME = (
    "Hello. We have not heard from this number for months. Have you had it all that time? Reply YES, or NO if it is "
    "new to you. STOP: no texts."
)
STILL_YOURS = "Thank you. It is good to hear from you again."
NEW_HERE = "Thank you. Then you are new to us, and we text you only if you text first. To begin, text {keywords}."

# Buttons and lists on WhatsApp.
CHOOSE = "Choose"
OLD_BUTTON = "That button belongs to an earlier question, so nothing has changed."


# A person's rights over their own words.
FORGET_SURE = "Shall we delete all we hold about you? Reply YES to delete it for good. Any other reply keeps it."
FORGOTTEN = "Done. We have deleted all we held about you. Take care."
KEPT = "That is fine. We have deleted nothing."
MY_DATA = (
    "We hold: your number, answers: {answers}, texts: {texts}. For a copy of it all, ask {organisation}. "
    "Text FORGET ME to delete it."
)
NOTHING_HELD = "We hold nothing about you but this text."
LISTENING = "hearing what people think"
"""What we ask for, where a flow does not say."""
FIX_WHICH = "Which answer shall we change? Reply its number, or NO to change none."
FIX_AGAIN = "Your answer was: {answer}. Please answer again:"
NOTHING_TO_FIX = "We have no answer of yours from the last 30 days that could be changed."
WHY = (
    "Why we ask: {purpose}. {organisation} sees your answers; nobody else sees your number. We keep them {days} days. "
    "Text FORGET ME to delete them."
)
