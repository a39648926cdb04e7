"""From the store to the rows of one export, while one consistent view of it is open."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property

from bot.disclosure import kept, ledger
from bot.disclosure.rules import Rules
from bot.disclosure.suppression import Shown
from bot.disclosure.tables import Table
from bot.exports import tables
from bot.exports.meetings import counted_at_meetings
from bot.exports.questions import Asked, questions_of
from bot.exports.request import ExportRefusedError, Layout, Level, Request
from bot.exports.restricted import Rows, Words, moment, pseudonyms
from bot.exports.results import Behind, Result, results
from bot.exports.sheets import Part, Row, Sheet, alone
from flows.definition import Flow
from flows.loader import FlowError, load_text
from flows.run import microseconds
from storage.community import championing
from storage.conversations import revisions
from storage.counting import results as stored
from storage.counting.people import answerers_of
from storage.counting.results import WHOLE, Whom
from storage.database import Connection
from storage.publishing import exports, releases

HIDDEN_NOTE = (
    "Counts of 1 to {most} people are hidden (*), and so are counts from which a hidden one could be worked out; all "
    "others are rounded to the nearest {base}, totals on their own, so lines need not add up, nor shares make 1. Exact "
    'counts, for a named person: --level restricted --layout tables --for NAME --purpose "WHAT FOR".'
)
NOTHING_NOTE = "Fewer than {smallest} people have taken part, so nothing is shown yet."
DROPPED_NOTE = "By {dimension}: left out at `{question}`, because a hidden count could be worked out from it."
REPEATED_NOTE = "Since {name} only a few people were taken out at their own wish: the same table is given again."
NOT_TRANSLATED_NOTE = (
    "`{flow}` is not wholly translated into {language}: questions and labels are as they were written."
)
EXACT_NOTE = "Nothing is hidden and nothing rounded in this file: it is for {who} only."


class Reader:
    """What one export reads. `db` is one consistent view of the store for as long as the rows are read."""

    def __init__(
        self, db: Connection, request: Request, flow: Flow | None, localise: Callable[[Flow, str], Flow], rules: Rules
    ) -> None:
        self.db = db
        self.request = request
        self.rules = rules
        self.notes: list[str] = []
        self.made_at = datetime.now(UTC).replace(microsecond=0).isoformat()
        self.revisions = _revisions(db, request.flow)
        present = flow or (self.revisions[-1] if self.revisions else None)
        self.localise = localise
        self.flow = localise(present, request.language) if present else None
        if present is not None and self.flow is present and request.language != present.language:
            self.notes.append(NOT_TRANSLATED_NOTE.format(flow=present.id, language=request.language))
        older = [
            localise(each, request.language)
            for each in reversed(self.revisions)
            if present and each.revision != present.revision
        ]
        self.questions: dict[str, Asked] = questions_of(self.flow, older)

    # Tables.

    def breakdowns(self) -> list[str]:
        """The breakdowns asked for, and what others answered in people's place; none beside a narrowed table, which has
        its two dimensions already."""
        if self.request.level is Level.SHARED and self.request.whom.narrowed:
            return []
        known = {*stored.BUILT_IN, *stored.breakdowns_of(self.db, self.request.flow)}
        unknown = [name for name in self.request.by if name not in known]
        if unknown:
            raise ExportRefusedError(
                "There is no breakdown `{name}`. There is {names}.",
                name=unknown[0][:40],
                names=", ".join(sorted(known)),
            )
        apart = [stored.ANSWERED_FOR] if stored.ANSWERED_FOR in known else []
        return list(dict.fromkeys([*self.request.by, *apart]))

    def results(self) -> list[Result]:
        """A table for each question, true counts."""
        by, whom = self.breakdowns(), self.request.whom
        answers = list(stored.answers_of(self.db, self.request.flow, whom, by))
        runs = None
        if not (whom.since or whom.until or stored.BY_DAY & {*by}):  # else answers and runs have days of their own
            runs = list(stored.runs_of(self.db, self.request.flow, whom, by))
        behind = self._behind(runs or [], by) if self.request.level is Level.SHARED else None
        return results(self.questions, answers, runs, behind)

    def _behind(self, runs: Sequence[stored.RunTally], by: Sequence[str]) -> Behind:
        """Who stands behind the counts of a table for everybody."""
        flow, whom, smallest = self.request.flow, self.request.whom, self.rules.smallest
        begun: dict[tuple[str, str], int] = {}
        for each in runs:
            begun[each.column] = begun.get(each.column, 0) + each.count
        people = {
            column: stored.people_of(self.db, flow, whom, column, smallest)
            for column, count in begun.items()
            if count <= stored.CERTAINLY_MANY
        }
        answering = answerers_of(self.db, flow, _hosts(self.db, flow), whom, by)
        # A question asked in the course of another flow has no runs of its own to count people by.
        return Behind(smallest, {column: n for column, n in people.items() if n}, answering or ())

    def shared(self) -> tuple[list[Result], list[Shown], bool]:
        """What may be handed on beside all that was before; and whether it is new.

        Raises:
            Refused: an earlier table is in the way.
        """
        found = self.results()
        shown = tables.shown_of(found, self.rules)
        whom, earlier = self.whom, self.earlier
        try:
            allowed = ledger.check(shown, whom, earlier, self.rules)
        except ledger.Repeated as repeated:
            self.notes.append(REPEATED_NOTE.format(name=repeated.earlier.name))
            again = [tables.given_again(each, repeated.earlier, self.rules) for each in found]
            return [result for result, _ in again], [view for _, view in again], False
        counts = kept.counts_of(allowed)
        known = any(each.counts == counts and dict(each.whom) == whom for each in earlier)
        return found, allowed, not known and any(each.shows_anything() for each in allowed)

    @cached_property
    def whom(self) -> dict[str, str]:
        """Whose answers are counted, and by what they are told apart, as the ledger keeps it."""
        return {**self.request.whom_in_words, "by": ",".join(self.breakdowns())}

    @cached_property
    def earlier(self) -> list[kept.Release]:
        """Every table of the flow that was handed on, oldest first."""
        return handed_on(self.db, self.request.flow)

    def hand_on(self, db: Connection, shown: Sequence[Shown], now: datetime) -> None:
        """Note in the ledger that tables are handed on. `db` may be written.

        Raises:
            Refused: another table was handed on since this reader looked, which these were not checked against.
        """
        if releases.how_many(db, self.request.flow) != len(self.earlier):
            raise ledger.Refused("Another table of this conversation was handed on just now: ask for yours again.")
        hand_on(db, self.request.flow, self.whom, shown, now)

    def table_sheet(self) -> tuple[Sheet, list[Result], list[Shown], bool]:
        """The tables as a sheet, with what was hidden and whether the ledger must note them."""
        self.notes.append(HIDDEN_NOTE.format(most=self.rules.smallest - 1, base=self.rules.base))
        found, shown, new = self.shared()
        met = self._met(shared=True)
        if met is not None:
            view, noted = self.beside(met.table)
            found, shown, new = [*found, met], [*shown, view], new or not noted
        if not any(each.shows_anything() for each in shown) and any(
            each.table.count(each.table.root) for each in shown
        ):
            self.notes.append(NOTHING_NOTE.format(smallest=self.rules.smallest))
        for each in shown:
            for dimension in each.dropped if WHOLE not in each.withheld else ():
                self.notes.append(DROPPED_NOTE.format(dimension=dimension, question=each.table.name))
        return self._sheet(alone(tables.COLUMNS), tables.rows(found, shown)), found, shown, new

    def exact_sheet(self) -> Sheet:
        """The tables with nothing hidden, for a named person."""
        self.notes.append(EXACT_NOTE.format(who=self.request.who))
        found = self.exact()
        return self._sheet(alone(tables.COLUMNS), tables.rows(found, [tables.Openly(each.table) for each in found]))

    def exact(self) -> list[Result]:
        """A table for each question, and what was counted at meetings: true counts."""
        met = self._met(shared=False)
        return [*self.results(), met] if met is not None else self.results()

    def _met(self, *, shared: bool) -> Result | None:
        """What was counted at meetings: of everybody or of a group, since nothing else is known of who was there."""
        if replace(self.request.whom, group="") != Whom():
            return None
        counts = championing.meeting(self.db, self.request.flow, self.request.whom.group)
        return counted_at_meetings(counts, self.questions.values(), shared=shared)

    def beside(self, made: Table) -> tuple[Shown, bool]:
        """What may be shown of a table that is no question's, and whether the ledger holds it already."""
        view = ledger.beside(made, self.whom, self.earlier, self.rules)
        return view, not view.shows_anything() or ledger.is_noted(view, self.whom, self.earlier)

    # Rows.

    def runs(self) -> Iterator[exports.ExportedRun]:
        """Every run that is asked for, with its answers."""
        reviewed = self.request.words is Words.REVIEWED
        hosts = _hosts(self.db, self.request.flow)
        return exports.runs_of(self.db, self.request.flow, hosts, self.request.whom, reviewed=reviewed)

    def rows(self, runs: Iterable[exports.ExportedRun]) -> Sheet:
        """One line a run or an answer, read as they are written."""
        shape = Rows(
            self.questions,
            pseudonyms(),
            self.request.words,
            labelled=self.request.labelled and self.request.form != "flow-results",  # which has keys and labels apart
            split=self.request.split,
        )
        self.notes.append(
            "Ids are made up for this file alone: the same person has another in the next. Phone numbers, addresses, "
            "links and other long numbers that people wrote were taken out; names only where somebody reviewed."
        )
        if self.request.layout is Layout.LONG:
            return self._sheet(shape.long_parts(), shape.long(runs))
        return self._sheet(shape.wide_parts(), shape.wide(runs))

    def _sheet(self, parts: Sequence[Part], rows: Iterator[Row]) -> Sheet:
        flow, request = self.flow, self.request
        about = {
            "flow": request.flow,
            "title": flow.title if flow else request.flow,
            "purpose": flow.purpose if flow else "",
            "basis": flow.basis if flow else "",
            "revision": flow.revision if flow else "",
            "language": request.language,
            "level": str(request.level),
            "layout": str(request.layout),
            "made_at": self.made_at,
            "made_by": request.command,
            **{f"only_{name}": value for name, value in request.whom_in_words.items()},
        }
        package = {
            "created": self.made_at,
            "modified": self.made_at,
            "id": str(uuid.uuid4()),
            "name": request.flow.replace("_", "-"),
            "title": about["title"],
        }
        extra = {"questions": self.questions, "package": package, "layout": str(request.layout)}
        columns = [column for part in parts for column in part]
        return Sheet(request.flow, columns, rows, self.notes, {k: v for k, v in about.items() if v}, extra, parts)


