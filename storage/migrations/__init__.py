"""Migrations, and which of them is the newest: told without Alembic, which takes a third of a second to import."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).resolve().parent

_REVISION = re.compile(r"^revision\b[^=]*= *[\"'](\w+)[\"']", re.MULTILINE)
_BELOW = re.compile(r"^down_revision\b[^=]*= *[\"'](\w+)[\"']", re.MULTILINE)


@cache
def heads() -> frozenset[str]:
    """The migrations that no other builds on; a rule test keeps it to one."""
    texts = [path.read_text("utf-8") for path in (FOLDER / "versions").glob("[!_]*.py")]
    below = {name for text in texts for name in _BELOW.findall(text)}
    return frozenset(name for text in texts for name in _REVISION.findall(text) if name not in below)
