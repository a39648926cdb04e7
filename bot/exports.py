"""Write down what was said: counts by question and choice, or one line a run. Never anybody's number."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from bot.answer_counts import Counts, Grouped, Summary, summarise
from bot.export_files import Cell, ExportFileError, csv_lines, write_out
from bot.export_rows import FIXED, RunRow, cells, questions_shown, rows_of_runs
from bot.settings import Settings, SettingsError
from flows.definition import Flow
from flows.loader import FlowError, load_folder
from flows.problems import did_you_mean
from storage import tallies
from storage.database import Database, StoreSettingError, StoreUnavailableError
from storage.secrets import Secrets

COLUMNS = (
    "question", "choice", "label", "channel", "language", "count", "share", "asked", "answered", "skipped", "unclear",
    "waiting",
)  # fmt: skip
EVERY = "all"
LATE = "Some answers are not counted yet and are not in this file: is a worker running? (sayso doctor)"


class NoSuchFlowError(Exception):
    """A flow that is neither on the shelf nor in the store; the message says which are."""


EXPECTED = (SettingsError, FlowError, StoreSettingError, StoreUnavailableError, NoSuchFlowError, ExportFileError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which flow, how, and where to."""
    parser.add_argument("flow", help="a flow of the shelf, such as visit")
    parser.add_argument("--format", choices=("csv", "json"), default="csv", help="csv (the default) or json")
    parser.add_argument("--out", default="-", help="the file to write; - (the default) is this terminal")
    parser.add_argument("--rows", action="store_true", help="one line a run, with made-up ids, instead of counts")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Write one export, from one consistent view of the store. The file appears whole or not at all.

    Raises:
        SettingsError, StoreSettingError, FlowError: a setting or a flow is wrong.
        StoreUnavailableError: the store cannot be read.
        NoSuchFlowError: nobody knows this flow.
        ExportFileError: the file cannot be written.
    """
    settings = Settings.read(environ)
    shelf = load_folder(settings.flows_dir)
    secrets = Secrets(settings.secret_key)
    database = Database(settings.database_url, secrets)
    try:
        late = not arguments.rows and tallies.waiting(database)
        with database.reading() as db:
            if arguments.rows:
                flow = _on_shelf(arguments.flow, shelf)
                pieces = _rows(arguments.format, flow, rows_of_runs(db, flow, secrets))
            else:
                pieces = _counts(arguments.format, _summary(db, arguments.flow, shelf))
            write_out(arguments.out, pieces)
    finally:
        database.close()
    if late:
        print(LATE, file=sys.stderr)
    return 0


def _on_shelf(flow_id: str, shelf: Mapping[str, Flow]) -> Flow:
    flow = shelf.get(flow_id)
    if flow is not None:
        return flow
    hint = did_you_mean(flow_id, shelf).removeprefix(" — ").capitalize()
    sentences = [f"There is no flow `{flow_id[:60]}`.", hint, f"There is {', '.join(sorted(shelf)) or 'none'}."]
    raise NoSuchFlowError(" ".join(filter(None, sentences)))


def _summary(db: Any, flow_id: str, shelf: Mapping[str, Flow]) -> Summary:
    """What was counted; also of a flow that was taken off the shelf after people had answered it."""
    counted = list(tallies.by_question(db, flow_id))
    flow = None if counted and flow_id not in shelf else _on_shelf(flow_id, shelf)
    return summarise(flow_id, flow, counted, tallies.waiting_runs(db, flow_id))


# Counts.


def _counts(form: str, summary: Summary) -> Iterator[str]:
    if form == "csv":
        return csv_lines(COLUMNS, _count_rows(summary))
    document = {
        "flow": summary.flow,
        "title": summary.title,
        "revision": summary.revision,
        "totals": _grouped(summary.totals, []),
        "questions": [
            {"question": each.node, "text": each.text, "kind": each.kind, **_grouped(each.counts, each.choices())}
            for each in summary.questions
        ],
    }
    return iter([json.dumps(document, ensure_ascii=False, indent=2), "\n"])


def _count_rows(summary: Summary) -> Iterator[Sequence[Cell]]:
    """Each question and choice whole, then by channel, then by language; at the end all questions together."""
    for each in summary.questions:
        for channel, language, counts in _parts(each.counts):
            for value, label in each.choices() or [("", "")]:
                share = counts.share(value)
                yield (each.node, value, label, channel, language, counts.values.get(value, 0), share, *_left(counts))
    for channel, language, counts in _parts(summary.totals):
        yield (EVERY, "", "every question", channel, language, counts.answered, None, *_left(counts))


def _parts(grouped: Grouped) -> Iterator[tuple[str, str, Counts]]:
    yield EVERY, EVERY, grouped.whole
    for channel, counts in sorted(grouped.by_channel.items()):
        yield channel, EVERY, counts
    for language, counts in sorted(grouped.by_language.items()):
        yield EVERY, language, counts


def _left(counts: Counts) -> tuple[int, ...]:
    return (counts.asked, counts.answered, counts.skipped, counts.unclear, counts.waiting)


def _grouped(grouped: Grouped, choices: Sequence[tuple[str, str]]) -> dict[str, Any]:
    return {
        **_as_json(grouped.whole, choices),
        "by_channel": {name: _as_json(counts, choices) for name, counts in sorted(grouped.by_channel.items())},
        "by_language": {name: _as_json(counts, choices) for name, counts in sorted(grouped.by_language.items())},
    }


def _as_json(counts: Counts, choices: Sequence[tuple[str, str]]) -> dict[str, Any]:
    left: dict[str, Any] = dict(zip(("asked", "answered", "skipped", "unclear", "waiting"), _left(counts), strict=True))
    if choices:
        left["choices"] = [
            {"choice": value, "label": label, "count": counts.values.get(value, 0), "share": counts.share(value)}
            for value, label in choices
        ]
    return left


# One line a run.


def _rows(form: str, flow: Flow, rows: Iterable[RunRow]) -> Iterator[str]:
    questions = questions_shown(flow)
    if form == "csv":
        return csv_lines((*FIXED, *questions), (cells(row, questions) for row in rows))
    return _json_rows(rows, questions)


def _json_rows(rows: Iterable[RunRow], questions: Sequence[str]) -> Iterator[str]:
    """A JSON list, a run a line, never held in memory as a whole."""
    before = "[\n"
    for row in rows:
        answers = {
            name: {"outcome": row.answers[name][0], "value": row.answers[name][1] or None}
            for name in questions
            if name in row.answers
        }
        run = {**dict(zip(FIXED, row.fixed(), strict=True)), "answers": answers}
        yield before + json.dumps(run, ensure_ascii=False)
        before = ",\n"
    yield "[]\n" if before == "[\n" else "\n]\n"
