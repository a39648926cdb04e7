"""No query of a page reads through a table that grows with the community: each finds its rows by an index."""

from __future__ import annotations

import pytest

from tests.bot.console.stage import stage
from tests.plans import grows, noted, plan

MORE = ("/console/contacts?group=carers", "/console/results/visit?by=week", "/console/results/visit?by=group")


@pytest.fixture(scope="module")
def queries(tmp_path_factory) -> dict[str, set[tuple[str, tuple]]]:
    """What each page asks the store, and finding somebody by number and by name."""
    with stage(tmp_path_factory.mktemp("data")) as console:
        asked: dict[str, set] = {}
        for path in sorted({*console.pages().values(), *MORE, "/results/visit"}):
            with noted() as asked[path]:
                console.alice.client.get(path)
        for words in ("zeinab", "07700 900010"):
            with noted() as asked[words]:
                console.alice.post("/console/contacts/find", page="/console/contacts", q=words)
        with noted() as asked["nurse"]:
            console.alice.post("/console/results/visit/words/find", page="/console/results/visit/words", q="nurse")
        with console.service.database.reading() as db:
            return {page: {(sql, plan(db, sql, values)) for sql, values in found} for page, found in asked.items()}


def test_no_page_reads_through_what_grows(queries):
    found = {page: [each for each in plans if grows(*each)] for page, plans in queries.items()}
    assert {page: bad for page, bad in found.items() if bad} == {}


def test_the_pages_do_ask_the_store(queries):
    assert sum(map(len, queries.values())) > 100


def test_a_query_without_an_index_is_noticed():
    assert grows("SELECT * FROM contacts WHERE language = ?", ("SCAN contacts",))
    assert not grows("SELECT * FROM contacts ORDER BY id LIMIT ?", ("SCAN contacts",))
    assert grows("SELECT * FROM contacts ORDER BY language LIMIT ?", ("SCAN contacts", "USE TEMP B-TREE FOR ORDER BY"))
