"""`python -m bench` prints every figure beside its floor; `python -m bench engine webhook` prints those named."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator

from bench import (
    accuracy,
    broadcasts,
    console,
    crisis,
    engine,
    exports,
    growth,
    languages,
    processes,
    replies,
    tallies,
    webhook,
)

BENCHMARKS: dict[str, Callable[[], Iterator[str]]] = {
    "engine": engine.run,
    "accuracy": accuracy.run,
    "crisis": crisis.run,
    "languages": languages.run,
    "tallies": tallies.run,
    "processes": processes.run,
    "webhook": webhook.run,
    "growth": growth.run,
    "broadcasts": broadcasts.run,
    "replies": replies.run,
    "exports": exports.run,
    "console": console.run,
}


def main(names: list[str]) -> int:
    """Run the named benchmarks, or all."""
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        print(f"No benchmark is called {unknown[0]}. There are: {', '.join(BENCHMARKS)}.")
        return 2
    for name in names or BENCHMARKS:
        for line in BENCHMARKS[name]():
            print(line, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
