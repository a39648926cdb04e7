"""Buttons and lists on WhatsApp: contents at Twilio whose every word is a variable, one for each number of options.

Within a day of a person's own text no content needs approval, and Twilio fills variables in bodies, titles and ids
alike. So thirteen contents (three of buttons, ten of lists) serve every question in every language; they are looked for
by name, and made the first time they are needed.
"""

from __future__ import annotations

import threading
import time
from typing import Any

from bot.channels import Choices, Template
from bot.logs import log

MOST_BUTTONS = 3
"""Without approval; an approved template may have more."""
PAGE = 1000
PAUSE = 600.0
"""Seconds without a new try after one that failed: every send to WhatsApp waits for it."""
REFUSED = frozenset({21654, 21655, 21656, 63005, 63021})
"""Codes that say the content is at fault and not the person: the words can go out without it."""


class Contents:
    """The contents of one account, remembered by name once seen."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()
        self._sids: dict[str, str] = {}
        self._again_at = 0.0

    def filled(self, choices: Choices) -> Template | None:
        """The content for these choices with its variables; None where Twilio has none and makes none: then the answers
        go out as numbered text."""
        count = len(choices.options)
        buttons = count <= MOST_BUTTONS
        name = f"sayso_{'buttons' if buttons else 'list'}_{count}"
        sid = self._sid(name, count, buttons=buttons)
        if sid is None:
            return None
        values = [choices.body, *([] if buttons else [choices.button])]
        values += [part for payload, title in choices.options for part in (title, payload)]
        return Template(sid, {str(number): value for number, value in enumerate(values, 1)})

    def _sid(self, name: str, count: int, *, buttons: bool) -> str | None:
        with self._lock:
            if name not in self._sids and time.monotonic() >= self._again_at:
                try:
                    contents = self._client.content.v1.contents
                    known = {each.friendly_name: each.sid for each in contents.list(page_size=PAGE)}
                    self._sids |= {key: sid for key, sid in known.items() if key and key.startswith("sayso_")}
                    if name not in self._sids:
                        self._sids[name] = contents.create(_Request(name, _types(count, buttons=buttons))).sid
                except Exception as error:  # whatever it is, the words go out without buttons
                    self._again_at = time.monotonic() + PAUSE
                    log.warning("no content for buttons", error=type(error).__name__)
            return self._sids.get(name)


class _Request:
    """What the library asks a request for: its own class sends every other type of content along, as null."""

    def __init__(self, name: str, types: dict[str, Any]) -> None:
        self._fields = {"friendly_name": name, "language": "en", "types": types}

    def to_dict(self) -> dict[str, Any]:
        """The fields of the request."""
        return self._fields


def _types(count: int, *, buttons: bool) -> dict[str, Any]:
    first = 2 if buttons else 3
    places = [(f"{{{{{first + 2 * at}}}}}", f"{{{{{first + 2 * at + 1}}}}}") for at in range(count)]
    if buttons:
        actions = [{"type": "QUICK_REPLY", "title": title, "id": payload} for title, payload in places]
        return {"twilio/quick-reply": {"body": "{{1}}", "actions": actions}}
    items = [{"item": title, "id": payload} for title, payload in places]
    return {"twilio/list-picker": {"body": "{{1}}", "button": "{{2}}", "items": items}}
