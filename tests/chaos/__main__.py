"""`python -m tests.chaos --cycles 50 --seed 1`: as many cycles as asked for, on both stores."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.chaos import siege
from tests.servers import postgresql_server
from tests.stores import PostgresqlStores, SqliteStores


def main() -> None:
    """Run; the first cycle that does not hold ends it, with its seed."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--cycles", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1, help="of the first cycle; each one more has the next")
    parser.add_argument("--store", choices=("sqlite", "postgresql", "both"), default="both")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="chaos") as name:
        if given.store != "postgresql":
            _besiege(SqliteStores(Path(name)), given.seed, given.cycles)
        if given.store != "sqlite":
            with postgresql_server() as url:
                stores = PostgresqlStores(url)
                _besiege(stores, given.seed, given.cycles)
                stores.close()


def _besiege(stores: SqliteStores | PostgresqlStores, seed: int, cycles: int) -> None:
    with tempfile.TemporaryDirectory(prefix="chaos") as name:
        folder = Path(name)
        with stores.empty(folder) as url, siege(url, folder) as service:
            for number in range(cycles):
                service.cycle(seed + number)
                print(f"{stores.name}: cycle {number + 1} of {cycles}, seed {seed + number}: all holds", flush=True)


if __name__ == "__main__":
    main()
