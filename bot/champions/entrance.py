"""The way in to champions' orders, which are loaded when the first champion texts.

With the results and the broadcasts they can ask for, they are a tenth of all imports, and the first answer to anybody
would wait for them.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import Any

from bot.conversations.exchange import Exchange
from flows.text import fold

UNFINISHED = "remove"
"""Alone it is STOP to everybody else. A champion has begun an order, and is shown how it goes on."""


@cache
def _commands() -> Any:
    return import_module("bot.champions.commands")


def hear(exchange: Exchange) -> str | None:
    """See `bot.champions.commands.hear`."""
    said: str | None = _commands().hear(exchange)
    return said


def begins_order(exchange: Exchange) -> bool:
    """Whether a champion's text only begins an order, in a word that would be heard as something else."""
    return exchange.champion and fold(exchange.inbound.body[:20]) == UNFINISHED


def help_text(exchange: Exchange) -> str:
    """See `bot.champions.commands.help_text`."""
    said: str = _commands().help_text(exchange)
    return said
