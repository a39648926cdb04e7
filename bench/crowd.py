"""A community as large as a region, made by the store itself: people, conversations, answers, texts, tallies."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, text

from flows.run import microseconds
from storage.database import Database
from storage.ids import id_at

DAYS = 28
GROUP = "carers"
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT CAST(0 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i + 1 < :count) "
_HASH = {"sqlite": "randomblob(16)", "postgresql": "decode(md5(cast(i AS text)), 'hex')"}
_RUN = ":runs + (i / 2) * :run_step"
_CONTACT = ":people + ((i / 2) % :crowd) * :person_step"
_DAY = "'2026-11-' || substr(cast(101 + i * 28 / :count AS text), 2, 2)"
_CHANNEL = "CASE (i / 2) % 3 WHEN 0 THEN 'whatsapp' ELSE 'sms' END"
_LANGUAGE = "CASE (i / 2) % 5 WHEN 0 THEN 'bn' WHEN 1 THEN 'ur' ELSE 'en' END"
_ANSWERED = "(id, run_id, contact_id, flow, revision_id, node, save_as, kind, outcome, value, raw, personal, language,"


def fill(database: Database, revision_id: int, people: int, answers: int, now: datetime) -> None:
    """Make this many people, with two answers in each conversation, spread over the four weeks before `now`."""
    begins = now - timedelta(days=DAYS)
    first, span = id_at(microseconds(begins)), id_at(microseconds(now)) - id_at(microseconds(begins))
    values = {
        "people": first, "person_step": span // people, "crowd": people,
        "runs": first + 1, "run_step": span // (answers // 2 + 1),
        "answers": first + 2, "answer_step": span // answers, "messages": first + 3,
        "at": microseconds(begins), "at_step": DAYS * 86_400_000_000 // answers, "revision": revision_id,
    }  # fmt: skip
    for statement, count in _statements(database.is_postgresql, people, answers):
        with database.transaction() as db:
            _run(db, statement, {**values, "count": count})
    with database.transaction() as db:
        _unhurried(db)
        _tally(db)
        if database.is_postgresql:
            db.execute(text("ANALYZE"))


def _unhurried(db: Connection) -> None:
    """Give this transaction all the time it takes: the limit is for turns, not for a million rows."""
    if db.dialect.name == "postgresql":
        db.execute(text("SET LOCAL statement_timeout = 0"))


def _run(db: Connection, statement: str, values: dict[str, int]) -> None:
    _unhurried(db)
    made = text(statement)
    db.execute(made, {name: value for name, value in values.items() if f":{name}" in statement})


def _statements(postgresql: bool, people: int, answers: int) -> list[tuple[str, int]]:
    hashed = _HASH["postgresql" if postgresql else "sqlite"]
    person = ":people + i * :person_step"
    return [
        (
            f"INSERT INTO contacts (id, language, attributes, agreed_at, created_at) {_NUMBERS} SELECT {person}, 'en', "
            "'{\"first_name\": \"N' || cast(i AS text) || '\"}', :at, :at FROM n",
            people,
        ),
        (
            "INSERT INTO addresses (id, contact_id, channel, gateway, hash, encrypted, created_at) "
            f"{_NUMBERS} SELECT {person}, {person}, 'sms', 'simulator', {hashed}, {hashed}, :at FROM n",
            people,
        ),
        (
            f"INSERT INTO members (contact_id, group_name, joined_at) {_NUMBERS} SELECT {person}, '{GROUP}', :at "
            "FROM n WHERE i % 2 = 0",
            people,
        ),
        (
            "INSERT INTO runs (id, contact_id, flow, revision_id, status, state, channel, language, trigger, "
            f"started_at, updated_at, day, counted) {_NUMBERS} SELECT {_RUN}, {_CONTACT}, 'visit', :revision, "
            f"'completed', '{{}}', {_CHANNEL}, {_LANGUAGE}, 'keyword', :at, :at, {_DAY}, 1 FROM n WHERE i % 2 = 0",
            answers,
        ),
        (
            "INSERT INTO messages (id, contact_id, run_id, direction, channel, body, status, created_at) "
            f"{_NUMBERS} SELECT :messages + i * :answer_step, {_CONTACT}, {_RUN}, 'in', {_CHANNEL}, 'kind', "
            "'received', :at + i * :at_step FROM n",
            answers,
        ),
        (
            f"INSERT INTO answers {_ANSWERED} channel, day, answered_at) {_NUMBERS} SELECT "
            f":answers + i * :answer_step, {_RUN}, {_CONTACT}, 'visit', :revision, "
            "CASE i % 2 WHEN 0 THEN 'rating' ELSE 'reason' END, CASE i % 2 WHEN 0 THEN 'rating' ELSE 'reason' END, "
            "CASE i % 2 WHEN 0 THEN 'choice' ELSE 'text' END, CASE i % 50 WHEN 0 THEN 'unclear' ELSE 'answered' END, "
            "CASE i % 2 WHEN 1 THEN 'everybody was kind' ELSE CASE i % 3 WHEN 0 THEN 'very_good' WHEN 1 THEN 'good' "
            f"ELSE 'poor' END END, 'everybody was kind', false, {_LANGUAGE}, {_CHANNEL}, {_DAY}, :at FROM n",
            answers,
        ),
        (
            f"INSERT INTO audits (id, at, actor, action, target, reason) {_NUMBERS} SELECT {person}, :at, 'user:1', "
            "'looked at a person', 'contact:1', '' FROM n",
            people,
        ),
    ]


def _tally(db: Connection) -> None:
    """Count everything, whole and by group, as workers would have."""
    for dimension, part in (("", ""), ("group", GROUP)):
        marked = {"dimension": dimension, "part": part}
        db.execute(
            text(
                "INSERT INTO tallies (flow, revision_id, node, day, channel, language, dimension, part, outcome, "
                "value, count) SELECT flow, revision_id, node, day, channel, language, :dimension, :part, outcome, "
                "CASE WHEN kind = 'choice' AND outcome = 'answered' THEN value ELSE '' END AS counted_value, count(*) "
                "FROM answers GROUP BY flow, revision_id, node, day, channel, language, outcome, counted_value"
            ),
            marked,
        )
        db.execute(
            text(
                "INSERT INTO run_tallies (flow, revision_id, day, channel, language, dimension, part, status, "
                "waiting_node, count) SELECT flow, revision_id, day, channel, language, :dimension, :part, status, '', "
                "count(*) FROM runs GROUP BY flow, revision_id, day, channel, language, status"
            ),
            marked,
        )
