"""What a turn decides, gathered row by row, and the few statements that write it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Table, Text, bindparam, case, delete, literal_column, select

from storage.drivers.statements import Pair, Statement, insert_of, update_of
from storage.tables import (
    addresses,
    alerts,
    answer_labels,
    answers,
    consents,
    contacts,
    marks,
    members,
    messages,
    picks,
    runs,
    uncounted,
)
from storage.upserts import insert

_JOIN = Statement(
    insert(members).values({column: bindparam(column.name) for column in members.c}).on_conflict_do_nothing()
)
_held_again = case(
    (marks.c.counted == literal_column("2"), literal_column("1")),
    (marks.c.counted == literal_column("3"), literal_column("0")),
    else_=marks.c.counted,
)
_MARK = Statement(
    insert(marks)
    .values({name: bindparam(name) for name in ("run_id", "dimension", "part")})
    .on_conflict_do_update(index_elements=list(marks.primary_key), set_={"counted": _held_again})
)
_of_run = (answers.c.run_id == bindparam("run_id"), answers.c.outcome == literal_column("'answered'"))
_LABEL = Statement(
    insert(answer_labels)
    .from_select(["answer_id", "label"], select(answers.c.id, bindparam("label", type_=Text)).where(*_of_run))
    .on_conflict_do_nothing()
)
_LABEL_NEW = Statement(
    insert(answer_labels).values({name: bindparam(name) for name in ("answer_id", "label")}).on_conflict_do_nothing()
)
_TAKE_LABEL = Statement(
    delete(answer_labels).where(
        answer_labels.c.label == bindparam("label"), answer_labels.c.answer_id.in_(select(answers.c.id).where(*_of_run))
    )
)


class Gathered:
    """Rows to insert and change, by table. Nothing is in the store before `writes` has been run."""

    def __init__(self) -> None:
        self.rows: dict[Table, list[dict[str, Any]]] = {}
        self._changes: dict[tuple[Table, int], dict[str, Any]] = {}
        self.labels: dict[tuple[int, str], bool] = {}
        """By run and label: whether its answers bear it from now on."""

    def put_aside(self) -> None:
        """Nothing gathered so far is written."""
        self.rows.clear()
        self._changes.clear()
        self.labels.clear()

    def add(self, table: Table, **row: Any) -> None:
        """A row to insert; all rows of a table have the same columns."""
        self.rows.setdefault(table, []).append(row)

    def change(self, table: Table, row_id: int, **values: Any) -> None:
        """Columns of a row to change, whether it is in the store already or gathered here."""
        for row in self.rows.get(table, ()):
            if row["id"] == row_id:  # not written yet
                row.update(values)
                return
        self._changes.setdefault((table, row_id), {}).update(values)

    def writes(self) -> Iterator[Pair]:
        """Statements that write what was gathered; changes first, because one contact has one open run."""
        for (table, row_id), values in self._changes.items():
            yield update_of(table, tuple(values)), {"row_id": row_id, **values}
        for table in (contacts, addresses, runs, messages, answers, uncounted, picks, consents, alerts):
            rows = self.rows.get(table)
            if rows:
                columns = tuple(rows[0])
                statement = insert_of(table, columns, len(rows))
                given = [row[name] for row in rows for name in columns]
                yield statement, dict(zip(statement.names, given, strict=True))
        for row in self.rows.get(members, ()):
            yield _JOIN, row
        for row in self.rows.get(marks, ()):
            yield _MARK, row
        for (run_id, label), borne in self.labels.items():
            yield _LABEL if borne else _TAKE_LABEL, {"run_id": run_id, "label": label}
            # All writes are one statement on PostgreSQL, and none of its parts sees the rows of another.
            for row in self.rows.get(answers, ()) if borne else ():
                if row["outcome"] == "answered":
                    yield _LABEL_NEW, {"answer_id": row["id"], "label": label}
