"""Hearing danger in a text, in every language that ships; what is done about it: `bot.conversations.safeguarding`."""

from __future__ import annotations

from functools import cache

from flows.understanding.crisis import Cry, Danger, Recogniser
from translations.crises import all_crises


@cache
def recogniser() -> Recogniser:
    """What hears danger in every language that ships, compiled once a process."""
    return Recogniser(all_crises())


def hear_danger(text: str, *, young_people: bool = False) -> Cry | None:
    """What a text cries for, in whatever language.

    Args:
        text: what somebody wrote.
        young_people: people under 16 take part here, so being one is no danger.
    """
    cry = recogniser().hear(text)
    if cry is not None and young_people and cry.dangers == (Danger.UNDER_16,):
        return None
    return cry
