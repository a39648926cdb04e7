"""Building the question of a node: what it needs, what it may not have, and what is known of its answer."""

from __future__ import annotations

from typing import Any

from flows.definition import OTHER, Choice, Kind, Question
from flows.files.keys import LISTED, NODE, ONLY_FOR, QUESTION
from flows.files.problems import Place, Problems
from flows.files.types import NUMBER, Known, Sort
from flows.files.yaml import Mapping, Tree
from flows.wording import Wording

_OPTIONS = tuple(sorted(set(QUESTION) - {"choices", "answer", "save_as", "min", "max", "from", "to"}))
"""Keys that a question keeps under the same name."""

_ENDS = {Kind.SCALE: ("from", "to"), Kind.NUMBER: ("min", "max"), Kind.MANY: ("at_least", "at_most")}
_ENDS[Kind.DATE] = ("earliest", "latest")

_ACTIONS = {"say", "set", "join", "leave", "label", "notify", "run", "start", "random", "next"}


def question_of(problems: Problems, key: str, place: Place, tree: Tree, found: dict[str, Any]) -> Question | None:
    """The question of a node, or None where it has none or cannot have it; what is wrong is noted."""
    written = tree.entries if isinstance(tree, Mapping) else {}
    slip = any(key not in NODE for key in written)  # it is noted, and whatever else is missing may be what it means
    if "ask" not in written:
        if slip:
            return None
        for option in QUESTION:
            if option in written:
                problems.add(
                    written[option][0], "`{option}` belongs to a question — add `ask`, or take it out.", option=option
                )
        if not _ACTIONS & set(written) and isinstance(tree, Mapping):
            problems.add(place, "The node `{key}` does nothing — give it `say` or `ask`.", key=key)
        return None
    kind = found.get("answer") or (Kind.CHOICE if "choices" in written else None)
    if kind is None:
        if "answer" not in written and not slip:
            problems.add(place, "The question `{key}` has no `choices` and no `answer` — say what it takes.", key=key)
        return None
    for option, kinds in ONLY_FOR.items():
        if option in written and kind not in kinds:
            at = written[option][0]
            if Kind.CHOICE in kinds:
                problems.add(at, "`{option}` is for questions with `choices` — take it out.", option=option)
            else:
                sentence = Wording("`{option}` is for `answer: {kind}` — take it out or change `answer`.")
                problems.add(at, sentence, option=option, kind=kinds[0])
    if kind in LISTED and "choices" not in written:
        problems.add(place, "The question `{key}` has no `choices` — write the answers to choose from.", key=key)
    if kind not in LISTED and "choices" in written:
        problems.add(
            place,
            "The question `{key}` needs either `choices` or `answer: {kind}` — not half of each.",
            key=key,
            kind=kind,
        )
    return _checked(problems, key, place, kind, found)


def _checked(problems: Problems, key: str, place: Place, kind: Kind, found: dict[str, Any]) -> Question:
    choices: tuple[Choice, ...] = tuple(choice for _, choice in found.get("choices", ()))
    scale = kind is Kind.SCALE
    low, high = (found.get("from", 1), found.get("to", 5)) if scale else (found.get("min"), found.get("max"))
    first, second = _ENDS.get(kind, ("min", "max"))
    one, other = (low, high) if kind in (Kind.SCALE, Kind.NUMBER) else (found.get(first), found.get(second))
    # Two numbers must leave a choice; one day, or one number of choices, is a fair limit.
    if one is not None and other is not None and (one > other or (one == other and low is not None)):
        problems.add(
            place, "In `{key}`, `{first}` must be smaller than `{second}`.", key=key, first=first, second=second
        )
    if kind is Kind.MANY and max(found.get("at_least", 0), found.get("at_most", 0)) > len(choices) > 1:
        problems.add(
            place, "`{key}` asks for more choices than there are — there are {count}.", key=key, count=len(choices)
        )
    return Question(
        ask=found.get("ask", {"": ""}),
        kind=kind,
        save_as=found.get("save_as", key),
        choices=choices,
        minimum=low,
        maximum=high,
        **{option: found[option] for option in _OPTIONS if option in found},
    )


def known_of(question: Question) -> Known:
    """What is known of the answer before it is given."""
    keys = frozenset(choice.key for choice in question.choices) | ({OTHER} if question.other else frozenset())
    match question.kind:
        case Kind.CHOICE:
            return Known(Sort.TEXT, keys)
        case Kind.MANY:
            return Known(Sort.LIST, keys)
        case Kind.YES_NO:
            return Known(Sort.TRUTH, truth_words=True)
        case Kind.NUMBER | Kind.SCALE:
            return NUMBER
        case Kind.TEXT | Kind.DATE | Kind.POSTCODE | Kind.MEDIA | Kind.LOCATION:
            return Known(Sort.TEXT)
