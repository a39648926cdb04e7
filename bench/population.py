"""Made-up contacts and answers, written straight into the tables, for benchmarks that need many."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Connection, Table, insert, select, text

from storage.database import Database
from storage.tables import answers, revisions, uncounted

BATCH = 5_000
NOON = 1_795_521_600_000_000  # 2026-11-24 12:00 UTC
CHOICES = ("very_good", "good", "neither", "poor", "very_poor", "dont_know")

_RUN = (
    "id, contact_id, flow, revision_id, status, state, channel, language, trigger, started_at, updated_at, ended_at, "
    "counted, counted_as, counted_at, day"
)
_PERSON = f"i, 'en', '{{}}', {NOON}"
_OVER = f"i, i, 'visit', 1, 'completed', '{{}}', 'sms', 'en', 'keyword', {NOON}, {NOON}, {NOON}, 1, 'completed', '', ''"
_ANSWER = (
    "id, run_id, contact_id, flow, revision_id, node, save_as, kind, outcome, value, raw, personal, language, channel, "
    "day, answered_at"
)
_VALUES = (
    "i, 1 + i / 10, 1 + i / 10, 'visit', 1, 'rating', 'rating', 'choice', 'answered', "
    "CASE i % 6 WHEN 0 THEN 'very_good' WHEN 1 THEN 'good' WHEN 2 THEN 'neither' WHEN 3 THEN 'poor' "
    "WHEN 4 THEN 'very_poor' ELSE 'dont_know' END, '1', false, 'en', CASE i % 2 WHEN 0 THEN 'sms' ELSE 'whatsapp' END, "
    "CASE i % 3 WHEN 0 THEN '2026-11-01' WHEN 1 THEN '2026-11-02' ELSE '2026-11-03' END, "
    f"{NOON}"
)


class Population:
    """Writes rows with ids far below any that the service makes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def contacts(self, count: int) -> None:
        """Contacts nobody ever texts as, each with an address and a run that is over; made by the store itself, so
        that a million takes a minute."""
        self._revision()
        is_postgresql = self._database.is_postgresql
        hashed, sealed = (
            ("decode(md5(i::text), 'hex')", "'sealed'::bytea") if is_postgresql else ("randomblob(16)", "zeroblob(29)")
        )
        address = f"i, i, 'sms', 'twilio', {hashed}, {sealed}, {NOON}"
        with self._database.transaction() as db:
            if is_postgresql:
                db.exec_driver_sql("SET LOCAL statement_timeout = 0")
            for table, columns, values in (
                ("contacts", "id, language, attributes, created_at", _PERSON),
                ("addresses", "id, contact_id, channel, gateway, hash, encrypted, created_at", address),
                ("runs", _RUN, _OVER),
            ):
                _fill(db, table, columns, values, 1, count)

    def answers(self, count: int) -> None:
        """Uncounted ratings of one flow, by a tenth as many contacts."""
        self.contacts(max(1, count // 10))
        self._write(uncounted, ({"answer_id": n, "withdrawn": False} for n in range(count)))
        self._write(
            answers,
            (
                {
                    "id": n, "run_id": 1 + n // 10, "contact_id": 1 + n // 10, "message_id": None, "flow": "visit",
                    "revision_id": 1, "node": "rating", "save_as": "rating", "kind": "choice",
                    "outcome": "answered", "value": CHOICES[n % 6], "raw": str(1 + n % 6), "personal": False,
                    "language": "en", "channel": ("sms", "whatsapp")[n % 2], "day": f"2026-11-{1 + n % 28:02d}",
                    "answered_at": NOON,
                }
                for n in range(count)
            ),
        )  # fmt: skip

    def many(self, count: int) -> None:
        """Counted ratings made by the store itself, ten to a run: millions of them in seconds rather than hours."""
        self.contacts(max(1, count // 10))
        with self._database.transaction() as db:
            if self._database.is_postgresql:
                db.exec_driver_sql("SET LOCAL statement_timeout = 0")
            _fill(db, "answers", _ANSWER, _VALUES, 0, count - 1)

    def _revision(self) -> None:
        with self._database.transaction() as db:
            if db.execute(select(revisions.c.id).where(revisions.c.id == 1)).first() is None:
                row = {"id": 1, "flow": "visit", "hash": "0" * 64, "source": "", "published_at": NOON}
                db.execute(insert(revisions), row)

    def _write(self, table: Table, rows: Iterator[dict[str, object]]) -> None:
        while batch := list(islice(rows, BATCH)):
            with self._database.transaction() as db:
                db.execute(insert(table), batch)


def _fill(db: Connection, table: str, columns: str, values: str, first: int, last: int) -> None:
    """Rows of which each is made from its number `i`."""
    numbers = f"WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
    db.execute(text(f"INSERT INTO {table} ({columns}) {numbers} SELECT {values} FROM n"))
