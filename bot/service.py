"""The composition root without the web: everything a use case may reach, wired once and passed in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from bot.catalogues import in_language
from bot.conversations.pace import Pace
from bot.conversations.spool import Spool
from bot.languages import words_of
from bot.logs import log
from bot.settings import Settings
from bot.shelf import InLanguage, Shelf
from flows.definition import Flow
from flows.loader import load_folder
from flows.run import microseconds
from flows.words import Words
from storage.database import Database
from storage.secrets import Secrets
from translations.files import CatalogueError


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class Service:
    """What web, workers and command line share. `now` is the clock of this process, aware and in UTC."""

    settings: Settings
    secrets: Secrets
    database: Database
    shelf: Shelf
    spool: Spool
    now: Callable[[], datetime] = _utc_now
    pace: Pace = field(default_factory=Pace)
    _zone: ZoneInfo = field(init=False)
    _day: tuple[int, str] = field(init=False, default=(-1, ""))

    def __post_init__(self) -> None:
        self._zone = ZoneInfo(self.settings.timezone)

    def words(self, language: str) -> Words:
        """The sentences and heard words of a language; English where it is not shipped."""
        return words_of(language, drafts=self.settings.drafts)

    def wording(self, text: str) -> str:
        """The name of a wording in the consent ledger: 16 hex digits of its SHA-256."""
        return hashlib.sha256(text.encode()).hexdigest()[:16]

    def day(self, moment: datetime) -> str:
        """The day a time falls on where the contacts live (`SAYSO_TIMEZONE`), as YYYY-MM-DD."""
        quarter = int(moment.timestamp()) // 900  # no zone changes its day within a quarter of an hour
        if self._day[0] != quarter:
            self._day = (quarter, moment.astimezone(self._zone).date().isoformat())
        return self._day[1]

    def midnight(self, moment: datetime) -> int:
        """When the day of a time began where the contacts live, in microseconds since 1970-01-01 UTC."""
        start = moment.astimezone(self._zone).replace(hour=0, minute=0, second=0, microsecond=0)
        return microseconds(start)

    def local(self, moment: datetime) -> datetime:
        """The same moment in the zone where the contacts live: its date is their today."""
        return moment.astimezone(self._zone)

    def close(self) -> None:
        """Let go of the store."""
        self.database.close()


def _in_language(settings: Settings) -> InLanguage:
    """Flows in the contact's language; one whose PO file is broken is said as written, and the log says why."""

    def localised(flow: Flow, language: str) -> Flow:
        try:
            return in_language(flow, language, settings.flows_dir, drafts=settings.drafts)
        except CatalogueError as error:
            log.error("catalogue broken", problem=error.problems[0])
            return flow

    return localised


def build(settings: Settings, now: Callable[[], datetime] = _utc_now) -> Service:
    """Wire a service from its settings, and publish the flows on the shelf.

    Raises:
        FlowError: a flow on the shelf has a mistake.
        StoreUnavailableError: the store cannot be reached.
    """
    secrets = Secrets(settings.secret_key)
    database = Database(settings.database_url, secrets)
    shelf = Shelf(database, load_folder(settings.flows_dir), _in_language(settings))
    shelf.publish(now())
    return Service(settings, secrets, database, shelf, Spool(settings.data / "spool", secrets), now)
