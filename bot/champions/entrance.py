"""The way in to champions' orders, which are loaded when the first champion texts.

With the results and the broadcasts they can ask for, they are a tenth of all imports, and the first answer to anybody
would wait for them.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from bot.conversations.exchange import Exchange


@cache
def _commands() -> Any:
    return import_module("bot.champions.commands")


def hear(exchange: Exchange) -> str | None:
    """See `bot.champions.commands.hear`."""
    said: str | None = _commands().hear(exchange)
    return said


def help_text(exchange: Exchange) -> str:
    """See `bot.champions.commands.help_text`."""
    said: str = _commands().help_text(exchange)
    return said
