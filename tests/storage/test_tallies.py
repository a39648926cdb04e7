from __future__ import annotations

import random

import pytest
from sqlalchemy import delete, insert, update

from storage.counting import recounting, results, sorting, tallies
from storage.counting.results import Whom
from storage.database import Database
from storage.tables import answers, contacts, marks, picks, revisions, run_tallies, runs, uncounted
from storage.tables import tallies as counts
from tests import tallying

DAYS = ("2026-11-01", "2026-11-02", "2026-12-01")


def fill(database: Database, seed: int, people: int) -> random.Random:
    chance = random.Random(seed)
    with database.transaction() as db:
        db.execute(insert(revisions), {"id": 1, "flow": "f", "hash": "0" * 64, "source": "", "published_at": 0})
        db.execute(insert(contacts), [{"id": n, "language": "en", "created_at": 0} for n in range(people)])
        db.execute(insert(runs), [run(n, chance) for n in range(people)])
        rows = [answer(run * 10 + at, run, kind, chance) for run in range(people) for at, kind in enumerate(KINDS)]
        db.execute(insert(answers), rows)
        db.execute(insert(uncounted), [{"answer_id": row["id"], "withdrawn": False} for row in rows])
        chosen = [
            {"answer_id": row["id"], "choice": choice}
            for row in rows
            if row["kind"] == "many" and row["outcome"] == "answered"
            for choice in str(row["value"]).split()
        ]
        db.execute(insert(picks), chosen)
        borne = [{"run_id": n, "dimension": "group", "part": chance.choice("ab")} for n in range(0, people, 2)]
        db.execute(insert(marks), borne)
    return chance


KINDS = ("choice", "many", "text", "number", "date")
VALUES = {"choice": "xyz", "many": ("x", "x y", "y z"), "text": ("so it was",), "number": "123", "date": DAYS}


def run(n: int, chance: random.Random) -> dict[str, object]:
    return {
        "id": n, "contact_id": n, "flow": "f", "revision_id": 1, "state": "{}", "trigger": "keyword", "started_at": 0,
        "status": chance.choice(("completed", "expired", "stopped")), "waiting_node": chance.choice((None, "choice")),
        "channel": chance.choice(("sms", "whatsapp")), "language": chance.choice(("en", "cy")), "updated_at": 0,
        "day": chance.choice(DAYS),
    }  # fmt: skip


def answer(n: int, run: int, kind: str, chance: random.Random) -> dict[str, object]:
    outcome = chance.choice(("answered", "answered", "skipped", "unclear"))
    return {
        "id": n, "run_id": run, "contact_id": run, "flow": "f", "revision_id": 1, "node": kind, "save_as": kind,
        "kind": kind, "outcome": outcome, "value": chance.choice(VALUES[kind]) if outcome == "answered" else None,
        "raw": "", "personal": False, "language": "en", "channel": "sms", "day": chance.choice(DAYS), "answered_at": 0,
    }  # fmt: skip


def fold_all(database: Database, batch: int) -> None:
    while tallies.fold(database, batch):
        pass


@pytest.mark.parametrize("batch", [1, 7, 1000])
def test_folding_in_any_batches_agrees_with_counting_everything(database, batch):
    fill(database, batch, 12)
    fold_all(database, batch)
    assert tallying.stored(database) == tallying.recount(database)
    assert not tallies.waiting(database)


def test_answers_taken_back_marks_that_come_late_and_runs_that_go_on_are_followed(database):
    chance = fill(database, 3, 20)
    fold_all(database, 9)
    for _ in range(5):
        with database.transaction() as db:
            back = chance.randrange(200)
            taken = update(answers).where(answers.c.id == back, ~answers.c.withdrawn).values(withdrawn=True)
            if db.execute(taken).rowcount:
                db.execute(insert(uncounted), {"answer_id": back, "withdrawn": True})
            n = chance.randrange(20)
            db.execute(update(runs).where(runs.c.id == n).values(status="completed", waiting_node=None, counted=0))
            late = {"run_id": n, "dimension": f"d{_}", "part": "late"}
            db.execute(insert(marks), late)
        fold_all(database, 3)
        assert tallying.stored(database) == tallying.recount(database)


