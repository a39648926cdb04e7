"""The expressions and tests of RapidPro as placeholders and conditions of flows, as far as those can say the same."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from bot.importing.rapidpro.graph import Case
from bot.importing.writing import NotCarriedError, language_code, named, quoted
from flows.text import fold

_ROOTS = "contact|fields|results|run|urns|input|child|parent|globals|trigger|node|resume|webhook|ticket|legacy_extra"
_EXPRESSION = re.compile(rf"@@|@\((?P<inner>(?:[^()]|\([^()]*\))*)\)|@(?P<path>(?:{_ROOTS})(?:\.[A-Za-z0-9_]+)*)")
_WRAPPED = re.compile(r"(?:title|upper|lower|proper|text|clean)\(\s*([\w.]+)\s*\)|([\w.]+)")
_DEFAULT = re.compile(r"default\(\s*([\w.]+)\s*,\s*\"([^\"{}|]*)\"\s*\)")
_KEPT = {"", "name", "first_name"}
_NOT_FIELDS = {"id", "uuid", "urn", "urns", "tel", "channel", "groups", "created_on", "last_seen_on", "timezone", "ref"}
_ORGANISATION = {"org", "org_name", "organisation", "organization", "organisation_name", "organization_name"}
_ORDERS = {"eq": "==", "lt": "<", "lte": "<=", "gt": ">", "gte": ">="}


@dataclass(slots=True)
class Names:
    """What the results of an export have become."""

    results: dict[str, str] = field(default_factory=dict)
    """Answers and values, by the key RapidPro gives them."""
    kinds: dict[str, str] = field(default_factory=dict)
    """`choice`, `yes_no`, `number`, `text` and so on, by the name of the answer."""
    keys: dict[str, dict[str, str]] = field(default_factory=dict)
    """Of an answer, its choices by what they were called, folded."""


def result_key(name: str) -> str:
    """The key that RapidPro makes of a result's name."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower())


def name_of(path: str, names: Names) -> str:
    """What `contact.name`, `fields.age` or `results.color.category` is called in a flow.

    Whole names are not kept: a contact has a first name.

    Raises:
        NotCarriedError: flows know nothing like it.
    """
    root, *rest = path.lower().removeprefix("run.").split(".")
    first = rest[0] if rest else ""
    if root == "results" and first in names.results:
        return names.results[first]
    if root == "globals" and first in _ORGANISATION:
        return "organisation"
    if root == "contact" and first == "fields" and len(rest) > 1:
        return f"contact.{named(rest[1], {})}"
    if root == "contact" and first in _KEPT:
        return "contact.first_name"
    if root == "contact" and first == "language":
        return "language"
    if (root == "fields" and first) or (root == "contact" and first not in _NOT_FIELDS):
        return f"contact.{named(first, {})}"
    raise NotCarriedError(f"`@{path}` is not known in a flow")


def filled(text: str, names: Names) -> tuple[str, list[str]]:
    """A text with placeholders for its expressions, and why some of them are not carried."""
    wrong: list[str] = []

    def placeholder(match: re.Match[str]) -> str:
        if match[0] == "@@":
            return "@"
        try:
            return f"\0{_placeholder(match['path'] or match['inner'], names)}\1"
        except NotCarriedError as error:
            wrong.append(str(error))
            return "..."

    plain = _EXPRESSION.sub(placeholder, text)
    lines = (
        " ".join("".join(mark for mark in line if mark.isprintable() or mark in "\0\1").split())
        for line in plain.split("\n")
    )
    said = "\n".join(line for line in lines if line)
    return said.replace("{", "(").replace("}", ")").replace("\0", "{").replace("\1", "}"), wrong


def unfilled(text: str) -> str:
    """A text without its expressions."""
    return _EXPRESSION.sub(" ", text)


def _placeholder(source: str, names: Names) -> str:
    otherwise = _DEFAULT.fullmatch(source.strip())
    wrapped = _WRAPPED.fullmatch(source.strip())
    if otherwise:
        return f"{_shown(otherwise[1], names)}|{otherwise[2]}"
    if wrapped is None:
        raise NotCarriedError(f"`@({source[:60]})` is reckoned, which no text of a flow is")
    return _shown(wrapped[1] or wrapped[2], names)


def _shown(path: str, names: Names) -> str:
    name = name_of(path, names)
    if name == "language":
        raise NotCarriedError(f"`@{path}` is not shown in a text")
    return name


