"""What is wrong with a file that no YAML parser can read, in words for people who have never heard of one."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from flows.files.problems import Place
from flows.wording import Wording


@dataclass(frozen=True, slots=True)
class _Fault:
    """A complaint of libyaml (a part of its words) and ours; `{mark}` is the character at the spot.

    `opening`: the spot is where what could not be ended had begun, and not where the parser gave up.
    """

    said: str
    means: str
    opening: bool = False


_SECOND = "mapping values"
_MISFIT = Wording(
    "This line does not fit the one above — that one may lack its `:`, or this one is too far to the right."
)
_FAULTS = (
    _Fault("end of stream", "The quote that opens here is never closed — add the second one.", opening=True),
    _Fault("document indicator", "The quote that opens here is never closed — add the second one.", opening=True),
    _Fault(_SECOND, "A second `: ` in one line — put quotes around the text that holds it."),
    _Fault("start any token", "A text cannot begin with `{mark}` — put quotes around it."),
    _Fault("alphabetic or numeric", "A text cannot begin with `{mark}` — put quotes around it.", opening=True),
    _Fault("',' or '", "The `{mark}` that opens here is not closed — add the second one.", opening=True),
    _Fault("expected ':'", "This line has no `: ` — write `name: text`.", opening=True),
    _Fault("escape character", "A backslash means something in double quotes — write it twice, or take it out."),
    _Fault("block sequence entries", "A list begins on a line of its own — put this `-` on the next one."),
    _Fault("expected key", "This does not fit the lines above — begin it below their first letter; close all quotes."),
    _Fault("'-' indicator", "This does not fit the list above — begin it with `-`, below the others."),
)


def explained(error: yaml.YAMLError, text: str) -> tuple[Place, Wording]:
    """Where a file cannot be read, and why."""
    problem = str(getattr(error, "problem", None) or "it cannot be read")
    fault = next((each for each in _FAULTS if each.said in problem), None)
    reached, opened = getattr(error, "problem_mark", None), getattr(error, "context_mark", None)
    spot = opened if fault is not None and fault.opening and opened is not None else reached or opened
    if spot is None:
        return Place(1, 1), Wording("This is not good YAML: {problem}.", problem=problem)
    place = Place(spot.line + 1, spot.column + 1)
    if fault is None:
        sentence = Wording(
            "This is not good YAML: {problem} — look at the spaces before the words, and put quotes around texts with "
            "marks in them."
        )
        return place, Wording(sentence, problem=problem)
    rows = text.split("\n")
    row = rows[spot.line] if spot.line < len(rows) else ""
    if fault.said == _SECOND and ": " not in row[: spot.column]:
        return place, _MISFIT
    return place, Wording(fault.means, mark=row[spot.column : spot.column + 1])
