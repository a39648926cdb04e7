"""A turn of a conversation in the store: one transaction, read at its beginning, written at its end.

Opening a turn locks its contact and reads everything the turn may need; what the turn decides is gathered and written
just before the commit, in few statements.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, insert, select, update

from storage.database import Database
from storage.ids import new_id
from storage.secrets import Secrets
from storage.tables import addresses, alerts, answers, champions, consents, contacts, dues, members, messages, runs
from storage.upserts import upsert

Value = str | int | float | bool | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Seen:
    """A text that came before, and the reply it got."""

    message_id: int
    contact_id: int
    body: str
    reply_id: int | None
    reply_body: str | None


@dataclass(frozen=True, slots=True)
class StoredContact:
    """A contact as a turn finds it; address and gateway are those of the address that texted, or of the first."""

    id: int
    language: str
    attributes: dict[str, Value]
    groups: frozenset[str]
    stopped_at: int | None
    agreed_at: int | None
    muted_until: int | None
    champion: bool
    """They look after a group."""
    address_id: int
    gateway: str


@dataclass(frozen=True, slots=True)
class StoredRun:
    """A contact's open run."""

    id: int
    revision_id: int
    state: str
    channel: str


@contextmanager
def open_turn(database: Database, address_hash: bytes, channel: str, provider_id: str) -> Iterator[StoredTurn]:
    """The turn of a text that came in from an address.

    Raises:
        StoreUnavailableError: the store could not be reached or written, or other work crossed this turn.
    """
    with database.transaction() as db:
        contact = _contact(db, addresses.c.hash == address_hash)
        seen = db.execute(_SEEN, {"channel": channel, "provider_id": provider_id}).first()
        stored = StoredTurn(db, database.secrets, contact, Seen(*seen) if seen else None)
        yield stored
        stored.write()


@contextmanager
def open_turn_of(database: Database, contact_id: int) -> Iterator[StoredTurn]:
    """A turn that we begin ourselves, with a contact we know.

    Raises:
        StoreUnavailableError: the store could not be reached or written, or other work crossed this turn.
    """
    with database.transaction() as db:
        stored = StoredTurn(db, database.secrets, _contact(db, addresses.c.contact_id == contact_id), None)
        yield stored
        stored.write()


_CHAMPION = select(champions.c.contact_id).where(champions.c.contact_id == contacts.c.id).exists().label("champion")


def _contact(db: Connection, where: Any) -> StoredContact | None:
    found = db.execute(
        select(
            contacts.c.id,
            contacts.c.language,
            contacts.c.attributes,
            contacts.c.stopped_at,
            contacts.c.agreed_at,
            contacts.c.muted_until,
            _CHAMPION,
            addresses.c.id.label("address_id"),
            addresses.c.gateway,
        )
        .join(addresses)
        .where(where)
        .order_by(addresses.c.id)
        .limit(1)
        .with_for_update(of=contacts)
    ).first()
    if found is None:
        return None
    attributes = json.loads(found.attributes)
    groups = db.execute(select(members.c.group_name).where(members.c.contact_id == found.id)).scalars()
    return StoredContact(
        found.id,
        found.language,
        {name: tuple(value) if isinstance(value, list) else value for name, value in attributes.items()},
        frozenset(groups),
        found.stopped_at,
        found.agreed_at,
        found.muted_until,
        found.champion,
        found.address_id,
        found.gateway,
    )


_reply = messages.alias("reply")
_SEEN = (
    select(messages.c.id, messages.c.contact_id, messages.c.body, _reply.c.id, _reply.c.body)
    .outerjoin(_reply, _reply.c.id == messages.c.reply_id)
    .where(
        messages.c.channel == bindparam("channel"),
        messages.c.provider_id == bindparam("provider_id"),
        messages.c.direction == "in",
    )
)


