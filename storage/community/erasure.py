"""Forgetting a person: every row of theirs, what they add to tallies, and the marks that keep them from coming back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, Table, delete, select, update

from storage.community import phones
from storage.community.contacts import rows_of, tables_of_answers
from storage.counting import tallies
from storage.database import Database
from storage.publishing.releases import FILE, ExportFile
from storage.secrets import Secrets
from storage.tables import (
    addresses,
    answers,
    contacts,
    erased,
    export_files,
    marks,
    messages,
    metadata,
    redactions,
    runs,
)
from storage.upserts import insert

CONTACT, MESSAGE, STOPPED = "contact", "message", "stopped"
REMOVED = "[removed]"
_NATIONAL = 9
"""The last digits of a number by which it is found in others' texts, however its beginning is written."""


@dataclass(frozen=True, slots=True)
class Tombstone:
    """What a contact, or a text, of somebody forgotten is known by, or a phone whose last word to us was STOP: no more
    than that it was there can be told."""

    hash: bytes
    kind: str
    at: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased, without a word of it. `files` are exports that may hold lines of the person: delete them."""

    messages: int
    answers: int
    runs: int
    copies: int
    """Texts whose copies at the gateway are to be emptied."""
    files: tuple[ExportFile, ...]
    tombstones: tuple[Tombstone, ...]
    shared: Mapping[bytes, Share]
    """Their part in phones that others still use, by the phone's hash."""


@dataclass(frozen=True, slots=True)
class Share:
    """How somebody was told apart on a phone, and whether they had it in hand."""

    initials: str
    in_hand: bool


def erase(db: Connection, secrets: Secrets, contact_id: int, now: int) -> Receipt:
    """Erase a person in this transaction. The caller deletes files and has the gateway empty its copies."""
    if db.dialect.name == "sqlite":
        db.exec_driver_sql("PRAGMA secure_delete = ON")  # or the words stay readable in the file's free pages
    tallies.lock(db)
    own_answers = select(answers.c.id).where(rows_of(answers, contact_id))
    tallies.take_out(db, rows_of(answers, contact_id), runs.c.contact_id == contact_id)
    files = _files(db, contact_id, now)
    shared = _shared(db, contact_id)
    numbers = [secrets.unseal(sealed).decode() for hashed, sealed in _phones(db, contact_id) if hashed not in shared]
    copies, tombstones = _tombstones(db, secrets, contact_id, now)
    tombstones += _stops(db, secrets, contact_id, numbers, now)
    _out_of_others_texts(db, contact_id, numbers)
    for table in tables_of_answers():
        db.execute(delete(table).where(table.c.answer_id.in_(own_answers)))
    gone = {table.name: 0 for table in (messages, answers, runs)}
    for table in _of_people():
        gone[table.name] = db.execute(delete(table).where(rows_of(table, contact_id))).rowcount
    db.execute(delete(contacts).where(contacts.c.id == contact_id))
    phones.pick_up(db, list(shared))
    return Receipt(gone["messages"], gone["answers"], gone["runs"], copies, files, tombstones, shared)


def _of_people() -> Iterator[Table]:
    """Every table that holds rows of one person, those that others point to last; new tables are found as well."""
    for table in reversed(metadata.sorted_tables):
        if table is not contacts and ("contact_id" in table.c or table is marks):
            yield table


def _files(db: Connection, contact_id: int, now: int) -> tuple[ExportFile, ...]:
    """Restricted exports of the flows they took part in: ids are made up per file, so every such file may hold them.
    The time of each is over, so that one on another machine is deleted there."""
    answered = select(answers.c.flow).where(rows_of(answers, contact_id))  # one that another flow ran has no runs
    flows = select(runs.c.flow).where(runs.c.contact_id == contact_id).union(answered)
    of_these = export_files.c.flow.in_(flows)
    found = tuple(ExportFile(*row) for row in db.execute(select(*FILE).where(of_these)))
    db.execute(update(export_files).where(of_these).values(expires_at=now))
    return found


def _phones(db: Connection, contact_id: int) -> list[tuple[bytes, bytes]]:
    """The hash of each address of theirs, and the address sealed."""
    query = select(addresses.c.hash, addresses.c.encrypted).where(addresses.c.contact_id == contact_id)
    return [(row[0], row[1]) for row in db.execute(query)]


def _shared(db: Connection, contact_id: int) -> dict[bytes, Share]:
    """Phones that others of theirs use too: nothing of these others is forgotten."""
    others = addresses.alias()
    another = select(others.c.id).where(others.c.hash == addresses.c.hash, others.c.contact_id != contact_id).exists()
    query = select(addresses.c.hash, addresses.c.initials, addresses.c.in_hand)
    rows = db.execute(query.where(addresses.c.contact_id == contact_id, another))
    return {row[0]: Share(row[1] or "", bool(row[2])) for row in rows}


def _stops(db: Connection, secrets: Secrets, contact_id: int, numbers: list[str], now: int) -> tuple[Tombstone, ...]:
    """A STOP outlives them: nobody who is asked to text their number again finds it as if it had never been said."""
    stopped = db.execute(select(contacts.c.stopped_at).where(contacts.c.id == contact_id)).scalar() is not None
    phones_of_theirs = [_stop_hash(secrets, number) for number in numbers]
    if not stopped:
        db.execute(delete(erased).where(erased.c.hash.in_(phones_of_theirs)))
        return ()
    keep = tuple(Tombstone(each, STOPPED, now) for each in phones_of_theirs)
    remember(db, keep)
    return keep


