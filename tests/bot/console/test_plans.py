"""No query of a page reads through a table that grows with the community: each finds its rows by an index."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine

from tests.bot.console.stage import stage

GROWS = (
    "addresses", "answer_labels", "answers", "audits", "champions", "consents", "contacts", "marks", "members",
    "messages", "picks", "recipients", "reviews", "run_tallies", "runs", "tallies",
)  # fmt: skip
MORE = ("/console/contacts?group=carers", "/console/results/visit?by=week", "/console/results/visit?by=group")
_SCAN = re.compile(rf"^SCAN ({'|'.join(GROWS)})\b")


@pytest.fixture(scope="module")
def queries(tmp_path_factory) -> dict[str, set[tuple[str, tuple]]]:
    """What each page asks the store, and finding somebody by number and by name."""
    with stage(tmp_path_factory.mktemp("data")) as console:
        asked: dict[str, set] = {}
        paths = {*console.pages().values(), *MORE, "/results/visit"}

        def note(_connection, _cursor, statement, parameters, _context, _many) -> None:
            if statement.lstrip().upper().startswith(("SELECT", "WITH")):
                asked[now].add((statement, tuple(parameters)))

        event.listen(Engine, "before_cursor_execute", note)
        for now in sorted(paths):
            asked[now] = set()
            console.alice.client.get(now)
        for now in ("zeinab", "07700 900010"):
            asked[now] = set()
            console.alice.post("/console/contacts/find", page="/console/contacts", q=now)
        event.remove(Engine, "before_cursor_execute", note)
        with console.service.database.reading() as db:
            return {
                page: {
                    (sql, tuple(row[3] for row in db.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)))
                    for sql, values in found
                }
                for page, found in asked.items()
            }


def grows(sql: str, plan: tuple[str, ...]) -> bool:
    """Whether a query reads more the more people there are.

    A page of a list in the order of its key is read as far as the page goes, and no further.
    """
    scans = any(_SCAN.match(step) for step in plan)
    sorted_first = any(step.startswith("USE TEMP B-TREE FOR ORDER BY") for step in plan)
    return scans and ("LIMIT" not in sql or sorted_first)


def test_no_page_reads_through_what_grows(queries):
    found = {page: [each for each in plans if grows(*each)] for page, plans in queries.items()}
    assert {page: bad for page, bad in found.items() if bad} == {}


def test_the_pages_do_ask_the_store(queries):
    assert sum(map(len, queries.values())) > 100


def test_a_query_without_an_index_is_noticed():
    assert grows("SELECT * FROM contacts WHERE language = ?", ("SCAN contacts",))
    assert not grows("SELECT * FROM contacts ORDER BY id LIMIT ?", ("SCAN contacts",))
    assert grows("SELECT * FROM contacts ORDER BY language LIMIT ?", ("SCAN contacts", "USE TEMP B-TREE FOR ORDER BY"))
