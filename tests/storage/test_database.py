from __future__ import annotations

import os
import sqlite3
import threading

import psycopg
import pytest
from sqlalchemy import insert, make_url, select, text

from storage.database import TRIES, Database, StoreSettingError, StoreUnavailableError
from storage.errors import StoreMistakeError
from storage.migrations import FOLDER, heads
from storage.tables import heartbeats as table
from storage.upkeep import heartbeats
from tests.stores import SECRETS


def names(database: Database) -> set[str]:
    with database.reading() as db:
        return set(heartbeats.read(db))


def test_what_is_written_is_there_and_what_fails_half_way_is_not(database):
    heartbeats.beat(database, "clock", "ok", 1)

    def half() -> None:
        with database.transaction() as db:
            db.execute(insert(table), {"name": "worker", "at": 1, "detail": "ok"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert names(database) == {"clock"}


def test_a_reader_sees_one_moment_of_the_store_however_long_it_reads(database):
    with database.reading() as db:
        assert heartbeats.read(db) == {}
        heartbeats.beat(database, "clock", "ok", 1)
        assert heartbeats.read(db) == {}
    assert names(database) == {"clock"}


def test_a_writer_waits_for_another_instead_of_failing(database):
    began, done = threading.Event(), []

    def slow() -> None:
        with database.transaction() as db:
            db.execute(insert(table), {"name": "one", "at": 1, "detail": ""})
            began.set()
            db.execute(select(table)).all()
            done.append("slow")

    first = threading.Thread(target=slow)
    first.start()
    began.wait()
    heartbeats.beat(database, "one", "second", 2)
    done.append("quick")
    first.join()
    assert done == ["slow", "quick"]
    with database.reading() as db:
        assert heartbeats.read(db) == {"one": (2, "second")}


def test_work_that_crosses_other_work_is_done_again_and_only_so_often(database):
    tries = []

    def work(fail_until: int) -> int:
        tries.append(1)
        if len(tries) < fail_until:
            raise StoreUnavailableError("crossed", crossed=True)
        return len(tries)

    assert database.retrying(lambda: work(3)) == 3
    tries.clear()
    with pytest.raises(StoreUnavailableError):
        database.retrying(lambda: work(100))
    assert len(tries) == TRIES


def test_a_row_that_somebody_else_has_just_made_is_other_work_in_the_way(database):
    row = {"name": "one", "at": 1, "detail": ""}
    heartbeats.beat(database, "one", "", 1)
    with pytest.raises(StoreUnavailableError) as caught, database.transaction() as db:
        db.execute(insert(table), row)
    assert caught.value.crossed


def test_our_own_mistakes_are_not_taken_for_a_store_that_is_away(database):
    with pytest.raises(StoreMistakeError, match="heartbeats") as caught, database.transaction() as db:
        db.execute(insert(table), {"name": "x", "at": None, "detail": "my words"})
    assert "my words" not in str(caught.value)


def test_a_second_migration_changes_nothing_and_several_at_once_do_no_harm(database):
    heartbeats.beat(database, "clock", "ok", 1)
    threads = [threading.Thread(target=database.migrate) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not database.pending_migrations()
    assert names(database) == {"clock"}


def test_a_migration_that_breaks_leaves_the_store_as_it_was(database):
    with database.transaction() as db:
        db.execute(text("DELETE FROM alembic_version"))  # as if nothing were there: the first table then exists
    with pytest.raises(StoreMistakeError, match=r"already exists"):
        database.migrate()
    assert database.pending_migrations()
    assert names(database) == set()


def test_a_commit_is_on_disk_before_it_is_told(database):
    setting, full = ("SHOW synchronous_commit", "on") if database.is_postgresql else ("PRAGMA synchronous", 2)
    with database.transaction() as db:
        assert db.execute(text(setting)).scalar() == full


def test_an_empty_store_is_told_from_one_that_is_away(database):
    with database.transaction() as db:
        db.execute(text("DROP TABLE alembic_version"))
        db.execute(text("DROP TABLE heartbeats"))
    assert database.pending_migrations()
    with pytest.raises(StoreUnavailableError, match="run `sayso migrate`"):
        names(database)


# SQLite.


def test_asking_about_a_sqlite_file_does_not_make_it(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/none.db", SECRETS)
    assert database.pending_migrations()
    assert list(tmp_path.iterdir()) == []


def test_sqlite_is_durable_and_checks_references(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/x.db", SECRETS)
    with database.reading() as db:
        found = {name: db.execute(text(f"PRAGMA {name}")).scalar() for name in ("journal_mode", "synchronous")}
        assert found == {"journal_mode": "wal", "synchronous": 2}
        assert db.execute(text("PRAGMA foreign_keys")).scalar() == 1
    database.close()


@pytest.mark.parametrize("content", [b"this is no database at all, only words" * 100])
def test_a_file_that_is_no_database_is_a_sentence(tmp_path, content):
    (tmp_path / "x.db").write_bytes(content)
    database = Database(f"sqlite:///{tmp_path}/x.db", SECRETS)
    with pytest.raises(StoreUnavailableError, match="file is not a database"):
        database.pending_migrations()
    database.close()


def test_a_sqlite_file_that_another_program_keeps_locked_is_away_within_five_seconds(tmp_path, monkeypatch):
    monkeypatch.setattr("storage.drivers.sqlite.BUSY_SECONDS", 0.05)
    database = Database(f"sqlite:///{tmp_path}/x.db", SECRETS)
    database.migrate()
    other = sqlite3.connect(tmp_path / "x.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreUnavailableError, match="database is locked"):
        heartbeats.beat(database, "clock", "ok", 1)
    other.execute("ROLLBACK")
    heartbeats.beat(database, "clock", "ok", 1)
    other.close()
    database.close()


def test_a_disk_that_is_full_is_a_store_that_is_away_and_it_recovers(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/x.db", SECRETS)
    database.migrate()
    with database.reading() as db:
        pages = db.execute(text("PRAGMA page_count")).scalar()
    with database.transaction() as db:
        db.execute(text(f"PRAGMA max_page_count = {pages}"))
    with pytest.raises(StoreUnavailableError, match="full"):
        heartbeats.beat(database, "x", "x" * 100_000, 1)
    with database.transaction() as db:
        db.execute(text("PRAGMA max_page_count = 1073741823"))
    heartbeats.beat(database, "clock", "ok", 1)
    assert names(database) == {"clock"}
    database.close()


# PostgreSQL.


@pytest.fixture
def postgresql(postgresql_stores, tmp_path):
    with postgresql_stores.empty(tmp_path) as url:
        database = Database(url, SECRETS)
        yield database, url
        database.close()


def end_every_connection(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def test_a_server_that_restarts_between_two_turns_is_not_noticed(postgresql):
    database, url = postgresql
    heartbeats.beat(database, "clock", "ok", 1)
    end_every_connection(url)
    database.retrying(lambda: heartbeats.beat(database, "worker", "ok", 1))
    assert names(database) == {"clock", "worker"}


def test_a_connection_that_was_idle_for_long_is_tried_before_it_is_used(postgresql, monkeypatch):
    database, url = postgresql
    monkeypatch.setattr("storage.drivers.postgresql.IDLE_SECONDS", 0)
    heartbeats.beat(database, "clock", "ok", 1)
    end_every_connection(url)
    heartbeats.beat(database, "worker", "ok", 1)
    assert names(database) == {"clock", "worker"}


def test_a_lock_somebody_keeps_is_given_up_within_five_seconds(postgresql, monkeypatch):
    _, url = postgresql
    monkeypatch.setattr("storage.drivers.postgresql.LOCK_MS", 50)
    database = Database(url, SECRETS)
    heartbeats.beat(database, "clock", "ok", 1)
    with psycopg.connect(url) as other:
        other.execute("SELECT * FROM heartbeats FOR UPDATE")
        with pytest.raises(StoreUnavailableError, match="lock timeout"):
            heartbeats.beat(database, "clock", "ok", 2)
    heartbeats.beat(database, "clock", "ok", 3)
    database.close()


def test_a_statement_that_takes_too_long_is_given_up(postgresql, monkeypatch):
    _, url = postgresql
    monkeypatch.setattr("storage.drivers.postgresql.STATEMENT_MS", 50)
    database = Database(url, SECRETS)
    with pytest.raises(StoreUnavailableError, match="statement timeout"), database.reading() as db:
        db.execute(text("SELECT pg_sleep(30)"))
    database.close()


def test_a_deadlock_is_other_work_in_the_way(postgresql):
    database, _ = postgresql
    for name in "ab":
        heartbeats.beat(database, name, "", 1)
    meet = threading.Barrier(2)
    caught: list[StoreUnavailableError] = []

    def cross(first: str, second: str) -> None:
        try:
            with database.transaction() as db:
                db.execute(text(f"UPDATE heartbeats SET at = 2 WHERE name = '{first}'"))
                meet.wait()
                db.execute(text(f"UPDATE heartbeats SET at = 2 WHERE name = '{second}'"))
        except StoreUnavailableError as error:
            caught.append(error)

    threads = [threading.Thread(target=cross, args=pair) for pair in ("ab", "ba")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [error.crossed for error in caught] == [True]


def test_a_store_that_only_reads_now_is_away(postgresql):
    database, url = postgresql
    name = make_url(url).database
    with psycopg.connect(url, autocommit=True) as other:
        other.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    end_every_connection(url)
    with pytest.raises(StoreUnavailableError, match="read-only"):
        database.retrying(lambda: heartbeats.beat(database, "clock", "ok", 1))


def test_a_pool_with_every_connection_busy_is_away_soon(postgresql, monkeypatch):
    _, url = postgresql
    monkeypatch.setattr("storage.drivers.postgresql.POOL", 1)
    monkeypatch.setattr("storage.drivers.postgresql.POOL_SECONDS", 0.05)
    database = Database(url, SECRETS)
    with database.reading(), pytest.raises(StoreUnavailableError, match="busy"):
        names(database)
    database.close()


def test_a_server_nobody_runs_is_away_and_its_password_is_not_told():
    database = Database("postgresql://sayso:hush@127.0.0.1:1/sayso", SECRETS)
    with pytest.raises(StoreUnavailableError, match="refused") as caught:
        database.pending_migrations()
    assert "hush" not in str(caught.value)


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "postgresql+nosuch://x/y", ""])
def test_an_address_of_no_store_is_a_sentence(url):
    with pytest.raises(StoreSettingError, match="DATABASE_URL"):
        Database(url, SECRETS)


def test_the_short_form_of_the_address_is_understood(postgresql_stores, tmp_path):
    with postgresql_stores.empty(tmp_path) as url:
        database = Database(url.replace("postgresql:", "postgres:"), SECRETS)
        assert not database.pending_migrations()
        database.close()


def test_the_migrations_travel_with_the_package():
    assert os.access(FOLDER / "env.py", os.R_OK)
    assert heads()
