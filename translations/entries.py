"""Every entry of a PO file: read quickly where it is written as our tools write it, else parsed in full.

Babel, which parses in full, is imported only then: it costs a web process 7 MiB and a tenth of a second.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path

from translations import quick
from translations.files import contents, decoded
from translations.quick import Entry


def entries(path: Path, language: str) -> list[Entry]:
    """Every entry of a file but its header.

    Raises:
        CatalogueError: the file cannot be read or is no good PO file of this language; every problem is listed.
    """
    data = contents(path)
    found = quick.read(decoded(data, str(path)), language)
    if found is not None:
        return found
    po = import_module("translations.po")
    catalog = po.read_bytes(data, str(path), language)
    current = [po.entry_of(message) for message in catalog if message.id]
    return current + [replace(po.entry_of(message), obsolete=True) for message in catalog.obsolete.values()]