def test_rebuilding_agrees_to_the_last_unit(database):
    fill(database, 5, 15)
    fold_all(database, 4)
    before = every(database)
    assert recounting.rebuild(database).wrong == 0
    assert every(database) == before
    assert tallying.stored(database) == tallying.recount(database)


def test_rebuilding_mends_what_is_wrong_whatever_waits_meanwhile(database):
    fill(database, 6, 15)
    fold_all(database, 4)
    right = every(database)
    with database.transaction() as db:
        db.execute(update(counts).where(counts.c.dimension == "").values(count=counts.c["count"] + 2))
        db.execute(delete(counts).where(counts.c.value == "x"))
        db.execute(delete(run_tallies).where(run_tallies.c.status == "expired"))
        waits = {"id": 9_000, "run_id": 1, "value": "y", "outcome": "answered"}
        db.execute(insert(answers), answer(9_000, 1, "choice", random.Random(1)) | waits)
        db.execute(insert(uncounted), {"answer_id": 9_000, "withdrawn": False})
        assert recounting.compare(db) != (DAYS[2], 0, 0)
    assert recounting.rebuild(database).wrong > 0
    assert tallying.stored(database) == tallying.recount(database)
    assert not tallies.waiting(database)
    assert len(every(database)) >= len(right)
    assert recounting.rebuild(database).wrong == 0


def test_an_answer_sorted_again_before_or_after_it_is_counted_is_counted_once_under_its_new_choice(database):
    fill(database, 8, 10)
    for when in ("before it is counted", "after"):
        with database.transaction() as db:
            (found, *_) = sorting.listed(db, "f", 1, node="many")
            assert sorting.sort(db, found, ["z", "x"]), when
        fold_all(database, 3)
        assert tallying.stored(database) == tallying.recount(database), when
        assert recounting.rebuild(database).wrong == 0, when


def every(database: Database) -> list[object]:
    by = ("channel", "language", "day", "month", "revision", "group")
    with database.reading() as db:
        given = [*results.answers_of(db, "f", Whom(), by), *results.runs_of(db, "f", Whom(), by)]
    return sorted(given, key=repr)


def test_of_several_choices_both_people_and_choices_are_counted(database):
    fill(database, 1, 30)
    fold_all(database, 1000)
    with database.reading() as db:
        found = [each for each in results.answers_of(db, "f", Whom(), ()) if each.node == "many"]
    people = sum(each.count for each in found if each.outcome == "answered")
    chosen = {each.value: each.count for each in found if each.outcome == "picked"}
    assert set(chosen) == {"x", "y", "z"}
    assert people < sum(chosen.values()) <= 2 * people
    assert sum(each.count for each in found if each.outcome != "picked") == 30


def test_words_are_never_counted_one_by_one(database):
    fill(database, 1, 10)
    fold_all(database, 1000)
    assert not any("so it was" in str(key) for key in tallying.stored(database))


def test_a_breakdown_adds_up_to_the_whole(database):
    fill(database, 2, 25)
    fold_all(database, 1000)
    with database.reading() as db:
        found = list(results.answers_of(db, "f", Whom(), ("day",)))
        narrowed = list(results.answers_of(db, "f", Whom(since="2026-12-01"), ()))
    whole = sum(each.count for each in found if each.column == results.WHOLE)
    assert whole == sum(each.count for each in found if each.column != results.WHOLE)
    assert sum(each.count for each in narrowed) == sum(e.count for e in found if e.column == ("day", "2026-12-01"))


def test_people_are_counted_not_their_runs(database):
    fill(database, 2, 6)
    with database.transaction() as db:
        again = [
            {**run(100 + n, random.Random(n)), "contact_id": 1, "status": "expired", "channel": "sms"} for n in range(9)
        ]
        db.execute(insert(runs), again)
    with database.reading() as db:
        assert results.people_of(db, "f", Whom(), results.WHOLE, 50) == 6
        assert results.people_of(db, "f", Whom(), results.WHOLE, 4) == 4
        assert results.people_of(db, "f", Whom(group="a"), results.WHOLE, 50) <= 3
