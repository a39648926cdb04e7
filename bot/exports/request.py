"""What somebody asks for when they ask for an export."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from enum import StrEnum

from bot.exports.restricted import Words
from bot.mistakes import ToldError
from storage.counting.results import Whom


class ExportRefusedError(ToldError):
    """An export that cannot or must not be made; the message says why and what to do."""


class Level(StrEnum):
    """Who may have the file."""

    SHARED = "shared"
    """Anybody: tables, small numbers hidden."""
    RESTRICTED = "restricted"
    """A named person, for a purpose."""


class Layout(StrEnum):
    """What one line of the file is."""

    TABLES = "tables"
    WIDE = "wide"
    """One line a run."""
    LONG = "long"
    """One line an answer."""


@dataclass(frozen=True, slots=True)
class Request:
    """One export. `by` are the breakdowns of tables; `who` and `purpose` go into the audit trail."""

    flow: str
    level: Level = Level.SHARED
    layout: Layout = Layout.TABLES
    form: str = "csv"
    whom: Whom = field(default_factory=Whom)
    by: tuple[str, ...] = ("channel", "language")
    language: str = "en"
    labelled: bool = False
    split: bool = False
    words: Words = Words.NONE
    who: str = ""
    purpose: str = ""
    command: str = ""

    @property
    def whom_in_words(self) -> dict[str, str]:
        """Whose answers are counted, what is not limited left out."""
        return {name: value for name, value in asdict(self.whom).items() if value}

    def check(self) -> None:
        """Refuse what contradicts itself.

        Raises:
            ExportRefusedError: it does.
        """
        if self.whom.until and self.whom.since > self.whom.until:
            raise ExportRefusedError(
                "No day is in it: it would begin on {since} and end on {until}. Change --since or --until.",
                since=self.whom.since, until=self.whom.until,
            )  # fmt: skip
        if self.level is Level.SHARED and self.layout is not Layout.TABLES:
            raise ExportRefusedError(
                "Lines of single people are never shared: add --level restricted, or leave --layout out."
            )
        if self.level is Level.RESTRICTED and not (self.who.strip() and self.purpose.strip()):
            raise ExportRefusedError(
                'A restricted export is for a named person with a reason: add --for NAME --purpose "WHAT FOR".'
            )
