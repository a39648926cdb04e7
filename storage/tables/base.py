"""What all tables share: their metadata, names for constraints, and the type of an id."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData

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
