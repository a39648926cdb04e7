from __future__ import annotations

import psycopg
import pytest
from psycopg import pq
from sqlalchemy import bindparam, insert, literal_column, select

from storage.drivers.line import Line, Query, as_one
from storage.drivers.statements import Statement
from storage.tables import contacts, heartbeats

ROW = Query(
    "SELECT $1::bigint, $2::text, octet_length($3::bytea), $4::boolean, $5::text",
    tuple((0, name) for name in "abcde"),
)
ZERO = Query("SELECT 1 / $1::int")


@pytest.fixture
def line(postgresql_stores, tmp_path):
    with (
        postgresql_stores.empty(tmp_path) as url,
        psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection,
    ):
        yield Line(connection, set())


def test_values_of_every_sort_come_back_as_they_went(line):
    for _ in range(2):  # the second time it is prepared
        assert line.go([(ROW, [2**62, "żółć 😀 'x' %s", b"\x00\xff", True, None])]) == (
            2**62,
            "żółć 😀 'x' %s",
            2,
            True,
            None,
        )


def test_a_nul_is_refused_and_never_cuts_a_text_off(line):
    with pytest.raises(psycopg.Error):
        line.go([(ROW, [1, "a\0b", b"", False, None])])


def test_after_a_mistake_nothing_is_run_and_the_connection_can_be_used_again(line):
    beat = as_one(
        (Statement(insert(heartbeats).values(name=bindparam("name"), at=bindparam("at"), detail=bindparam("name"))),)
    )
    assert beat is not None
    with pytest.raises(psycopg.errors.DivisionByZero):
        line.go(
            [(Query("BEGIN"), ()), (ZERO, [0]), (beat, beat.values([{"name": "x", "at": 1}])), (Query("COMMIT"), ())]
        )
    line.go([(Query("ROLLBACK"), ())])
    assert line.go([(Query("SELECT count(*) FROM heartbeats"), ())]) == (0,)


def test_a_statement_is_prepared_once_also_where_a_journey_holds_it_twice(line):
    assert line.go([(ZERO, [1]), (ZERO, [1])]) == (1,)
    assert line.go([(Query("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE 'SELECT 1 /%'"), ())]) == (
        1,
    )


def test_a_connection_that_was_made_to_forget_prepares_anew(line):
    line.go([(ZERO, [1])])
    line.go([(Query("DEALLOCATE ALL"), ())])
    with pytest.raises(psycopg.errors.InvalidSqlStatementName):
        line.go([(ZERO, [1])])
    assert line.go([(ZERO, [1])]) == (1,)


def test_more_than_the_network_takes_at_once_arrives(line):
    long = "x" * 20_000_000
    assert line.go([(Query("SELECT length($1::text)"), [long])]) == (len(long),)


def test_a_lost_connection_is_an_error_and_leaves_the_line_unusable(line):
    with pytest.raises(psycopg.OperationalError):
        line.go([(Query("SELECT pg_terminate_backend(pg_backend_pid())"), ())])
    assert line._pg.status == pq.ConnStatus.BAD


def test_statements_become_one_with_a_number_for_each_value():
    one = Statement(select(literal_column("'50%'")).where(contacts.c.id == bindparam("id")))
    two = Statement(insert(heartbeats).values(name=bindparam("id"), at=bindparam("at"), detail=bindparam("id")))
    query = as_one((one, two))
    assert query is not None
    assert "'50%'" in query.sql
    assert query.values([{"id": 1}, {"id": "x", "at": 2}]) == [1, "x", 2]
    assert as_one((two, two)) is None
