"""What a crowd texts: mostly answers, and everything else that phones send. The same seed writes the same texts."""

from __future__ import annotations

from random import Random

from flows.definition import Kind, Question

SILENT = None
"""Nothing is texted any more."""

_MOODS = {
    "answer": 60,
    "typo": 8,
    "chatty": 8,
    "two": 3,
    "skip": 3,
    "silent": 4,
    "back": 2,
    "asks": 3,
    "nonsense": 4,
    "foreign": 3,
    "stop": 2,
}
"""How many of a hundred texts are of which sort. An assumption, not a measurement: harsher than most real crowds."""

_NONSENSE = ("asdkfj", "🙃🙃", ".", "ok so anyway", "what", "😡", "lol", "????", "hjk 77 kk")
_ASKS = ("why", "who is this?", "how much does this cost?", "help", "again", "is this free?", "what do you mean")
_FOREIGN = ("tak", "nie wiem", "sí", "dobrze", "haa", "jo", "نعم", "হ্যাঁ", "evet", "ydw", "muy bien", "трохи", "很好")
_STOPS = ("stop", "STOP", "please stop texting me", "wrong number")
_AROUND = ("{} thanks", "it was {}", "i think {}", "hi, {}", "{}!!", "{} because nobody listened", "definitely {}")
_WORDS = ("the staff were kind", "too far to walk", "waited 3 hours", "no idea really", "parking", "more evening times")
_POSTCODES = ("E13 8QP", "e13", "SW1A 1AA", "E7 9AB", "M1")
_DATES = ("yesterday", "3 May", "12/10/2025", "last tuesday", "1 Jan 1990")
_FAR_FROM_ANY = 3


def reply(question: Question, chance: Random) -> str | None:
    """One text to a question; `SILENT` where the person does not write again."""
    mood = chance.choices(list(_MOODS), list(_MOODS.values()))[0]
    if mood == "silent":
        return SILENT
    sets = {"skip": ("skip", "pass"), "back": ("back",), "asks": _ASKS, "nonsense": _NONSENSE, "foreign": _FOREIGN}
    fixed = sets.get(mood) or (_STOPS if mood == "stop" else ())
    if fixed:
        return chance.choice(fixed)
    said = answer(question, chance)
    if mood == "typo":
        return _mistyped(said, chance)
    if mood == "chatty":
        return chance.choice(_AROUND).format(said)
    return f"{said} {answer(question, chance)}" if mood == "two" else said


def answer(question: Question, chance: Random) -> str:
    """A reply that answers the question."""
    if question.choices:
        picks = chance.randint(1, min(3, len(question.choices))) if question.kind is Kind.MANY else 1
        return " ".join(_choice(question, chance) for _ in range(picks))
    if question.kind is Kind.YES_NO:
        return chance.choice(("yes", "no", "Yes", "y", "nope", "yeah"))
    if question.kind in (Kind.NUMBER, Kind.SCALE):
        low = int(question.minimum or 0)
        high = int(question.maximum) if question.maximum is not None else low + 100
        # A few write a number that is too large.
        return str(chance.randint(low, high + (chance.random() < 0.05) * _FAR_FROM_ANY))
    words = {Kind.DATE: _DATES, Kind.POSTCODE: _POSTCODES}.get(question.kind, _WORDS)
    return chance.choice(words)


def assent(chance: Random) -> str:
    """A reply to "Did you mean …?": mostly yes."""
    return chance.choice(("yes", "Yes", "y", "no"))


def _choice(question: Question, chance: Random) -> str:
    at = chance.randrange(len(question.choices))
    label = question.choices[at].label
    return chance.choice((str(at + 1), label, label.lower(), *question.choices[at].words[:2]))


def _mistyped(text: str, chance: Random) -> str:
    """A letter too few, too many, or two in the wrong order."""
    at = chance.randrange(len(text)) if text else 0
    cut, twice = text[:at] + text[at + 1 :], text[: at + 1] + text[at:]
    return chance.choice((cut, twice, text[:at] + text[at : at + 2][::-1] + text[at + 2 :]))
