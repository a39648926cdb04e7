"""Results for everybody: frozen as they may be shown, in every language the pages are read in."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace

from bot.catalogues import in_language
from bot.console.language import LANGUAGES, translated
from bot.exports.questions import OTHER
from bot.exports.results import Result, value_of
from bot.logs import log
from bot.marks import later
from bot.results.figures import document, figures, reader_of
from bot.service import Service
from flows.definition import Flow
from flows.run import microseconds
from storage.counting.results import Whom
from storage.database import Connection
from storage.publishing import publications
from storage.team import audit
from translations.files import CatalogueError

OURS = {"yes": later("Yes"), "no": later("No"), OTHER: later("Other, in their own words")}
"""Answers that have no words in the flow's file, by value."""


def publish(service: Service, flow: Flow, actor: str) -> None:
    """Show a flow's results to everybody, in place of earlier ones, and note who did it.

    Raises:
        Refused: a table handed on earlier is in the way.
        ExportRefusedError: there is nothing that may be shown.
    """
    now, day = microseconds(service.now()), service.day(service.now())
    with service.database.reading() as db:
        reader = reader_of(service, db, flow, Whom(), (), flow.language)
        found, shown, new = reader.shared()
        documents = {each.language: document(each, figures(said, shown), day)
                     for each, said in _in_languages(service, db, flow, found)}  # fmt: skip
    with service.database.transaction() as db:
        publications.publish(db, flow.id, json.dumps(documents, ensure_ascii=False), now)
        if new:
            reader.hand_on(db, shown, service.now())
        audit.note(db, actor, "published results", f"flow:{flow.id}", "", now)


def _in_languages(
    service: Service, db: Connection, flow: Flow, found: Sequence[Result]
) -> Iterator[tuple[Flow, list[Result]]]:
    """The flow and its results as it is written, then in each language of the pages that its translation fills."""
    yield flow, [said_in(flow.language, each) for each in found]
    for language, _name in LANGUAGES:
        try:
            said = in_language(flow, language, service.settings.flows_dir, drafts=service.settings.drafts)
            if said is flow:
                continue
            questions = reader_of(service, db, flow, Whom(), (), language).questions
        except CatalogueError as error:
            log.error("catalogue broken", problem=error.problems[0])
            continue
        others = [replace(each, asked=questions.get(each.asked.node, each.asked)) for each in found]
        yield said, [said_in(language, each, other) for each, other in zip(found, others, strict=True)]


def said_in(language: str, result: Result, other: Result | None = None) -> Result:
    """A result with the words of its question, and of its answers, in a language.

    `other` has the words of its question in it; None: the result itself has.
    """
    other = other or result
    labels = {}
    for row, label in result.labels.items():
        value = value_of(row)
        label = other.asked.labels.get(value, label)
        ours = OURS.get(value)
        labels[row] = translated(ours, language) if ours == label else label
    return replace(other, labels=labels)