def _revisions(db: Connection, flow: str) -> list[Flow]:
    """Every published revision, oldest first; one this code no longer understands is left out, and its answers stay."""
    found = []
    for each in revisions.every(db, flow):
        with suppress(FlowError):
            found.append(load_text(each.source, f"{flow}.yaml"))
    return found


def _hosts(db: Connection, flow: str) -> list[str]:
    """The flows that run this one in their course, by themselves or by one between."""
    found = [flow]
    for name in found:
        for each in revisions.naming(db, name):
            if each.flow not in found and _runs(each, name):
                found.append(each.flow)
    return found[1:]


def _runs(revision: revisions.StoredRevision, flow: str) -> bool:
    try:
        nodes = load_text(revision.source, f"{revision.flow}.yaml").nodes.values()
    except FlowError:
        return False
    return any(node.run == flow for node in nodes)


def handed_on(db: Connection, flow: str) -> list[kept.Release]:
    """Every table of a flow that was handed on, oldest first."""
    return [_release(each) for each in releases.of_flow(db, flow)]


def hand_on(db: Connection, flow: str, whom: Mapping[str, str], shown: Sequence[Shown], now: datetime) -> None:
    """Note in the ledger that tables are handed on."""
    people, counts, looks = map(json.dumps, (whom, kept.counts_of(shown), kept.looks_of(shown)))
    releases.add(db, flow, people, counts, looks, microseconds(now))


def _release(row: releases.Release) -> kept.Release:
    made = moment(row.made_at) or ""
    whom: Mapping[str, str] = json.loads(row.filter)
    only = ", ".join(f"{name} {value}" for name, value in whom.items() if name != "by" and value)
    name = f"the table made on {made[:16].replace('T', ' at ')} UTC ({only or 'everybody'})"
    return kept.Release(name, whom, json.loads(row.counts), json.loads(row.looks), row.made_at)
