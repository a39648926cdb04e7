"""A turn of a conversation in the store: one transaction, read at its beginning, written at its end.

Opening a turn locks its contact and reads everything the turn may need; what the turn decides is gathered and written
with the commit, in few statements. On PostgreSQL a turn takes two journeys: one that reads and one that writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Table, Text, bindparam, case, delete, literal_column, select, update

from storage.database import Database
from storage.found import Found, Seen, StoredContact, StoredRun, Value, of_contact, of_sender, understood
from storage.ids import new_id
from storage.secrets import Secrets
from storage.statements import Pair, Statement, insert_of, update_of
from storage.tables import (
    addresses,
    alerts,
    answer_labels,
    answers,
    consents,
    contacts,
    dues,
    marks,
    members,
    messages,
    picks,
    runs,
)
from storage.tally_rows import Counted
from storage.upserts import insert

__all__ = ["Seen", "StoredContact", "StoredRun", "StoredTurn", "open_turn", "open_turn_of"]


@contextmanager
def open_turn(database: Database, address_hash: bytes, channel: str, provider_id: str) -> Iterator[StoredTurn]:
    """The turn of a text that came in from an address.

    Raises:
        StoreUnavailableError: the store could not be reached or written, or other work crossed this turn.
    """
    with _turn(
        database, of_sender(address_hash, channel, provider_id, database.secrets.text_hash(channel, provider_id))
    ) as stored:
        yield stored


@contextmanager
def open_turn_of(database: Database, contact_id: int) -> Iterator[StoredTurn]:
    """A turn that we begin ourselves, with a contact we know.

    Raises:
        StoreUnavailableError: the store could not be reached or written, or other work crossed this turn.
    """
    with _turn(database, of_contact(contact_id)) as stored:
        yield stored


@contextmanager
def _turn(database: Database, read: Sequence[Pair]) -> Iterator[StoredTurn]:
    with database.quick() as quick:
        stored = StoredTurn(quick.db, database.secrets, understood(quick.read(read)))
        yield stored
        quick.commit(stored.writes())


_JOIN = Statement(
    insert(members).values({column: bindparam(column.name) for column in members.c}).on_conflict_do_nothing()
)
_held_again = case(
    (marks.c.counted == literal_column("2"), literal_column("1")),
    (marks.c.counted == literal_column("3"), literal_column("0")),
    else_=marks.c.counted,
)
_MARK = Statement(
    insert(marks)
    .values({name: bindparam(name) for name in ("run_id", "dimension", "part")})
    .on_conflict_do_update(index_elements=list(marks.primary_key), set_={"counted": _held_again})
)
_of_run = (answers.c.run_id == bindparam("run_id"), answers.c.outcome == literal_column("'answered'"))
_LABEL = Statement(
    insert(answer_labels)
    .from_select(["answer_id", "label"], select(answers.c.id, bindparam("label", type_=Text)).where(*_of_run))
    .on_conflict_do_nothing()
)
_LABEL_NEW = Statement(
    insert(answer_labels).values({name: bindparam(name) for name in ("answer_id", "label")}).on_conflict_do_nothing()
)
_TAKE_LABEL = Statement(
    delete(answer_labels).where(
        answer_labels.c.label == bindparam("label"), answer_labels.c.answer_id.in_(select(answers.c.id).where(*_of_run))
    )
)
_due = insert(dues).values({column: bindparam(column.name) for column in dues.c})
_SET_DUE = Statement(_due.on_conflict_do_update(index_elements=[dues.c.run_id], set_={"due_at": _due.excluded.due_at}))
_CLEAR_DUE = Statement(delete(dues).where(dues.c.run_id == bindparam("run_id")))


class StoredTurn:
    """What the store holds about a turn, and what the turn leaves behind.

    `seen` is set where the text came before, `contact` where the sender is known, `run` where they have an open one.
    """

    def __init__(self, db: Connection, secrets: Secrets, found: Found) -> None:
        self.db = db
        """The open transaction, for what few turns need: each statement on it is a journey of its own."""
        self._secrets = secrets
        self.contact = found.contact
        self.run = found.run
        self.seen = found.seen
        self.forgotten = found.forgotten
        self._rows: dict[Table, list[dict[str, Any]]] = {}
        self._changes: dict[tuple[Table, int], dict[str, Any]] = {}
        self._dues: dict[int, int | None] = {}
        self._labels: dict[tuple[int, str], bool] = {}
        self._contact_id = found.contact.id if found.contact else 0

    def meet(self, found: Found) -> None:
        """The phone has changed hands: the turn goes on with whoever has it now."""
        self.contact, self.run = found.contact, found.run
        self._contact_id = found.contact.id if found.contact else 0

    # The contact.

    def add_contact(self, contact_id: int, language: str, address: str, channel: str, gateway: str, now: int) -> None:
        """Somebody we have not met, with the address they texted from."""
        self._contact_id = contact_id
        self._add(contacts, id=contact_id, language=language, attributes="{}", agreed_at=now, created_at=now)
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

    def set_in_hand(self, address_id: int, now: int) -> None:
        """This person, of those who share a phone, has it in hand at this moment."""
        self._change(addresses, address_id, in_hand_at=now)

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
        day: str,
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
            day=day,
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
        # A status that stays is not written: SQLite would write a page of the index of open runs with it.
        ended = {} if ended_at is None else {"status": status, "ended_at": ended_at}
        self._change(runs, run_id, state=state, waiting_node=waiting_node, updated_at=now, counted=0, **ended)

    def end_open_run(self, run_id: int, status: str, now: int) -> None:
        """End a run from outside; the question it waited at stays asked."""
        self._change(runs, run_id, status=status, updated_at=now, ended_at=now, counted=0)

    def set_due(self, run_id: int, due_at: int) -> None:
        """When the clock should look at the run next."""
        self._dues[run_id] = due_at

    def clear_due(self, run_id: int) -> None:
        """The clock need not look at the run again."""
        self._dues[run_id] = None

    def add_answer(self, **fields: Any) -> None:
        """One answer, not counted yet; the fields are the columns of the table."""
        self._add(answers, **fields)
        if fields["kind"] == "many" and fields["outcome"] == "answered":
            for choice in dict.fromkeys(fields["value"].split()):
                self._add(picks, answer_id=fields["id"], choice=choice)

    def withdraw_answer(self, run_id: int | None, flow: str, node: str) -> None:
        """Their last answer to this question no longer counts; the row stays until they are forgotten."""
        pending = self._rows.get(answers, [])
        for row in reversed(pending):
            if (row["flow"], row["node"]) == (flow, node):
                pending.remove(row)
                return
        given = (
            answers.c.run_id == run_id,
            answers.c.flow == flow,
            answers.c.node == node,
            answers.c.counted.in_((Counted.WAITS, Counted.IN)),
        )
        last = select(answers.c.id).where(*given).order_by(answers.c.id.desc()).limit(1).scalar_subquery()
        taken_back = case((answers.c.counted == Counted.IN, Counted.WITHDRAWN), else_=Counted.OUT)
        self.db.execute(update(answers).where(answers.c.id == last).values(counted=taken_back))

    def clear_marks(self, run_id: int, dimension: str) -> None:
        """The run bears no mark of this kind any more: what it was made from was changed."""
        held = (marks.c.run_id == run_id, marks.c.dimension == dimension)
        for now, then in ((Counted.IN, Counted.WITHDRAWN), (Counted.WAITS, Counted.OUT)):
            self.db.execute(update(marks).where(*held, marks.c.counted == now).values(counted=then))

    def add_mark(self, run_id: int, dimension: str, part: str) -> None:
        """Something the run's answers are told apart by; nothing where it bears this mark already."""
        self._add(marks, run_id=run_id, dimension=dimension, part=part)

    def label(self, run_id: int, label: str) -> None:
        """Every answer of the run bears a label, those that this turn adds too."""
        self._labels[run_id, label] = True

    def take_label(self, run_id: int, label: str) -> None:
        """No answer of the run bears the label any more."""
        self._labels[run_id, label] = False

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

    def put_aside(self) -> None:
        """Nothing gathered so far is written."""
        self._rows.clear()
        self._changes.clear()
        self._dues.clear()
        self._labels.clear()

    # What is gathered is written at the end.

    def _add(self, table: Table, **row: Any) -> None:
        self._rows.setdefault(table, []).append(row)

    def _change(self, table: Table, row_id: int, **values: Any) -> None:
        for row in self._rows.get(table, ()):
            if row["id"] == row_id:  # not written yet
                row.update(values)
                return
        self._changes.setdefault((table, row_id), {}).update(values)

    def writes(self) -> Iterator[Pair]:
        """Statements that write what was gathered; changes first, because one contact has one open run."""
        for (table, row_id), values in self._changes.items():
            yield update_of(table, tuple(values)), {"row_id": row_id, **values}
        for table in (contacts, addresses, runs, messages, answers, picks, consents, alerts):
            rows = self._rows.get(table)
            if rows:
                statement = insert_of(table, tuple(rows[0]), len(rows))
                each = (row[name] for row in rows for name in rows[0])
                yield statement, dict(zip(statement.names, each, strict=True))
        for row in self._rows.get(members, ()):
            yield _JOIN, row
        for row in self._rows.get(marks, ()):
            yield _MARK, row
        for (run_id, label), borne in self._labels.items():
            yield _LABEL if borne else _TAKE_LABEL, {"run_id": run_id, "label": label}
            # All writes are one statement on PostgreSQL, and none of its parts sees the rows of another.
            for row in self._rows.get(answers, ()) if borne else ():
                if row["outcome"] == "answered":
                    yield _LABEL_NEW, {"answer_id": row["id"], "label": label}
        for run_id, due_at in self._dues.items():
            if due_at is None:
                yield _CLEAR_DUE, {"run_id": run_id}
            else:
                yield _SET_DUE, {"run_id": run_id, "contact_id": self._contact_id, "due_at": due_at}
