"""What a wait of RapidPro asks for: the kind of question, its choices and their words, and where answers lead."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bot.importing.rapidpro.expressions import Names, of_answer, of_number
from bot.importing.rapidpro.graph import Branch, Case, Category, Step
from bot.importing.writing import NotCarriedError, named
from flows.files.checks import STOP_WORDS
from flows.files.schema import MAX_WORDS
from flows.text import fold

Leave = Callable[[str, str], None]
"""Notes what is not carried over: its name, and why."""

_WORDS = {"has_any_word", "has_all_words", "has_phrase", "has_only_phrase", "has_only_text", "has_beginning"}
_MEDIA = {"image": "photo", "video": "video", "audio": "voice"}
_MOST = 40
"""Choices of one question."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A category that is a choice. `number` is what people texted for it, None where it had none."""

    key: str
    category: Category
    words: tuple[str, ...]
    number: int | None = None


@dataclass(slots=True)
class Asked:
    """What a wait asks for."""

    name: str
    kind: str
    options: dict[str, Any] = field(default_factory=dict)
    choices: list[Choice] = field(default_factory=list)


def asked_by(step: Step, name: str, names: Names, leave: Leave) -> Asked:
    """What a wait asks for; its choices become known to later conditions."""
    asked = _asked(step, name, leave)
    names.kinds[name] = asked.kind
    if asked.kind in ("choice", "yes_no"):
        names.keys[name] = {
            fold(word): choice.key
            for choice in reversed(asked.choices)
            for word in (*choice.words, str(choice.number), choice.category.name)
        }
    return asked


def _asked(step: Step, name: str, leave: Leave) -> Asked:
    tests = {case.test for case in step.cases}
    if step.wants == "location":
        return Asked(name, "location", {"answer": "location", "when": "channel == whatsapp"})
    if step.wants in _MEDIA:
        return Asked(name, "media", {"answer": "media", "kinds": [_MEDIA[step.wants]]})
    if tests and all(test.startswith("has_number") for test in tests):
        return Asked(name, "number", {"answer": "number", **_limits(step)})
    if tests and all(test.startswith("has_date") for test in tests):
        if tests != {"has_date"}:
            leave(name, "its limits of dates are not tested")
        return Asked(name, "date", {"answer": "date"})
    if tests and tests <= _WORDS | {"has_number_eq"} and len(step.groups) > 1:
        choices = _choices(step, name, leave)
        if len(choices) > 1:
            kinds = {choice.key for choice in choices}
            plain = kinds == {"yes", "no"} and not any(choice.number is not None for choice in choices)
            return Asked(name, "yes_no" if plain else "choice", {"answer": "yes_no"} if plain else {}, choices)
    return Asked(name, "text", {"answer": "text"})


def _limits(step: Step) -> dict[str, Any]:
    """The smallest and the largest number, where what lies outside is asked again or goes another way."""
    found: dict[str, Any] = {}
    limits = [limit for case in step.cases for limit in case.arguments]
    if any("." in limit for limit in limits):
        found["whole"] = False
    between = [case for case in step.cases if case.test == "has_number_between" and len(case.arguments) == 2]
    if len(between) == len(step.cases):
        try:
            low, high = (float(pick(float(limit) for limit in limits)) for pick in (min, max))
        except ValueError:
            return found
        if low < high:
            found |= {"min": int(low) if low == int(low) else low, "max": int(high) if high == int(high) else high}
    return found


def _choices(step: Step, name: str, leave: Leave) -> list[Choice]:
    found: dict[str, Choice] = {}
    taken: set[str] = {fold(category.name) for category, _ in step.groups}
    for category, cases in step.groups:
        words, numbers = _words(cases)
        stops = [word for word in (category.name, *words) if fold(word) in STOP_WORDS]
        if stops:
            leave(name, f"`{stops[0]}` ends all texts, here as everywhere, and is no answer")
        if fold(category.name) in STOP_WORDS:
            continue
        key = named(category.name, found, "choice")
        own = [word for word in words if fold(word) not in STOP_WORDS and fold(word) not in taken]
        taken |= {fold(word) for word in own}
        found[key] = Choice(key, category, tuple(own[:MAX_WORDS]), numbers[0] if numbers else None)
    for choice in list(found.values())[_MOST:]:
        leave(name, f"`{choice.category.name}` is more than the {_MOST} choices of a question")
    chosen = list(found.values())[:_MOST]
    if all(choice.number is not None for choice in chosen):
        chosen.sort(key=lambda choice: choice.number or 0)
    for at, choice in enumerate(chosen, 1):
        if choice.number is not None and choice.number != at:
            leave(name, f"`{choice.category.name}` was number {choice.number}, and is number {at} now")
    return chosen


def _words(cases: list[Case]) -> tuple[list[str], list[int]]:
    """The words and the numbers that lead to a category."""
    said = [
        word
        for case in cases
        for argument in case.arguments
        for word in (argument.split() if case.test == "has_any_word" else [" ".join(argument.split())])
        if word
    ]
    numbers = [int(word) for word in said if word.isascii() and word.isdecimal() and len(word) < 3]
    return list(dict.fromkeys(word for word in said if not word.isdecimal())), numbers


def branches_of(step: Step, asked: Asked, names: Names, leave: Leave) -> list[Branch]:
    """Where the answers of a wait lead, the last branch under no condition."""
    if asked.kind in ("choice", "yes_no"):
        return _by_choice(asked)
    if asked.kind == "number":
        return _by_number(step, asked, leave)
    if asked.kind in ("date", "media", "location") and step.groups:
        return [Branch(step.groups[0][0].to)]
    found = []
    for category, cases in step.groups:
        for case in cases:
            try:
                found.append(Branch(category.to, of_answer(case, asked.name, names)))
            except NotCarriedError as error:
                leave(asked.name, f"{error}, so any words are taken")
                if len(step.groups) == 1:
                    return [Branch(category.to)]  # the words were only tried, and this is where good ones lead
    if found and {case.test for case in step.cases} == {"has_text"}:
        return [Branch(found[0].to)]
    return [*found, Branch(step.to_default())]


def _by_choice(asked: Asked) -> list[Branch]:
    ways: dict[str, list[str]] = {}
    for choice in asked.choices:
        ways.setdefault(choice.category.to, []).append(choice.key)
    found = [
        Branch(to, f"{asked.name} == {keys[0]}" if len(keys) == 1 else f"{asked.name} in [{', '.join(keys)}]")
        for to, keys in ways.items()
    ]
    return [*found[:-1], Branch(found[-1].to)]


def _by_number(step: Step, asked: Asked, leave: Leave) -> list[Branch]:
    found = []
    for category, cases in step.groups:
        for case in cases:
            try:
                condition = of_number(case, asked.name)
            except NotCarriedError as error:
                leave(asked.name, str(error))
                continue
            found.append(Branch(category.to, condition))
            if not condition:
                return found
    bounded = "min" in asked.options
    return [*found[:-1], Branch(found[-1].to)] if bounded and found else [*found, Branch(step.to_default())]