def wants_no_texts(db: Connection, secrets: Secrets, address: str) -> bool:
    """Whether the last word from an address was STOP, of somebody forgotten since. Who texts again is a new contact,
    and this is asked of no contact."""
    found = db.execute(select(erased.c.kind).where(erased.c.hash == _stop_hash(secrets, address)))
    return found.first() is not None


def _stop_hash(secrets: Secrets, address: str) -> bytes:
    return secrets.hash(f"stopped {address}")


def _tombstones(db: Connection, secrets: Secrets, contact_id: int, now: int) -> tuple[int, tuple[Tombstone, ...]]:
    """Keyed hashes of them and of their texts, and the list of copies to empty; returns how many those are."""
    gateway = db.execute(select(addresses.c.gateway).where(addresses.c.contact_id == contact_id).limit(1)).scalar()
    texts = db.execute(
        select(messages.c.provider_id, messages.c.channel).where(
            messages.c.contact_id == contact_id, messages.c.provider_id.is_not(None)
        )
    ).all()
    # Not of their phones: others may share one, and whoever gets a number after them is somebody else.
    keep = [Tombstone(_contact_hash(secrets, contact_id), CONTACT, now)]
    keep += [Tombstone(secrets.text_hash(row.channel, row.provider_id), MESSAGE, now) for row in texts]
    remember(db, keep)
    copies = [
        {"provider_id": row.provider_id, "channel": row.channel, "gateway": gateway, "due_at": now}
        for row in texts
        if gateway == "twilio"
    ]
    if copies:
        db.execute(insert(redactions).on_conflict_do_nothing(), copies)
    return len(copies), tuple(keep)


def remember(db: Connection, tombstones: Iterable[Tombstone]) -> None:
    """Keep these tombstones; where there is one already, the later time."""
    rows = [{"hash": each.hash, "kind": each.kind, "at": each.at} for each in tombstones]
    add = insert(erased)
    later = add.on_conflict_do_update(
        index_elements=["hash"], set_={"at": add.excluded.at}, where=erased.c.at < add.excluded.at
    )
    if rows:
        db.execute(later, rows)


def _out_of_others_texts(db: Connection, contact_id: int, numbers: list[str]) -> None:
    """A text of somebody who is, or was, a champion that named their number, as in `ADD 07700 900123 TO carers`."""
    ends = {"".join(filter(str.isdigit, number))[-_NATIONAL:] for number in numbers}
    once = select(contacts.c.id).where(contacts.c.championed_at.is_not(None), contacts.c.id != contact_id)
    by_champions = select(messages.c.id, messages.c.body).where(messages.c.contact_id.in_(once))
    named = [
        row.id
        for row in db.execute(by_champions)
        if any(len(end) == _NATIONAL and end in "".join(filter(str.isdigit, row.body)) for end in ends)
    ]
    if named:
        db.execute(update(messages).where(messages.c.id.in_(named)).values(body=REMOVED, raw=None))


def come_back(db: Connection, secrets: Secrets) -> list[int]:
    """People in the store who were forgotten: a backup has brought them back."""
    gone = set(db.execute(select(erased.c.hash).where(erased.c.kind == CONTACT)).scalars())
    ids = db.execute(select(contacts.c.id)).scalars() if gone else ()
    return [contact_id for contact_id in ids if _contact_hash(secrets, contact_id) in gone]


def _contact_hash(secrets: Secrets, contact_id: int) -> bytes:
    return secrets.hash(f"contact {contact_id}")


@dataclass(frozen=True, slots=True)
class Copy:
    """A text whose copy at the gateway is to be emptied."""

    provider_id: str
    gateway: str
    channel: str
    attempts: int


def copies_wait(database: Database, now: int) -> bool:
    """Whether any copy is to be emptied now."""
    with database.reading() as db:
        return bool(copies_due(db, now, 1))


def copies_due(db: Connection, now: int, limit: int) -> list[Copy]:
    """Copies to be emptied now."""
    row = redactions.c
    query = select(row.provider_id, row.gateway, row.channel, row.attempts).where(row.due_at <= now).limit(limit)
    return [Copy(*found) for found in db.execute(query)]


def copy_emptied(db: Connection, provider_id: str) -> None:
    """The gateway has emptied its copy, or has none."""
    db.execute(delete(redactions).where(redactions.c.provider_id == provider_id))


def copy_later(db: Connection, provider_id: str, due_at: int) -> None:
    """The gateway could not: try again then."""
    again = {"due_at": due_at, "attempts": redactions.c.attempts + 1}
    db.execute(update(redactions).where(redactions.c.provider_id == provider_id).values(**again))


def bury(db: Connection, secrets: Secrets, channel: str, provider_id: str, now: int) -> Tombstone:
    """Know a text again that was never stored: the one that asked to be forgotten."""
    tombstone = Tombstone(secrets.text_hash(channel, provider_id), MESSAGE, now)
    remember(db, [tombstone])
    return tombstone