class StoredTurn:
    """What the store holds about a turn, and what the turn leaves behind.

    `seen` is set where the text came before, `contact` where the sender is known, `run` where they have an open one.
    """

    def __init__(self, db: Connection, secrets: Secrets, contact: StoredContact | None, seen: Seen | None) -> None:
        self.db = db
        self._secrets = secrets
        self.contact = contact
        self.seen = seen
        self.run = None if contact is None else self._open_run(contact.id)
        self._rows: dict[Table, list[dict[str, Any]]] = {}
        self._changes: dict[tuple[Table, int], dict[str, Any]] = {}
        self._dues: dict[int, int | None] = {}
        self._due_contact = contact.id if contact else 0

    def _open_run(self, contact_id: int) -> StoredRun | None:
        found = self.db.execute(
            select(runs.c.id, runs.c.revision_id, runs.c.state, runs.c.channel).where(
                runs.c.contact_id == contact_id, runs.c.status == "open"
            )
        ).first()
        return StoredRun(*found) if found else None

    # The contact.

    def add_contact(self, contact_id: int, language: str, address: str, channel: str, gateway: str, now: int) -> None:
        """Somebody we have not met, with the address they texted from."""
        self._due_contact = contact_id
        self._add(
            contacts, id=contact_id, language=language, attributes="{}", stopped_at=None, agreed_at=now, created_at=now
        )
        self._add(
            addresses,
            id=new_id(),
            contact_id=contact_id,
            channel=channel,
            gateway=gateway,
            hash=self._secrets.hash(address),
            encrypted=self._secrets.seal(address.encode()),
            created_at=now,
        )

    def set_gateway(self, address_id: int, gateway: str) -> None:
        """From now on this address is reached by another gateway."""
        self._change(addresses, address_id, gateway=gateway)

    def set_attributes(self, contact_id: int, attributes: Mapping[str, Value]) -> None:
        """All of a contact's attributes, in place of those they had."""
        self._change(contacts, contact_id, attributes=json.dumps(attributes, ensure_ascii=False))

    def agree(self, contact_id: int, now: int) -> None:
        """They agree to be texted."""
        self._change(contacts, contact_id, agreed_at=now)

    def mute(self, contact_id: int, until: int) -> None:
        """They are answered with silence until then."""
        self._change(contacts, contact_id, muted_until=until)

    def set_language(self, contact_id: int, language: str) -> None:
        """The language the contact is written to in."""
        self._change(contacts, contact_id, language=language)

    def stop_contact(self, contact_id: int, now: int) -> None:
        """Nothing is sent to them from now on."""
        self._change(contacts, contact_id, stopped_at=now)

    def restart_contact(self, contact_id: int) -> None:
        """They may be sent to again; the ledger keeps since when."""
        self._change(contacts, contact_id, stopped_at=None)

    def join_group(self, contact_id: int, group: str, now: int) -> None:
        """Make them a member; nothing where they are one."""
        self._add(members, contact_id=contact_id, group_name=group, joined_at=now)

    def add_consent(
        self,
        *,
        contact_id: int,
        kind: str,
        scope: str,
        wording: str,
        language: str,
        channel: str,
        message_id: int,
        now: int,
    ) -> None:
        """One entry of the consent ledger."""
        self._add(
            consents,
            id=new_id(),
            contact_id=contact_id,
            kind=kind,
            scope=scope,
            wording=wording,
            language=language,
            channel=channel,
            message_id=message_id,
            at=now,
        )

    # The run.

    def start_run(
        self,
        run_id: int,
        *,
        contact_id: int,
        flow: str,
        revision_id: int,
        state: str,
        waiting_node: str | None,
        channel: str,
        language: str,
        trigger: str,
        status: str,
        now: int,
        ended_at: int | None,
    ) -> None:
        """A run that begins, and may be over already."""
        self._add(
            runs,
            id=run_id,
            contact_id=contact_id,
            flow=flow,
            revision_id=revision_id,
            status=status,
            state=state,
            waiting_node=waiting_node,
            channel=channel,
            language=language,
            trigger=trigger,
            started_at=now,
            updated_at=now,
            ended_at=ended_at,
        )

    def save_run(
        self,
        run_id: int,
        state: str,
        waiting_node: str | None,
        status: str,
        now: int,
        ended_at: int | None = None,
    ) -> None:
        """The run as the engine left it."""
        self._change(
            runs, run_id, state=state, waiting_node=waiting_node, status=status, updated_at=now, ended_at=ended_at
        )

    def end_open_run(self, run_id: int, status: str, now: int) -> None:
        """End a run from outside; the question it waited at stays asked."""
        self._change(runs, run_id, status=status, updated_at=now, ended_at=now)

    def set_due(self, run_id: int, due_at: int) -> None:
        """When the clock should look at the run next."""
        self._dues[run_id] = due_at

    def clear_due(self, run_id: int) -> None:
        """The clock need not look at the run again."""
        self._dues[run_id] = None

    def add_answer(self, **fields: Any) -> None:
        """One answer, not counted yet; the fields are the columns of the table."""
        self._add(answers, **fields)

    # Messages and alerts.

    def add_inbound(
        self,
        message_id: int,
        contact_id: int,
        run_id: int | None,
        channel: str,
        provider_id: str,
        body: str,
        raw: bytes | None,
        reply_id: int | None,
        now: int,
    ) -> None:
        """The text that came in, with the reply it gets."""
        self._add(
            messages,
            id=message_id,
            contact_id=contact_id,
            run_id=run_id,
            direction="in",
            channel=channel,
            provider_id=provider_id,
            body=body,
            raw=raw,
            reply_id=reply_id,
            status="received",
            kind="reply",
            content=None,
            priority=0,
            created_at=now,
            due_at=None,
        )

    def add_message(
        self,
        message_id: int,
        contact_id: int,
        run_id: int | None,
        channel: str,
        body: str,
        status: str,
        now: int,
        *,
        kind: str = "reply",
        content: str | None = None,
    ) -> None:
        """A text of ours: `sent` where it goes back in an HTTP answer, `queued` where the outbox sends it.

        What we begin ourselves (any `kind` but `reply`) waits behind the replies, and for the person's hours.
        """
        self._add(
            messages,
            id=message_id,
            contact_id=contact_id,
            run_id=run_id,
            direction="out",
            channel=channel,
            provider_id=None,
            body=body,
            raw=None,
            reply_id=None,
            status=status,
            kind=kind,
            content=content,
            priority=0 if kind == "reply" else 1,
            created_at=now,
            due_at=now if status == "queued" else None,
        )

    def add_alert(
        self, kind: str, contact_id: int | None, run_id: int | None, message_id: int | None, detail: str, now: int
    ) -> None:
        """Something a person must look at. `detail` never holds a number or a resident's words."""
        self._add(
            alerts,
            id=new_id(),
            kind=kind,
            contact_id=contact_id,
            run_id=run_id,
            message_id=message_id,
            detail=detail,
            created_at=now,
        )

    # What is gathered is written at the end.

    def _add(self, table: Table, **row: Any) -> None:
        self._rows.setdefault(table, []).append(row)

    def _change(self, table: Table, row_id: int, **values: Any) -> None:
        self._changes.setdefault((table, row_id), {}).update(values)

    def write(self) -> None:
        """Write what was gathered; changes first, because one contact has one open run."""
        for (table, row_id), values in self._changes.items():
            self.db.execute(update(table).where(table.c.id == row_id).values(values))
        for table in (contacts, addresses, runs, messages, answers, consents, alerts):
            rows = self._rows.get(table)
            if rows:
                self.db.execute(insert(table), rows)
        if members in self._rows:
            self.db.execute(upsert(self.db, members).on_conflict_do_nothing(), self._rows[members])
        for run_id, due_at in self._dues.items():
            if due_at is None:
                self.db.execute(delete(dues).where(dues.c.run_id == run_id))
                continue
            row = {"run_id": run_id, "contact_id": self._due_contact, "due_at": due_at}
            statement = upsert(self.db, dues)
            self.db.execute(
                statement.on_conflict_do_update(
                    index_elements=[dues.c.run_id], set_={"due_at": statement.excluded.due_at}
                ),
                row,
            )
