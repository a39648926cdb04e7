"""On SQLite a worker decides what leaves before it takes the store: nothing may have changed in between."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, update

from storage.database import Database, StoreUnavailableError
from storage.sending import claims
from storage.tables import addresses, contacts, messages, senders
from tests.stores import SECRETS

NOW = 1_000_000
STOPS = update(contacts).values(stopped_at=NOW)
CLAIMS = update(messages).values(status="sending", token="another", lease_until=NOW)
GOES = update(senders).values(free_at=NOW + 1)
WRITES = insert(contacts).values(id=2, language="en", attributes="{}", created_at=1)


@pytest.fixture
def database(sqlite_stores, tmp_path):
    """A store with one text that waits."""
    with sqlite_stores.empty(tmp_path) as url:
        opened = Database(url, SECRETS)
        address = "sms:+447700900123"
        with opened.transaction() as db:
            db.execute(insert(contacts).values(id=1, language="en", attributes="{}", created_at=1))
            db.execute(
                insert(addresses).values(
                    id=1, contact_id=1, channel="sms", gateway="twilio", hash=SECRETS.hash(address),
                    encrypted=SECRETS.seal(address.encode()), created_at=1,
                )
            )  # fmt: skip
            db.execute(
                insert(messages).values(
                    id=7, contact_id=1, direction="out", channel="sms", body="Hello", status="queued", created_at=1,
                    due_at=1,
                )
            )  # fmt: skip
            db.execute(insert(senders).values(name="twilio sms", free_at=1))
        yield opened
        opened.close()


def claim(database, meanwhile) -> None:
    with claims.claiming(database, NOW, 10, 0, ["twilio sms"], bulk=True, ahead=True) as taken:
        for row in taken.rows:
            taken.take(row, "mine", 60, None)
        with database.transaction() as db:  # would wait for us in vain, if we had taken the store
            db.execute(meanwhile)


def token(database) -> str | None:
    with database.reading() as db:
        return db.execute(select(messages.c.token)).scalar_one()


def test_what_others_write_meanwhile_keeps_nothing_from_leaving(database):
    claim(database, WRITES)
    assert token(database) == "mine"


@pytest.mark.parametrize(("meanwhile", "whose"), [(STOPS, None), (CLAIMS, "another"), (GOES, None)])
def test_nothing_is_claimed_where_a_stop_another_worker_or_the_rate_came_in_between(database, meanwhile, whose):
    with pytest.raises(StoreUnavailableError) as told:
        claim(database, meanwhile)
    assert told.value.crossed
    assert token(database) == whose
