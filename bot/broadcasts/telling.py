"""What a broadcast would do, in one sentence of the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.broadcasts.exclusions import Exclusion
from bot.broadcasts.planning import Preview
from bot.broadcasts.prices import pounds
from bot.champions import sentences
from flows.text import fill

Say = Callable[..., str]
"""A sentence in somebody's language, its placeholders filled by name: `Exchange.say`."""


def in_english(sentence: str, /, **values: str | int) -> str:
    """The sentence as it stands."""
    return fill(sentence, values)


def told(preview: Preview, say: Say = in_english) -> str:
    """Texts 42 people in 4 languages, about £1.90, 3 left out (quiet hours 2, asked this month 1)."""
    people, languages = preview.people, len(preview.languages)
    text = sentences.TEXTS if people != 1 else sentences.TEXTS_ONE
    whom = say(sentences.TEXTS_IN if languages > 1 else text, people=people, languages=languages)
    parts = [whom, say(sentences.ABOUT, price=pounds(preview.price)), left_out(preview.left_out, say)]
    return ", ".join(part for part in parts if part) + "."


def left_out(counts: Mapping[Exclusion, int], say: Say = in_english) -> str:
    """`3 left out (quiet hours 2, asked this month 1)`, most first; empty where nobody is."""
    present = sorted(((count, reason) for reason, count in counts.items() if count), key=lambda pair: -pair[0])
    if not present:
        return ""
    why = ", ".join(f"{say(reason.words)} {count}" for count, reason in present)
    # Not by `say`: it would cut the reasons to the length of a resident's words.
    return say(sentences.LEFT_OUT, count=sum(count for count, _ in present), why="{why}").replace("{why}", why)
