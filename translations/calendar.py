"""The usual names of months and weekdays, as CLDR has them, in every language that ships.

They lie in `calendar.json`, because Babel, which knows them, costs each process 7 MiB and a tenth of a second. A test
compares the two; `python -m translations.calendar > translations/calendar.json` writes the file anew.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import import_module
from pathlib import Path

from translations.languages import LANGUAGES

_FILE = Path(__file__).with_suffix(".json")
_WHAT = {"months": "months", "weekdays": "days"}

Names = dict[str, dict[str, int]]
"""`months` from 1, and `weekdays` from 1 for Monday, by name as written."""


def usual_names(code: str) -> Names:
    """The names in a language; none in one that does not ship."""
    return _all().get(code) or {what: {} for what in _WHAT}


@cache
def _all() -> dict[str, Names]:
    found: dict[str, Names] = json.loads(_FILE.read_text("utf-8"))
    return found


def _from_cldr(code: str) -> Names:
    """The names in a language as the Unicode locale data has them, in a process that has not read another's."""
    locale = import_module("babel").Locale.parse(code)
    return {what: _names(getattr(locale, theirs), 1 if theirs == "days" else 0) for what, theirs in _WHAT.items()}


def _names(forms: dict[str, dict[str, dict[int, str]]], first: int) -> dict[str, int]:
    """Babel counts Monday as 0 and January as 1."""
    return {
        name: number + first
        for form in ("stand-alone", "format")
        for width in ("abbreviated", "wide")
        for number, name in forms[form][width].items()
        if not name.isdecimal()
    }


def main() -> None:
    """Print the file."""
    # A process a language: in one that has read Urdu, Babel 2.18 gives Arabic the weekdays of both.
    with import_module("multiprocessing").get_context("fork").Pool(1, maxtasksperchild=1) as pool:
        found = pool.map(_from_cldr, LANGUAGES, chunksize=1)
    rows = [
        f"{json.dumps(code)}: {json.dumps(names, ensure_ascii=False)}"
        for code, names in zip(LANGUAGES, found, strict=True)
    ]
    print("{\n" + ",\n".join(rows) + "\n}")


if __name__ == "__main__":
    main()
