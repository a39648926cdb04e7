"""People of one cycle: each answers what their handset shows; some have had enough at a random moment."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import datetime

from tests.fakes.twilio import Exchange, FakeTwilio

QUESTION = "how was your experience"
RATING, REASON, ENOUGH = "1", "the staff were kind", "please stop texting me"


@dataclass(slots=True)
class Person:
    """`stops_after`: seconds into the cycle when they text that they have had enough."""

    number: str
    stops_after: float | None = None
    said: dict[str, Exchange] = field(default_factory=dict)
    """What they texted and how it was met, where that is over."""
    stopped_at: datetime | None = None
    """From here on nothing may reach them."""
    _on_its_way: tuple[str, Future[Exchange]] | None = None

    def act(self, twilio: FakeTwilio, pool: Executor, shown: list[str], elapsed: float) -> bool:
        """Text what they have to say now; returns whether they are still busy."""
        self._land(twilio)
        if self._on_its_way is None:
            text = self._next(shown, elapsed)
            if text is not None:
                self._on_its_way = text, pool.submit(twilio.text, self.number, text)
        return self._on_its_way is not None

    def found_again(self, now: datetime) -> None:
        """What the webhook never got has been fetched: their STOP is heard at the latest now."""
        if ENOUGH in self.said and self.stopped_at is None:
            self.stopped_at = now

    def acknowledged(self, text: str) -> bool:
        """Whether they said this and we answered 200."""
        return text in self.said and self.said[text].status == 200

    def _land(self, twilio: FakeTwilio) -> None:
        if self._on_its_way is not None and self._on_its_way[1].done():
            text, future = self._on_its_way
            self.said[text] = future.result()
            self._on_its_way = None
            if text == ENOUGH and self.acknowledged(text):
                self.stopped_at = twilio.account.now()

    def _next(self, shown: list[str], elapsed: float) -> str | None:
        if ENOUGH in self.said:
            return None
        if self.stops_after is not None and elapsed >= self.stops_after:
            return ENOUGH
        if RATING not in self.said:
            return RATING if any(QUESTION in text for text in shown) else None
        return REASON if REASON not in self.said and any("tell us why" in text for text in shown) else None
