"""The bytes and the text of a PO file, and the error that says what is wrong with one."""

from __future__ import annotations

from pathlib import Path

MAX_BYTES = 2_000_000
"""Of one file; the longest that ships has 60,000."""


class CatalogueError(Exception):
    """A PO file cannot be used; every problem is a line `file:line:column: what — what to do`."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


def contents(path: Path) -> bytes:
    """The bytes of a file.

    Raises:
        CatalogueError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        advice = f"The file cannot be read: {error.strerror} — check its name and rights."
        raise CatalogueError([f"{path}:1:1: {advice}"]) from None


def decoded(data: bytes, name: str) -> str:
    """The text of a PO file's bytes, its lines ended by `\\n`; `name` is for messages.

    Raises:
        CatalogueError: the file is too long, or no UTF-8.
    """
    if len(data) > MAX_BYTES:
        raise CatalogueError([f"{name}:1:1: The file has {len(data):,} bytes; the most is {MAX_BYTES:,}."])
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line, column = before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
        advice = "This is not UTF-8 — save the file as UTF-8."
        raise CatalogueError([f"{name}:{line}:{column}: {advice}"]) from None
    return text.replace("\r\n", "\n").replace("\r", "\n")
