"""Making one export: read from one view of the store, write a file, note what was handed on."""

from __future__ import annotations

import gc
import io
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from importlib import import_module
from typing import IO, Any

from bot.disclosure import ledger
from bot.disclosure.rules import Rules
from bot.disclosure.suppression import Shown
from bot.exports import expiry, pack
from bot.exports.files import whole_file
from bot.exports.formats import FORMATS
from bot.exports.formats.delimited import BOM
from bot.exports.reading import Reader
from bot.exports.request import ExportRefusedError, Layout, Level, Request
from flows.definition import Flow
from flows.run import microseconds
from storage.community import groups
from storage.counting import dispositions, tallies
from storage.database import Connection, Database
from storage.publishing import exports
from storage.team import audit

LATE = "Some answers are not counted yet and are not in this file: is a worker running? (sayso doctor)"
ENDS = (
    "It must be deleted by {day}. The clock does that where it runs on this machine ({machine}), and so does the next "
    "`sayso export` here; copies are yours to delete."
)
PACK = "pack"
EXPIRES = timedelta(days=7)
"""After which a file with lines of single people is deleted."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where an export comes from: the store, the flow as it is offered now (None: not any more), a flow in another
    language, the thresholds."""

    database: Database
    flow: Flow | None
    localise: Callable[[Flow, str], Flow]
    rules: Rules = field(default_factory=Rules)
    expires: timedelta = EXPIRES


def make(
    source: Source,
    request: Request,
    out: str,
    now: datetime,
    *,
    bom: bool = False,
    actor: str = audit.COMMAND_LINE,
    kept: bool = True,
) -> list[str]:
    """Write one export; returns what the person who asked should be told. One that is not `kept` is deleted by whoever
    asked for it.

    Raises:
        ExportRefusedError: it must not or cannot be made.
        ExportFileError: the file cannot be written.
        StoreUnavailableError: the store cannot be reached.
    """
    request.check()
    told = [LATE] if request.layout is Layout.TABLES and tallies.waiting(source.database) else []
    with source.database.reading() as db:
        reader = Reader(
            db,
            request,
            source.flow,
            source.localise,
            source.rules,
        )
        if reader.flow is None:
            raise ExportRefusedError("There is no flow `{name}`.", name=request.flow[:60])
        _check_group(db, request)
        _note(source.database, request, now, actor)
        reader.notes += told
        ends = now + source.expires if request.level is Level.RESTRICTED else None
        noted = partial(expiry.remember, source.database, out, request.flow, now, ends) if kept else None
        with whole_file(out, noted) as file:
            if request.level is Level.SHARED:
                _share(source.database, file, reader, now, bom=bom)
            else:
                _write(file, reader, bom=bom, show=out != "-")
    notes = list(dict.fromkeys(reader.notes))
    if out != "-" and kept:
        notes += [ENDS.format(day=f"{ends:%Y-%m-%d}", machine=expiry.machine())] if ends else []
    return notes


def _check_group(db: Connection, request: Request) -> None:
    """Refuse a group that nobody knows: a file of noughts would say that nobody in it has answered."""
    name, known = request.whom.group, groups.titles(db)
    if name and name not in known and not dispositions.begun(db, request.flow, request.whom):
        raise ExportRefusedError(
            "There is no group `{name}`. There is {known}.", name=name[:60], known=", ".join(known) or "none"
        )


def _share(database: Database, file: IO[bytes], reader: Reader, now: datetime, *, bom: bool) -> None:
    """Write tables for everybody, which are small, once the ledger has them: none leaves that it does not know of."""
    made = io.BytesIO()
    try:
        handed_on = _write(made, reader, bom=bom, show=False)
        if handed_on:
            with database.transaction() as db:
                reader.hand_on(db, handed_on, now)
    except ledger.Refused as refused:
        raise ExportRefusedError(refused.sentence, **refused.values) from None
    file.write(made.getbuffer())


def _write(file: IO[bytes], reader: Reader, *, bom: bool, show: bool) -> list[Shown]:
    """Write the file; returns the tables in it that the ledger must note.

    Raises:
        Refused: an earlier table is in the way.
    """
    request = reader.request
    if request.form == PACK:
        return pack.write(file, reader)
    if bom and request.form == "csv":
        file.write(BOM)
    handed_on: list[Shown] = []
    if request.level is Level.SHARED:
        sheet, _, shown, new = reader.table_sheet()
        handed_on = shown if new else []
    elif request.layout is Layout.TABLES:
        sheet = reader.exact_sheet()
    else:
        sheet = reader.rows(progress(reader) if show and sys.stderr.isatty() else reader.runs())
    with _seldom_collecting():
        FORMATS[request.form].write(file, sheet)
    return handed_on


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Rows are made by the million and hold no circles: looking for some takes a sixth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000)
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def progress(reader: Reader) -> Iterable[Any]:
    """The runs that are asked for, with a bar on the terminal that somebody watches."""
    total = exports.how_many(reader.db, reader.request.flow, reader.request.whom)
    tqdm = import_module("tqdm").tqdm  # only where somebody watches
    bar: Iterable[Any] = tqdm(reader.runs(), total=total, unit=" conversations", file=sys.stderr, leave=False)
    return bar


def _note(database: Database, request: Request, now: datetime, actor: str) -> None:
    """The audit trail comes first: no restricted file without its line there."""
    if request.level is Level.SHARED:
        return
    at = microseconds(now)
    with database.transaction() as db:
        audit.note(
            db,
            actor,
            f"exported: {request.layout} for {request.who}",
            f"flow:{request.flow}",
            request.purpose,
            at,
        )
