"""What the rows of an XLSForm ask for beside their texts: kinds of questions, limits, and what no text has room for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from bot.importing.writing import NotCarriedError
from bot.importing.xpath import bounds

ANSWERS: dict[str, dict[str, Any]] = {
    "text": {"answer": "text"},
    "string": {"answer": "text"},
    "integer": {"answer": "number"},
    "int": {"answer": "number"},
    "decimal": {"answer": "number", "whole": False},
    "range": {"answer": "number"},
    "date": {"answer": "date"},
    "time": {"answer": "text"},
    "dateTime": {"answer": "text"},
    "select one": {},
    "select all that apply": {"answer": "many"},
    "acknowledge": {"answer": "yes_no"},
    "trigger": {"answer": "yes_no"},
    "geopoint": {"answer": "location"},
    "photo": {"answer": "media", "kinds": ["photo"]},
    "audio": {"answer": "media", "kinds": ["voice"]},
    "video": {"answer": "media", "kinds": ["video"]},
    "file": {"answer": "media", "kinds": ["file"]},
}
"""What each kind of row becomes."""

CHANGED = {
    "time": "the time is taken as words",
    "dateTime": "the day and time are taken as words",
    "geopoint": "only WhatsApp can send a place: it is asked there alone",
    "acknowledge": "it is asked as a question with YES or NO",
    "trigger": "it is asked as a question with YES or NO",
}
"""Kinds that are not quite what they were."""

FILLED_IN = {
    "start",
    "end",
    "today",
    "deviceid",
    "username",
    "phonenumber",
    "email",
    "audit",
    "start-geopoint",
    "hidden",
}
"""Rows that a form app fills in by itself."""

_DATE = re.compile(r"\s*\.\s*(<=|>=|<|>)\s*(?:(today\(\))|(?:date\(\s*)?['\"](\d{4}-\d\d-\d\d)['\"]\s*\)?)\s*")
_LINK = re.compile(r"\[([^\[\]]+)\]\((\S+?)\)")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_STRESSED = re.compile(r"(?<![\w*])(\*{1,2}|_{1,2})(?=[^\s*_])(.+?)(?<=[^\s*_])\1(?![\w*])")
_COUNT = re.compile(r"\s*(?:count-selected|string-length)\(\s*\.\s*\)\s*(<=|>=|<|>|=)\s*(\d{1,4})\s*")

_UNUSED = {
    "choice_filter": "its choices are not filtered: all of them are offered",
    "default": "its default is not carried: nothing is answered for a person",
    "media": "its pictures and sounds are not carried",
    "guidance_hint": "its guidance for interviewers is not carried: nobody stands between",
}
_SAID = {
    "type",
    "name",
    "label",
    "hint",
    "bind",
    "control",
    "choices",
    "itemset",
    "list_name",
    "children",
    "parameters",
}
_BIND = {"relevant", "constraint", "jr:constraintMsg", "required", "readonly", "calculate", "type"}
_FORM = {"type", "name", "title", "id_string", "sms_keyword", "default_language", "version", "children", "choices"}
_CHOICE = {"name", "label"}


def without_looks(text: str) -> str:
    """A label on one line, without the HTML and Markdown that form apps show as bold letters, colours and links."""
    return " ".join(_STRESSED.sub(r"\2", _LINK.sub(r"\1 (\2)", _TAG.sub("", text))).split())


def asks_for_yes(bind: Mapping[str, Any], key: str) -> bool:
    """Whether a column of yes and no says yes."""
    return str(bind.get(key, "")).lower() in ("yes", "true", "true()")


def unused(child: Mapping[str, Any]) -> Iterator[str]:
    """Why each column of a row that has no place in a text conversation is left."""
    for key in [key for key in child if key not in _SAID and child[key]]:
        yield _UNUSED.get(key, f"`{key}` is not carried")
    appearance = child.get("control", {}).get("appearance")
    if appearance:
        yield f"its looks (`appearance` {str(appearance)[:40]}) are not carried"
    for key, value in child.get("bind", {}).items():
        if key == "jr:requiredMsg":
            yield "its message for a question left out is not carried: SKIP is not offered there"
        elif key not in _BIND and not key.startswith("orx:") and value:
            yield f"`{key}` is not carried"
    parameters = child.get("parameters")
    for part in (
        parameters.items() if isinstance(parameters, dict) else [("parameters", parameters)] if parameters else ()
    ):
        if part[0] not in ("randomize", "start", "end", "step"):
            yield f"`{part[0]}` ({str(part[1])[:40]}) is not carried"


def unused_columns(choices: Iterable[Mapping[str, Any]]) -> str:
    """The columns of a list of choices that are not carried."""
    return ", ".join(sorted({key for choice in choices for key in choice if key not in _CHOICE and choice[key]}))


def unused_settings(form: Mapping[str, Any]) -> list[str]:
    """The settings of a form that mean nothing to a text conversation."""
    return [key for key in form if key not in _FORM and form[key]]


def range_of(child: Mapping[str, Any]) -> dict[str, Any]:
    """The ends of a `range` row: a scale where they are whole numbers one apart."""
    parts = child.get("parameters") or child.get("control") or {}
    try:
        low, high, step = (float(parts.get(key, plain)) for key, plain in (("start", 1), ("end", 10), ("step", 1)))
    except (ValueError, TypeError, AttributeError):
        return {}
    ends = [int(end) if end == int(end) else end for end in (low, high)]
    if step == 1 and all(isinstance(end, int) and 0 <= end <= 1000 for end in ends) and low < high:
        return {"answer": "scale", "from": ends[0], "to": ends[1]}
    return {"min": ends[0], "max": ends[1], "whole": step == int(step)} if low < high else {}


def limits(constraint: str, node: Mapping[str, Any]) -> dict[str, Any]:
    """A constraint as the keys of a question.

    Raises:
        NotCarriedError: it says something that a question of this kind cannot.
    """
    answer = node.get("answer", "choice")
    if answer == "number":
        return bounds(constraint, whole=node.get("whole", True))
    reader: Callable[[str], dict[str, Any]] | None = {"date": _days, "many": _counts, "text": _length}.get(answer)
    if reader is None:
        raise NotCarriedError("it is about no number")
    found: dict[str, Any] = {}
    for part in re.split(r"\band\b", constraint):
        found |= reader(part)
    return found


def _days(part: str) -> dict[str, Any]:
    match = _DATE.fullmatch(part)
    if match is None or (match[2] and match[1][0] == ">"):
        raise NotCarriedError(f"`{part.strip()[:60]}` is no first or last day")
    if match[2]:
        return {"past": True}
    try:
        day = date.fromisoformat(match[3]) + timedelta(days={">": 1, "<": -1}.get(match[1], 0))
    except ValueError:
        raise NotCarriedError(f"there is no day {match[3]}") from None
    return {"earliest" if match[1][0] == ">" else "latest": day.isoformat()}


def _counts(part: str) -> dict[str, Any]:
    match = _COUNT.fullmatch(part)
    if match is None or not part.strip().startswith("count"):
        raise NotCarriedError(f"`{part.strip()[:60]}` is no number of choices")
    number = int(match[2]) + {"<": -1, ">": 1}.get(match[1], 0)
    keys = {"<": ["at_most"], ">": ["at_least"], "=": ["at_least", "at_most"]}[match[1][0]]
    return dict.fromkeys(keys, number)


def _length(part: str) -> dict[str, Any]:
    match = _COUNT.fullmatch(part)
    if match is None or not part.strip().startswith("string") or match[1][0] != "<":
        raise NotCarriedError(f"`{part.strip()[:60]}` is no greatest length")
    return {"max_length": max(1, int(match[2]) - (match[1] == "<"))}
