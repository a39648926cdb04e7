"""Contents that an account has made: buttons and lists whose words are variables, with WhatsApp's own limits."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

UNKNOWN, REFUSED = 21655, 21656
PATH = "/v1/Content"
_VARIABLE = re.compile(r"\{\{(\d+)\}\}")


class RefusedError(Exception):
    """Twilio refuses this content; `code` says why."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(str(code))


@dataclass
class Contents:
    """The contents of one account by their ids, none of them approved: good within a session only."""

    made: dict[str, dict[str, Any]] = field(default_factory=dict)
    broken: bool = False
    """The Content API answers nothing but errors."""

    def create(self, text: bytes) -> dict[str, Any]:
        """Make a content of a request's JSON; the resource."""
        request = json.loads(text)
        (kind,) = request["types"]
        assert kind in ("twilio/quick-reply", "twilio/list-picker"), kind
        assert request["friendly_name"], "it needs a name"
        assert request["language"], "it needs a language"
        sid = f"HX{len(self.made) + 1:032x}"
        self.made[sid] = {"sid": sid, "friendly_name": request["friendly_name"], "types": request["types"]}
        return self.made[sid]

    def listing(self) -> dict[str, Any]:
        """All of them on one page."""
        meta = {"key": "contents", "next_page_url": None, "page": 0, "page_size": 1000}
        return {"contents": list(self.made.values()), "meta": meta}

    def filled(self, sid: str, variables: str) -> tuple[str, list[tuple[str, str]]]:
        """The words and what can be tapped: its id and its title."""
        if sid not in self.made:
            raise RefusedError(UNKNOWN)
        values = json.loads(variables or "{}")

        def fill(text: str) -> str:
            return _VARIABLE.sub(lambda match: values[match[1]], text)

        try:
            ((kind, given),) = self.made[sid]["types"].items()
            body = fill(given["body"])
            if kind == "twilio/quick-reply":
                options = [(fill(each["id"]), fill(each["title"])) for each in given["actions"]]
                longest, most = 20, 3
            else:
                options = [(fill(each["id"]), fill(each["item"])) for each in given["items"]]
                longest, most = 24, 10
                assert 0 < len(fill(given["button"])) <= 20
        except KeyError:
            raise RefusedError(REFUSED) from None
        titles = {title for _, title in options}
        if not 0 < len(body) <= 1024 or len(options) > most or len(titles) < len(options):
            raise RefusedError(REFUSED)
        if any(not 0 < len(title) <= longest or not 0 < len(payload) <= 200 for payload, title in options):
            raise RefusedError(REFUSED)
        return body, options
