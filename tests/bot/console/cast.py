"""The cast of the console's tests: Alice administers, Bob coordinates; time is an argument."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pyotp

from bot.channels import Inbound
from bot.console.access import Role
from bot.console.invitations import invite
from bot.conversations.turn import take_turn
from bot.service import Service, build
from bot.settings import Settings
from storage.ids import new_id
from tests.clients import Client
from tests.stores import KEY

HTTPS = "https://sayso.example.org"
PASSWORD = "four yellow herons wade"
_CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass
class Moment:
    """A clock that a test moves on."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)


def service_on_https(store: str, folder: Path, clock: Callable[[], datetime]) -> Service:
    """A service as it stands behind a proxy with a certificate."""
    environ = {"SAYSO_DATA": str(folder), "DATABASE_URL": store, "SAYSO_SECRET_KEY": KEY.hex(), "PUBLIC_URL": HTTPS}
    return build(Settings.read(environ), now=clock)


@dataclass
class Browser:
    """One browser: follows forms as a person would, with the page's own token against forged posts."""

    client: Client
    clock: Callable[[], datetime]
    secret: str = ""

    def get(self, path: str) -> Any:
        return self.client.get(path)

    def post(self, path: str, *, page: str | None = None, **fields: Any) -> Any:
        """Post a form found on `page` (the path itself where not given)."""
        return self.client.post(
            path, data={"csrf_token": self.token(page or path), "once": secrets.token_hex(6), **fields}
        )

    def send(self, **fields: Any) -> Any:
        """Put a broadcast together, look at what it would do, and send it."""
        path = "/console/broadcasts/new"
        shown = re.findall(r'name="(shown_\w+)" value="(\d+)"', self.post(path, **fields).text)
        return self.post(path, **fields, **dict(shown), act="send")

    def token(self, path: str) -> str:
        found = _CSRF.search(self.client.get(path, follow_redirects=True).text)
        assert found, f"no form on {path}"
        return found[1]

    def code(self) -> str:
        """What the authenticator app shows now."""
        return pyotp.TOTP(self.secret).at(self.clock())


def join(service: Service, client: Client, name: str, role: Role) -> Browser:
    """Invite somebody and let them accept, as the pages ask for; they are signed in then."""
    browser = Browser(client, service.now)
    path = "/console" + invite(service, name, role, "command line").partition("/console")[2]
    assert browser.post(path, password=PASSWORD, again=PASSWORD).status_code == 303
    page = client.get(f"{path}/code").text
    found = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert found
    browser.secret = found[1].replace(" ", "")
    answer = browser.post(f"{path}/code", code=browser.code())
    assert "Keep these codes" in answer.text
    return browser


def talk(service: Service, phone: int, *texts: str) -> None:
    """Text these from a phone of the community."""
    for text in texts:
        address = f"sms:+4477009{phone:05d}"
        take_turn(service, Inbound(f"t{new_id()}", address, "sms", "simulator", text, None, 0, None, service.now()))