def value(source: str, names: Names) -> str:
    """What `set` gives to a name: another name, a number, `today` or a text in quotes.

    Raises:
        NotCarriedError: the value is reckoned or put together from several.
    """
    text = source.strip()
    whole = _EXPRESSION.fullmatch(text)
    if whole and text != "@@":
        inner = (whole["path"] or whole["inner"]).strip()
        if inner in ("today()", "now()"):
            return "today"
        plain = _WRAPPED.fullmatch(inner)
        if plain is None:
            raise NotCarriedError(f"`{text[:60]}` is reckoned, which no value of a flow is")
        return name_of(plain[1] or plain[2], names)
    if not text:
        raise NotCarriedError("a flow gives values, and takes none away")
    if _EXPRESSION.search(text.replace("@@", "")):
        raise NotCarriedError(f"`{text[:60]}` is put together, which no value of a flow is")
    return text if re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", text) else quoted(text.replace("@@", "@"))


def condition(case: Case, operand: str, names: Names) -> str:
    """A test of a split as a condition.

    Raises:
        NotCarriedError: flows have no such test, or not of this.
    """
    if case.test == "has_group" and operand == "@contact.groups":
        return f"{named((case.arguments or [''])[-1], {}, 'group')} in groups"
    found = _EXPRESSION.fullmatch(operand)
    wrapped = _WRAPPED.fullmatch(((found["path"] or found["inner"]) if found else "").strip())
    if wrapped is None:
        raise NotCarriedError(f"`{operand[:60]}` is not known in a flow")
    return of_answer(case, name_of(wrapped[1] or wrapped[2], names), names)


def of_answer(case: Case, name: str, names: Names) -> str:
    """A test of something that has a name in the flow.

    Raises:
        NotCarriedError: flows have no such test, or not of this.
    """
    arguments = [" ".join(each.split()) for each in case.arguments]
    if name == "language":
        codes = [language_code(each) or "" for each in arguments]
        if case.test in ("has_only_text", "has_only_phrase", "has_any_word") and all(codes):
            return f"language == {codes[0]}"
        raise NotCarriedError(f"`{case.test}` of a language is not known in a flow")
    kind = names.kinds.get(name, "")
    if name in names.keys:
        return _of_choice(case, arguments, name, names)
    if case.test.startswith("has_number"):
        if kind in ("text", "date", "media", "location", "yes_no"):
            raise NotCarriedError(f"`{name}` is no number")
        return of_number(case, name)
    if case.test in ("has_text", "has_value"):
        return f"answered({name})"
    if kind in ("number", "yes_no"):
        raise NotCarriedError(f"`{case.test}` is about words, and `{name}` is none")
    if case.test in ("has_only_text", "has_only_phrase") and arguments:
        return f"{name} == {quoted(arguments[0])}"
    if case.test in ("has_any_word", "has_all_words", "has_phrase") and arguments:
        words = [arguments[0]] if case.test == "has_phrase" else arguments[0].split()
        join = " and " if case.test == "has_all_words" else " or "
        return join.join(f"contains({name}, {quoted(word)})" for word in words) or _no(case)
    raise NotCarriedError(f"`{case.test}` is not known in a flow")


def _no(case: Case) -> str:
    raise NotCarriedError(f"`{case.test}` says nothing to look for")


def _of_choice(case: Case, arguments: list[str], name: str, names: Names) -> str:
    words = arguments[0].split() if case.test == "has_any_word" and arguments else arguments
    known = [names.keys[name][fold(word)] for word in words if fold(word) in names.keys[name]]
    if case.test not in ("has_category", "has_only_text", "has_only_phrase", "has_any_word", "has_phrase") or not known:
        raise NotCarriedError(f"`{name}` has no choice {', '.join(words)[:60] or case.test}")
    keys = list(dict.fromkeys(known))
    return f"{name} == {keys[0]}" if len(keys) == 1 else " or ".join(f"{name} == {key}" for key in keys)


def of_number(case: Case, name: str) -> str:
    """A test of a number; empty where any number passes.

    Raises:
        NotCarriedError: its limits are no numbers, or it is no test of numbers.
    """
    kind = case.test.removeprefix("has_number").lstrip("_")
    limits = [each.strip() for each in case.arguments]
    if not all(re.fullmatch(r"-?\d{1,12}(\.\d{1,6})?", each) for each in limits):
        raise NotCarriedError(f"`{case.test} {' '.join(limits)[:60]}` has limits that are no numbers")
    if not kind:
        return ""
    if kind == "between" and len(limits) == 2:
        return f"{name} >= {limits[0]} and {name} <= {limits[1]}"
    if kind in _ORDERS and limits:
        return f"{name} {_ORDERS[kind]} {limits[0]}"
    raise NotCarriedError(f"`{case.test}` is not known in a flow")
