"""The ledger of tables handed to everybody, and the files that must not outlive their purpose."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from storage.ids import new_id
from storage.tables import export_files, releases

HANDING_ON = 0x5A_59_52
"""Name of the lock that keeps two from handing on tables at once."""


@dataclass(frozen=True, slots=True)
class Release:
    """One table that was handed on: whom it was about, from which counts it was made, what it looked like: all JSON."""

    id: int
    made_at: int
    filter: str
    counts: str
    looks: str


FILE = tuple(export_files.c[name] for name in ("path", "size", "modified_ns", "machine"))
"""The columns of an `ExportFile`."""


@dataclass(frozen=True, slots=True)
class ExportFile:
    """A file that must not outlive its purpose, as it was when it was whole: bytes, nanoseconds since 1970."""

    path: str
    size: int
    modified_ns: int
    machine: str
    """Where it was made."""


def of_flow(db: Connection, flow: str) -> list[Release]:
    """Every table of a flow that was handed on, oldest first."""
    row = releases.c
    query = select(row.id, row.made_at, row.filter, row.counts, row.looks).where(row.flow == flow).order_by(row.id)
    return [Release(*found) for found in db.execute(query)]


def how_many(db: Connection, flow: str) -> int:
    """How many tables of a flow were handed on. Until the transaction ends nobody else is told a number."""
    if db.dialect.name == "postgresql":  # SQLite has one writer anyway
        db.execute(select(func.pg_advisory_xact_lock(HANDING_ON)))
    return db.execute(select(func.count()).select_from(releases).where(releases.c.flow == flow)).scalar_one()


def add(db: Connection, flow: str, filter: str, counts: str, looks: str, now: int) -> None:
    """Note a table that is about to be handed on."""
    row = {"id": new_id(), "flow": flow, "made_at": now, "filter": filter, "counts": counts, "looks": looks}
    db.execute(insert(releases), row)


def add_file(db: Connection, file: ExportFile, flow: str, now: int, expires_at: int) -> None:
    """Note a file that must be deleted once its time is over. What stood there before is forgotten first."""
    row = {**asdict(file), "flow": flow, "made_at": now, "expires_at": expires_at}
    db.execute(insert(export_files).values(id=new_id(), **row))


def keeps(db: Connection, file: ExportFile) -> bool:
    """Whether a file of this name waits to be deleted."""
    return db.execute(select(export_files.c.id).where(*_its_place(file)).limit(1)).first() is not None


def expired(db: Connection, now: int) -> list[ExportFile]:
    """The files whose time is over."""
    return [ExportFile(*found) for found in db.execute(select(*FILE).where(export_files.c.expires_at <= now))]


def forget_file(db: Connection, file: ExportFile) -> None:
    """The file is gone, or another stands in its place."""
    db.execute(delete(export_files).where(*_its_place(file)))


def forget_files(db: Connection, before: int) -> None:
    """Nobody waits any more for files to be deleted whose time was over then."""
    db.execute(delete(export_files).where(export_files.c.expires_at < before))


def _its_place(file: ExportFile) -> tuple[ColumnElement[bool], ...]:
    return export_files.c.path == file.path, export_files.c.machine == file.machine
