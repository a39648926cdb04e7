"""What all tables share: their metadata, names for constraints, and the type of an id."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, TextClause

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Number = BigInteger().with_variant(Integer, "sqlite")
"""64 bits. SQLite keeps rows by an INTEGER primary key itself, without a second index; a BIGINT one would have it."""


def id_column() -> Column[int]:
    """The primary key of a table whose ids come from `storage.ids.new_id`."""
    return Column("id", Number, primary_key=True, autoincrement=False)


def partial_index(name: str, *columns: str, where: TextClause, unique: bool = False) -> Index:
    """An index of the rows alone that `where` holds for.

    Migrations make it. Said here as `postgresql_where`, its condition would import PostgreSQL's dialect into every
    process, also those on SQLite: 3 MiB, and a fifth of a second of every start.
    """
    return Index(name, *columns, unique=unique, info={"where": where})
