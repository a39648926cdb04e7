"""Made-up contacts and answers, written straight into the tables, for benchmarks that need many."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice

from sqlalchemy import Table, insert, select

from storage.database import Database
from storage.tables import addresses, answers, contacts, revisions, runs

BATCH = 5_000
NOON = 1_795_521_600_000_000  # 2026-11-24 12:00 UTC
CHOICES = ("very_good", "good", "neither", "poor", "very_poor", "dont_know")


class Population:
    """Writes rows with ids far below any that the service makes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def contacts(self, first: int, count: int) -> None:
        """Contacts nobody ever texts as, each with an address and a run that is over."""
        numbers = range(first, first + count)
        revision = self._revision()
        self._write(contacts, ({"id": n, "language": "en", "attributes": "{}", "created_at": NOON} for n in numbers))
        self._write(
            addresses,
            (
                {
                    "id": n, "contact_id": n, "channel": "sms", "gateway": "twilio", "created_at": NOON,
                    "hash": hashlib.blake2b(str(n).encode(), digest_size=16).digest(), "encrypted": b"x" * 29,
                }
                for n in numbers
            ),
        )  # fmt: skip
        self._write(runs, (self._run(n, n, revision) for n in numbers))

    def answers(self, count: int) -> None:
        """Uncounted ratings of one flow, by a tenth as many contacts."""
        self.contacts(1, max(1, count // 10))
        revision = self._revision()
        self._write(
            answers,
            (
                {
                    "id": n, "run_id": 1 + n // 10, "contact_id": 1 + n // 10, "message_id": None, "flow": "visit",
                    "revision_id": revision, "node": "rating", "save_as": "rating", "kind": "choice",
                    "outcome": "answered", "value": CHOICES[n % 6], "raw": str(1 + n % 6), "personal": False,
                    "language": "en", "channel": ("sms", "whatsapp")[n % 2], "day": f"2026-11-{1 + n % 28:02d}",
                    "answered_at": NOON, "counted": 0,
                }
                for n in range(count)
            ),
        )  # fmt: skip

    def _revision(self) -> int:
        with self._database.transaction() as db:
            if db.execute(select(revisions.c.id).where(revisions.c.id == 1)).first() is None:
                row = {"id": 1, "flow": "visit", "hash": "0" * 64, "source": "", "published_at": NOON}
                db.execute(insert(revisions), row)
        return 1

    @staticmethod
    def _run(run_id: int, contact_id: int, revision_id: int) -> dict[str, object]:
        return {
            "id": run_id, "contact_id": contact_id, "flow": "visit", "revision_id": revision_id, "status": "completed",
            "state": "{}", "waiting_node": None, "channel": "sms", "language": "en", "trigger": "keyword",
            "started_at": NOON, "updated_at": NOON, "ended_at": NOON,
        }  # fmt: skip

    def _write(self, table: Table, rows: Iterator[dict[str, object]]) -> None:
        while batch := list(islice(rows, BATCH)):
            with self._database.transaction() as db:
                db.execute(insert(table), batch)
