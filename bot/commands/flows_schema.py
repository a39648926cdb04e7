"""Print the JSON Schema of a flow file, for editors that complete and check while you type."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping

from flows.files.keys import document

EXPECTED: tuple[type[Exception], ...] = ()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """There is nothing to choose."""


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:  # noqa: ARG001 -- a command takes both
    """Print it; the one that ships is `flows/flow.schema.json`."""
    print(schema_text(), end="")
    return 0


def schema_text() -> str:
    """The schema as the file that ships holds it."""
    return json.dumps(document(), ensure_ascii=False, indent=1) + "\n"
