"""The list of who was forgotten, beside the store: a backup older than an erasure does not know of it.

A line is a time, a kind and a keyed hash: without the key it tells nobody's number. Keep a copy where the backups are.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.logs import log
from storage.community.erasure import Tombstone

FILE = "erased.list"
_LINE = re.compile(rb"^(\d+) (contact|message|stopped) ([0-9a-f]{32})$", re.MULTILINE)


def add(folder: Path, tombstones: Iterable[Tombstone]) -> None:
    """Add these, and see them to the disk. A list that cannot be written holds no erasure up: the log says so."""
    lines = "".join(f"{each.at} {each.kind} {each.hash.hex()}\n" for each in tombstones)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder / FILE, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, f"\n{lines}".encode())  # a line that a power cut tore stays on its own
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        log.error("list of the erased not written", reason=type(error).__name__, effect="a restore may miss somebody")


def read(path: Path) -> Iterator[Tombstone]:
    """Every whole line of a list; a list that is not there is empty.

    Raises:
        OSError: it cannot be read.
    """
    if path.exists():
        for at, kind, digits in _LINE.findall(path.read_bytes()):
            yield Tombstone(bytes.fromhex(digits.decode()), kind.decode(), int(at))
