"""The whole fake: one account, its webhooks, its callbacks and its API server."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, Self

from tests.fakes.twilio.account import Account, Pending
from tests.fakes.twilio.callbacks import Callbacks
from tests.fakes.twilio.doors import Answer, Target, door
from tests.fakes.twilio.ledger import CallbackSent, Ledger
from tests.fakes.twilio.modes import OK, Mode
from tests.fakes.twilio.server import ApiServer
from tests.fakes.twilio.webhooks import Exchange, Webhooks

TOKEN = "12345678901234567890123456789012"
ACCOUNT_SID = "AC" + "0123456789abcdef" * 2
PUBLIC_URL = "https://sayso.example.org"


class FakeTwilio:
    """Twilio, for tests.

    Args:
        auth_token: signs webhooks and is asked for by the API.
        account_sid: `AC…`.
        seed: everything random comes from it.
        target: a WSGI application, or the http address of a server on this machine.
        public_url: the address we are known by; signed, also where the target is another.
        inbound: path of our webhook; connection overrides may follow as `#rc=4&rp=all&rt=500`.
        fallback: path of the fallback webhook.
        now: the fake's clock.
    """

    def __init__(
        self,
        auth_token: str = TOKEN,
        account_sid: str = ACCOUNT_SID,
        seed: int = 1,
        *,
        target: Target | None = None,
        public_url: str = PUBLIC_URL,
        inbound: str = "/twilio/inbound",
        fallback: str | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.account = Account(account_sid, auth_token, seed, now)
        self.webhooks = Webhooks(
            self.account,
            _Nowhere() if target is None else door(target),
            public_url + inbound,
            public_url + fallback if fallback else None,
        )
        self.callbacks = Callbacks(self.account, self.webhooks)
        self.text: Callable[..., Exchange] = self.webhooks.text
        self.replay: Callable[[Exchange], Exchange] = self.webhooks.replay
        self._server: ApiServer | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Open the API on a free port of 127.0.0.1."""
        self._server = ApiServer(self.account)

    def close(self) -> None:
        """Close the API and let go of every caller that was left hanging."""
        if self._server is not None:
            self._server.close()
            self._server = None

    @property
    def url(self) -> str:
        """The API's origin, for TWILIO_API_URL."""
        return self._running.url

    @property
    def number(self) -> str:
        """Our number."""
        return self.account.number

    @property
    def whatsapp(self) -> str:
        """Our WhatsApp sender, with its scheme."""
        return self.account.whatsapp

    @property
    def ledger(self) -> Ledger:
        """What happened."""
        return self.account.ledger

    @property
    def opted_out(self) -> set[str]:
        """The numbers Twilio blocks us from; a test may add to it."""
        return self.account.opted_out

    def point_at(self, target: Target) -> None:
        """From now on, text this application or server."""
        self.webhooks.door = door(target)

    def script(self, *modes: Mode) -> None:
        """How the next calls to create a message are met, one mode each; after them all is well again."""
        self._running.modes.extend(modes)

    def always(self, mode: Mode = OK) -> None:
        """How every call is met for which nothing is scripted."""
        self._running.always = mode

    def hold_back(self, address: str, status: str = "undelivered", code: int | None = 30003) -> None:
        """Messages to an address end like this instead of `delivered`."""
        self.account.fates[address] = (status, code)

    def handset(self, address: str, *, automatic: bool = False) -> list[str]:
        """The texts a person's phone showed."""
        return self.ledger.handset(address, automatic=automatic)

    def deliver_callbacks(self, **how: Any) -> list[CallbackSent]:
        """Post the status callbacks that wait: see `Callbacks.deliver` for shuffle, times, drop and keep."""
        return self.callbacks.deliver(**how)

    def wait_until_hung_up(self) -> None:
        """Until nobody's call is on its way or being answered: what a dead caller had sent has then been heard."""
        self._running.wait_until_hung_up()

    @property
    def waiting_callbacks(self) -> Iterable[Pending]:
        """The callbacks not posted yet."""
        return tuple(self.account.pending)

    @property
    def _running(self) -> ApiServer:
        if self._server is None:
            raise RuntimeError("The fake's API is closed: use `with FakeTwilio(...) as twilio`.")
        return self._server


class _Nowhere:
    """The door of a fake that has no target: nobody can be reached."""

    def post(self, url: str, form: bytes, headers: object, seconds: float) -> Answer:
        return Answer(None, failure="ct")
