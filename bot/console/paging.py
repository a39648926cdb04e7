"""Lists are read page by page, from the row where the page before ended."""

from __future__ import annotations

from flask import request

from storage.ids import LARGEST


def place(name: str = "before") -> int | None:
    """The id that the address, or the form, says a list goes on from; None where it says none that could be one."""
    found = request.values.get(name, type=int)
    return found if found is not None and 0 <= found <= LARGEST else None
