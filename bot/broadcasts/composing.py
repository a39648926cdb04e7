"""A broadcast put together from what somebody asked for: a flow or a text, to whom, when, how often."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from bot.broadcasts.draft import Draft, Kind
from bot.broadcasts.filters import parse_filter
from bot.broadcasts.schedule import Repeat, parse_when
from bot.exports.masking import ENDINGS
from bot.mistakes import ToldError
from bot.service import Service
from storage.community import groups
from storage.sending.audience import Audience

_COUNTRIES = "(?!(?:am|an|go|he|hi|if|of|oh|ok|on|or|pm|up|we)\\b)[a-z]{2}"
"""Two letters that may be a country's ending: not the words that follow a full stop whose space was forgotten."""
_OTHERS = "agency|biz|care|charity|click|club|help|live|mobi|news|ngo|page|shop|store|support|team|today|top|win|xyz"
_NO_NUMBER = r"(?<![\w-])(?<!\d\.)(?!(?:\d+\.){2,}[^\W\d_]+(?![\w/-]|\.\w))"
"""Before a name: it is no price, time or date with a word right behind its full stop, as £3.50.It or 24.12.2026.So."""
_LINK = re.compile(
    r"://(?:[^\s/?#@]*@)*([^\s/?#@:]*)"
    rf"|({_NO_NUMBER}(?:[\w-]+\.)+(?:{ENDINGS}|{_OTHERS}|{_COUNTRIES})(?![\w-])"
    r"|(?:[\w-]+\.)+[^\W\d_]{2,}(?=/\w)|(?:\d{1,3}\.){3}\d{1,3}(?=[/:]\w)|www\.[\w.-]*\w)",
    re.IGNORECASE,
)
"""What a phone makes a link of: whatever follows `://` (its name is behind any `@`), and names that end as sites do."""
_MARKS = ".,;!'\")]}>"
"""What may stand right behind a site's name without being of it."""
LONGEST_TEXT = 918
"""Characters: six parts of a text."""


class BroadcastsError(ToldError):
    """What was asked for cannot be done; the message says why."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asked for, as they wrote it. `at` is a wall-clock time; empty: at once."""

    flow: str = ""
    text: str = ""
    to: tuple[str, ...] = ()
    everybody: bool = False
    matching: str = ""
    at: str = ""
    repeat: str = Repeat.NEVER
    remind: bool = False


def compose(service: Service, wish: Wish) -> Draft:
    """The broadcast that was asked for.

    Raises:
        BroadcastsError: something about it cannot be.
        FilterError, ScheduleError: the condition or the time cannot be read.
    """
    if not wish.flow and not wish.text:
        raise BroadcastsError("Say what is sent: choose a flow, or write one text.")
    if wish.flow and wish.text:
        raise BroadcastsError("Give a flow or one text, not both.")
    if not wish.to and not wish.everybody and not wish.matching:
        raise BroadcastsError("Say to whom: to groups, to those who match a condition, or to everybody.")
    if wish.repeat not in list(Repeat):
        raise BroadcastsError("Say how often it comes again: never, weekly or monthly.")
    if wish.matching:
        parse_filter(wish.matching)
    with service.database.reading() as db:
        known = [group.name for group in groups.every(db)]
    for name in wish.to:
        if name not in known:
            raise BroadcastsError(
                "There is no group `{name}`. There is {names}.", name=name[:40], names=", ".join(known) or "–"
            )
    common: dict[str, Any] = {
        "audience": Audience(wish.to, everybody=wish.everybody or not wish.to),
        "matching": wish.matching,
        "starts_at": parse_when(wish.at, ZoneInfo(service.settings.timezone), service.now()) if wish.at else None,
        "repeat": Repeat(wish.repeat),
    }
    if wish.text:
        _check_text(wish.text, service.settings.links)
        return Draft(Kind.TEXT, body=wish.text, **common)
    if service.shelf.flow(wish.flow) is None:
        names = ", ".join(service.shelf.ids())
        raise BroadcastsError("There is no flow `{name}`. There is {names}.", name=wish.flow[:40], names=names)
    if service.shelf.is_off(wish.flow) and not wish.remind:
        raise BroadcastsError("The flow `{name}` is switched off.", name=wish.flow)
    revision_id, flow = service.shelf.current(wish.flow, service.settings.language)
    kind = Kind.REMINDER if wish.remind else Kind.SURVEY
    return Draft(kind, flow=flow.id, revision_id=revision_id, **common)


def _check_text(text: str, links: tuple[str, ...]) -> None:
    """Refuse a text that is too long, or links where nobody said links may go."""
    if len(text) > LONGEST_TEXT:
        raise BroadcastsError(
            "The text has {count} characters; at most {most} can be sent.", count=len(text), most=LONGEST_TEXT
        )
    for match in _LINK.finditer(unicodedata.normalize("NFKC", text)):
        site = (match[1] or match[2] or "").lower().rstrip(_MARKS)
        if not any(site == each or site.endswith(f".{each}") for each in links):
            raise BroadcastsError(
                "The text links to {site}, which is not in SAYSO_LINKS: people learn not to trust it.", site=site
            )
