"""A flow's results as figures that may be shown: suppressed by the rules of every export, in order, with shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bot.catalogues import in_language
from bot.disclosure.rules import Rules
from bot.disclosure.suppression import Shown
from bot.disclosure.tables import WHOLE, Column
from bot.exports import tables
from bot.exports.reading import Reader
from bot.exports.request import Request
from bot.exports.results import ANSWERED, ASKED, Result
from bot.exports.steps import in_steps
from bot.service import Service
from flows.definition import Flow
from storage.counting.results import Whom
from storage.database import Connection

Together = tuple[list[Result], list[Shown]]
"""Questions, and what may be shown of each."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One answer: how many gave it (`*` where that is hidden), and their part of those who answered, 0 to 1."""

    label: str
    count: int | str
    share: float | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One question in one part of everybody. `part` is empty for everybody."""

    node: str
    text: str
    part: str
    asked: int | str
    answered: int | str
    skipped: int | str
    unclear: int | str
    bars: Sequence[Bar]


def rules_of(service: Service) -> Rules:
    """The thresholds of the settings."""
    return Rules(smallest=service.settings.smallest_count, base=service.settings.round_to)


def reader_of(service: Service, db: Connection, flow: Flow, whom: Whom, by: Sequence[str], language: str) -> Reader:
    """What reads a flow's tallies, whole and by some breakdowns, labels in a language."""
    request = Request(flow.id, whom=whom, by=tuple(by), language=language)
    return Reader(db, request, flow, _localise(service), rules_of(service))


def _localise(service: Service) -> Callable[[Flow, str], Flow]:
    return lambda flow, language: in_language(flow, language, service.settings.flows_dir)


def figures(results: Sequence[Result], shown: Sequence[Shown], column: Column = WHOLE) -> list[Figure]:
    """Every question as it may be shown, in one part of everybody."""
    return [_figure(result, view, column) for result, view in zip(results, shown, strict=True)]


def parts(shown: Sequence[Shown], dimension: str) -> list[Column]:
    """The parts of one breakdown that may be shown, each named once."""
    found = {column: None for view in shown for column in view.columns if column[0] == dimension}
    return sorted(found)


def _figure(result: Result, view: Shown, column: Column) -> Figure:
    choices = [] if result.asked.personal else result.choices
    bars = [Bar(result.labels[row], view.text(row, column), view.share(row, ANSWERED, column)) for row in choices]
    asked, answered, skipped, unclear = (view.text(row, column) for row in (ASKED, ANSWERED, "skipped", "unclear"))
    return Figure(result.asked.node, result.asked.text, column[1], asked, answered, skipped, unclear, bars)


def shown_for_team(
    service: Service, db: Connection, flow: Flow, whom: Whom, by: Sequence[str], language: str
) -> Together:
    """Results and what may be shown of them as they stand now, for coordinators, who may see single answers too."""
    reader = reader_of(service, db, flow, whom, by, language)
    results = reader.results()
    return results, tables.shown_of(results, rules_of(service))


def shown_in_steps(service: Service, db: Connection, flow: Flow, group: str, language: str) -> Together:
    """A group's results for its champion, who may see no single answer. `db` is written.

    Raises:
        StoreUnavailableError: the store could not be reached or written.
    """
    return in_steps(reader_of(service, db, flow, Whom(group=group), (), language), service.now())


def document(flow: Flow, found: Sequence[Figure], day: str) -> dict[str, Any]:
    """Figures as they are kept once published, and given to machines; in the language of the flow."""
    return {
        "flow": flow.id,
        "language": flow.language,
        "title": flow.title,
        "about": flow.about,
        "published": day,
        "questions": [*map(asdict, found)],
    }


def read_document(kept: Mapping[str, Any]) -> list[Figure]:
    """The figures of a document."""
    return [Figure(**{**question, "bars": [Bar(**bar) for bar in question["bars"]]}) for question in kept["questions"]]
