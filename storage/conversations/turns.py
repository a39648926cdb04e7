"""A turn of a conversation in the store: one transaction, read at its beginning, written at its end.

Opening a turn locks its contact and reads everything the turn may need; what the turn decides is gathered and written
with the commit, in few statements. On PostgreSQL a turn takes two journeys: one that reads and one that writes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Connection, select, update

from storage.conversations.found import Found, StoredContact, StoredRun, Value, of_contact, of_sender, understood
from storage.conversations.said import Said
from storage.counting.tally_rows import Counted
from storage.database import Database
from storage.drivers.statements import Pair
from storage.ids import new_id
from storage.secrets import Secrets
from storage.tables import (
    addresses,
    answers,
    consents,
    contacts,
    marks,
    members,
    picks,
    runs,
    uncounted,
)

__all__ = ["StoredContact", "StoredRun", "StoredTurn", "open_turn", "open_turn_of"]


def open_turn(
    database: Database, address_hash: bytes, channel: str, provider_id: str, silent_since: int
) -> AbstractContextManager[StoredTurn]:
    """The turn of a text that came in from an address; `silent` says whether nobody has texted from it since then.

    Raises:
        StoreUnavailableError: the store could not be reached or written, or other work crossed this turn.
    """
    text_hash = database.secrets.text_hash(channel, provider_id)
    return _turn(database, of_sender(address_hash, channel, provider_id, text_hash, silent_since))


def open_turn_of(database: Database, contact_id: int) -> AbstractContextManager[StoredTurn]:
    """A turn that we begin ourselves, with a contact we know.

    Raises:
        StoreUnavailableError: the store could not be reached or written, or other work crossed this turn.
    """
    return _turn(database, of_contact(contact_id))


@contextmanager
def _turn(database: Database, read: Sequence[Pair]) -> Iterator[StoredTurn]:
    with database.quick() as quick:
        stored = StoredTurn(quick.db, database.secrets, understood(quick.read(read)))
        yield stored
        quick.commit(stored.writes())


class StoredTurn(Said):
    """What the store holds about a turn, and what the turn leaves behind.

    `seen` is our id of the text where it came before; `contact` is set where the sender is known, `run` where they have
    an open one.
    """

    def __init__(self, db: Connection, secrets: Secrets, found: Found) -> None:
        super().__init__()
        self.db = db
        """The open transaction, for what few turns need: each statement on it is a journey of its own."""
        self._secrets = secrets
        self.contact = found.contact
        self.run = found.run
        self.seen = found.seen
        self.forgotten = found.forgotten
        self.silent = found.silent
        self.contact_id = found.contact.id if found.contact else 0

    def meet(self, found: Found) -> None:
        """The phone has changed hands: the turn goes on with whoever has it now."""
        self.contact, self.run, self.silent = found.contact, found.run, found.silent
        self.contact_id = found.contact.id if found.contact else 0

    # The contact.

    def add_contact(
        self, contact_id: int, language: str, address: str, channel: str, gateway: str, now: int, *,
        agreed_at: int | None,
    ) -> None:  # fmt: skip
        """Somebody we have not met, with the address they texted or rang from."""
        self.contact_id = contact_id
        self.add(contacts, id=contact_id, language=language, attributes="{}", agreed_at=agreed_at, created_at=now)
        self.add(
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
        self.change(addresses, address_id, gateway=gateway)

    def set_reachable(self, address_id: int) -> None:
        """Somebody has texted from this address: whatever its gateway said before, texts reach it."""
        self.change(addresses, address_id, invalid_at=None)

    def set_in_hand(self, address_id: int, now: int) -> None:
        """This person, of those who share a phone, has it in hand at this moment."""
        self.change(addresses, address_id, in_hand_at=now)

    def set_attributes(self, contact_id: int, attributes: Mapping[str, Value]) -> None:
        """All of a contact's attributes, in place of those they had."""
        self.change(contacts, contact_id, attributes=json.dumps(attributes, ensure_ascii=False))

    def agree(self, contact_id: int, now: int) -> None:
        """They agree to be texted."""
        self.change(contacts, contact_id, agreed_at=now)

    def mute(self, contact_id: int, until: int) -> None:
        """They are answered with silence until then."""
        self.change(contacts, contact_id, muted_until=until)

    def set_language(self, contact_id: int, language: str) -> None:
        """The language the contact is written to in."""
        self.change(contacts, contact_id, language=language)

    def stop_contact(self, contact_id: int, now: int) -> None:
        """Nothing is sent to them from now on."""
        self.change(contacts, contact_id, stopped_at=now)

    def restart_contact(self, contact_id: int) -> None:
        """They may be sent to again; the ledger keeps since when."""
        self.change(contacts, contact_id, stopped_at=None)

    def join_group(self, contact_id: int, group: str, now: int) -> None:
        """Make them a member; nothing where they are one."""
        self.add(members, contact_id=contact_id, group_name=group, joined_at=now)

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
        self.add(
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
        self.add(
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
            due_at=None,
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
        ended = {} if ended_at is None else {"status": status, "ended_at": ended_at, "due_at": None}
        self.change(runs, run_id, state=state, waiting_node=waiting_node, updated_at=now, counted=0, **ended)

    def end_open_run(self, run_id: int, status: str, now: int) -> None:
        """End a run from outside; the question it waited at stays asked."""
        self.change(runs, run_id, status=status, updated_at=now, ended_at=now, due_at=None, counted=0)

    def set_due(self, run_id: int, due_at: int) -> None:
        """When the clock should look at the run next."""
        self.change(runs, run_id, due_at=due_at)

    def clear_due(self, run_id: int) -> None:
        """The clock need not look at the run again."""
        self.change(runs, run_id, due_at=None)

    def add_answer(self, **fields: Any) -> None:
        """One answer, not counted yet; the fields are the columns of the table."""
        self.add(answers, **fields)
        self.add(uncounted, answer_id=fields["id"], withdrawn=False)
        if fields["kind"] == "many" and fields["outcome"] == "answered":
            for choice in dict.fromkeys(fields["value"].split()):
                self.add(picks, answer_id=fields["id"], choice=choice)

    def withdraw_answer(self, run_id: int | None, flow: str, node: str) -> None:
        """Their last answer to this question no longer counts; the row stays until they are forgotten."""
        pending = self.rows.get(answers, [])
        for row in reversed(pending):
            if (row["flow"], row["node"]) == (flow, node):
                pending.remove(row)
                for table in (uncounted, picks):
                    kept = [each for each in self.rows.get(table, ()) if each["answer_id"] != row["id"]]
                    self.rows[table] = kept
                return
        given = (
            answers.c.run_id == run_id,
            answers.c.flow == flow,
            answers.c.node == node,
            ~answers.c.withdrawn,
        )
        last = select(answers.c.id).where(*given).order_by(answers.c.id.desc()).limit(1).scalar_subquery()
        take_back = update(answers).where(answers.c.id == last).values(withdrawn=True).returning(answers.c.id)
        for answer_id in self.db.execute(take_back).scalars():
            self.add(uncounted, answer_id=answer_id, withdrawn=True)

    def clear_marks(self, run_id: int, dimension: str) -> None:
        """The run bears no mark of this kind any more: what it was made from was changed."""
        held = (marks.c.run_id == run_id, marks.c.dimension == dimension)
        for now, then in ((Counted.IN, Counted.WITHDRAWN), (Counted.WAITS, Counted.OUT)):
            self.db.execute(update(marks).where(*held, marks.c.counted == now).values(counted=then))

    def add_mark(self, run_id: int, dimension: str, part: str) -> None:
        """Something the run's answers are told apart by; nothing where it bears this mark already."""
        self.add(marks, run_id=run_id, dimension=dimension, part=part)

    def label(self, run_id: int, label: str) -> None:
        """Every answer of the run bears a label, those that this turn adds too."""
        self.labels[run_id, label] = True

    def take_label(self, run_id: int, label: str) -> None:
        """No answer of the run bears the label any more."""
        self.labels[run_id, label] = False
