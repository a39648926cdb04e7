"""One line a run: what each contact answered, under a made-up id, without names, numbers or personal answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flows.definition import Flow
from flows.events import Outcome
from storage import exports
from storage.secrets import Secrets

FIXED = ("run", "channel", "language", "status", "started_at", "ended_at")
REMOVED = "[number removed]"
_NUMBER = re.compile(r"(?<![\d])(?:\+|00)?\(?\d(?:[\s().\-–/]{0,3}\d){7,16}(?!\d)")
"""Eight digits or more in a row, however they are spaced: somebody's number, written into an answer."""


@dataclass(frozen=True, slots=True)
class RunRow:
    """One run, fit to be handed on. `answers` holds outcome and value by question; questions not reached are absent."""

    run: str
    channel: str
    language: str
    status: str
    started_at: str
    ended_at: str
    answers: Mapping[str, tuple[str, str]]

    def fixed(self) -> tuple[str, ...]:
        """The values of `FIXED`."""
        return (self.run, self.channel, self.language, self.status, self.started_at, self.ended_at)


def questions_shown(flow: Flow) -> list[str]:
    """The questions whose answers may be handed on, in order: those not marked personal."""
    return [node.id for node in flow.nodes.values() if node.question is not None and not node.question.personal]


def rows_of_runs(db: Any, flow: Flow, secrets: Secrets) -> Iterator[RunRow]:
    """Every run of a flow, oldest first, read as it is needed."""
    for run in exports.runs_of(db, flow.id):
        answers = {
            answer.node: (answer.outcome, without_numbers(answer.value or ""))
            for answer in run.answers
            if not answer.personal
        }
        yield RunRow(
            secrets.pseudonym("run", run.id),
            run.channel,
            run.language,
            run.status,
            _moment(run.started_at),
            _moment(run.ended_at),
            answers,
        )


def cells(row: RunRow, questions: list[str]) -> list[str]:
    """The row as cells: what `FIXED` names, then a value for each question; `(skipped)` and `(unclear)` say why not."""
    return [*row.fixed(), *(_shown(*row.answers[name]) if name in row.answers else "" for name in questions)]


def without_numbers(text: str) -> str:
    """The text with what looks like a phone number taken out."""
    return _NUMBER.sub(REMOVED, text)


def _shown(outcome: str, value: str) -> str:
    return value if outcome == Outcome.ANSWERED else f"({outcome})"


def _moment(microseconds: int | None) -> str:
    if microseconds is None:
        return ""
    return datetime.fromtimestamp(microseconds / 1_000_000, UTC).isoformat(timespec="seconds")
