"""Words about the conversation itself, heard before any flow: STOP, START and HELP."""

from __future__ import annotations

from enum import StrEnum

from flows.reading import longest, read, without_courtesy
from flows.text import fold
from flows.words import Words

MAX_STOP_WORDS = 14
"""Words of the longest text in which a stop phrase is looked for; a longer text is a story."""


MAX_SPACED = 24
"""Characters of the longest word that is looked for with spaces between its letters."""


class Command(StrEnum):
    """What a text asks of the service."""

    STOP = "stop"
    START = "start"
    HELP = "help"
    SKIP = "skip"
    BACK = "back"
    AGAIN = "again"
    WHY = "why"
    LANGUAGE = "language"
    PAUSE = "pause"
    MY_DATA = "my data"
    FORGET_ME = "forget me"
    FIX = "fix"


def hear(text: str, words: Words) -> Command | None:
    """The command a text is, or None for any other text.

    START and HELP must be the whole text but for courtesy. STOP is also heard in a short text that says nothing but
    "no more texts to me"; a story in which the word stands ("the bus stop was far") never is one.
    """
    if len(text) > 400:
        return None
    whole = fold(text)
    command = _named(whole, words)
    if command is not None or whole.isalnum():
        return command
    if len(whole) < MAX_SPACED and "".join(filter(str.isalnum, whole)) in words.stop:
        return Command.STOP  # "s t o p", "s.t.o.p"
    reply = read(text, (), {})
    count = len(reply.words)
    if not 1 < count <= MAX_STOP_WORDS:
        return None
    start, end = without_courtesy(reply, words)
    command = _named(" ".join(reply.words[start:end]), words)
    if command is not None:
        return command
    return Command.STOP if _wants_stop(reply.words, words) else None


def _named(phrase: str, words: Words) -> Command | None:
    if phrase in words.stop:
        return Command.STOP
    if phrase in words.start:
        return Command.START
    for command, wordings in (
        (Command.HELP, words.help),
        (Command.SKIP, words.skip),
        (Command.BACK, words.back),
        (Command.AGAIN, words.again),
        (Command.WHY, words.why),
        (Command.LANGUAGE, words.language_menu),
        (Command.PAUSE, words.pause),
        (Command.MY_DATA, words.my_data),
        (Command.FORGET_ME, words.forget_me),
        (Command.FIX, words.fix),
    ):
        if phrase in wordings:
            return command
    return None


def _wants_stop(row: list[str], words: Words) -> bool:
    """Whether a text is a stop phrase with nothing around it that tells another story."""
    for length in range(min(longest(words.stop_phrases), len(row)), 0, -1):
        for at in range(len(row) - length + 1):
            phrase = " ".join(row[at : at + length])
            if phrase in words.stop_phrases and _says_no_more(row, at, at + length, words):
                return True
    return False


def _says_no_more(row: list[str], start: int, end: int, words: Words) -> bool:
    for at, word in enumerate(row):
        if start <= at < end or word in words.stop_around or word in words.courtesy:
            continue
        # "this is not John, wrong number": a name we cannot know stands behind a denial.
        if at in (0, end) or row[at - 1] not in words.negating:
            return False
    return True
