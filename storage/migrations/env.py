"""What Alembic runs: the migrations, in the transaction that `storage.database.Database.migrate` has opened."""

from __future__ import annotations

from alembic import context

from storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # SQLite's too: its transactions are begun by us, and hold tables as well as rows
)
with context.begin_transaction():
    context.run_migrations()
