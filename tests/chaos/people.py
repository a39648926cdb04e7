"""People of one cycle: each answers what their handset shows; some have had enough at a random moment."""

from __future__ import annotations

from concurrent.futures import Executor, Future
from datetime import datetime

from sqlalchemy import select

from bot.service import Service
from storage.community import contacts
from storage.tables import contacts as people
from storage.tables import messages
from tests.fakes.twilio import Exchange, FakeTwilio

QUESTION = "how was your experience"
RATING, REASON, ENOUGH = "1", "the staff were kind", "please stop texting me"


class Person:
    """Somebody with a phone. `stops_after`: how many things happen until they text that they have had enough.
    `unheard`: the answer to their rating is lost, as if the web had died with it at each of Twilio's tries."""

    def __init__(
        self,
        twilio: FakeTwilio,
        service: Service,
        number: str,
        stops_after: float | None = None,
        *,
        unheard: bool = False,
    ) -> None:
        self.twilio, self.service, self.number = twilio, service, number
        self.stops_after, self.unheard = stops_after, unheard
        self.said: dict[str, Exchange] = {}
        """What they texted and how it was met, where that is over."""
        self.stopped_at: datetime | None = None
        """From here on nothing may leave for them that was not in a worker's hands already."""
        self.in_hand: frozenset[int] = frozenset()
        """Our ids of the texts that a worker held when their STOP was heard."""
        self._on_its_way: tuple[str, Future[Exchange]] | None = None

    def act(self, pool: Executor, happened: float) -> bool:
        """Text what they have to say now; returns whether they are still busy."""
        if self._on_its_way is not None and self._on_its_way[1].done():
            self.said[self._on_its_way[0]] = self._on_its_way[1].result()
            self._on_its_way = None
        if self._on_its_way is None:
            text = self._next(happened)
            if text is not None:
                self._on_its_way = text, pool.submit(self._text, text)
        return self._on_its_way is not None

    def acknowledged(self, text: str) -> bool:
        """Whether they said this and we answered 200."""
        return text in self.said and self.said[text].status == 200

    def look_whether_stopped(self) -> None:
        """Note when the store first knows of their STOP, and what was in a worker's hands then."""
        if self.stopped_at is not None:
            return
        with self.service.database.reading() as db:
            contact_id = contacts.find(db, self.service.secrets.hash(f"sms:{self.number}"))
            held = select(messages.c.id).where(messages.c.contact_id == contact_id, messages.c.status == "sending")
            in_hand = frozenset(db.execute(held).scalars())
            stopped = db.execute(select(people.c.stopped_at).where(people.c.id == contact_id)).scalar()
        if stopped is not None:
            self.in_hand, self.stopped_at = in_hand, self.twilio.account.now()

    def _text(self, words: str) -> Exchange:
        if self.unheard and words == RATING:
            self.twilio.webhooks.unheard.add(self.number)
        exchange = self.twilio.text(self.number, words)
        self.twilio.webhooks.unheard.discard(self.number)
        if words == ENOUGH:
            self.look_whether_stopped()
        return exchange

    def _next(self, happened: float) -> str | None:
        if ENOUGH in self.said:
            return None
        if self.stops_after is not None and happened >= self.stops_after:
            return ENOUGH
        with self.twilio.account.lock:
            shown = self.twilio.handset(self.number)
        if RATING not in self.said:
            return RATING if any(QUESTION in text for text in shown) else None
        return REASON if REASON not in self.said and any("tell us why" in text for text in shown) else None
