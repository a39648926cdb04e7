"""What each language understands: its words by category, one `words.yaml` a language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from translations.calendar import usual_names

_FOLDER = Path(__file__).resolve().parent
_CODE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")

_LISTS = """
yes no clear skip stop stop_phrases stop_around start help back again why language_menu pause my_data forget_me fix
asking autoreply courtesy changing fillers numbering hedges doubt negating unreal joining counted below above alone
all none scores between span ago last future dated
"""
LISTS = frozenset(_LISTS.split())
"""Categories every language has: words or phrases with commas between. What each is for stands in `flows.words`."""

NUMBERS = frozenset(("numbers", "ordinals", "relative_days", "day_units"))
"""Categories every language has that give each word a whole number, or a number word a half: Polish półtora is 1.5."""

_OPTIONAL = """
anger counting either uncounted idioms real household often people
points questions textspeak negating_after leaning halves
nobody totals unclear_days ordinal_ends assent every
"""
OPTIONAL = frozenset(_OPTIONAL.split())
"""Lists a language may leave out."""

_OPTIONAL_NUMBERS = """
months weekdays times minutes metres pence heads feasts frequencies periods degrees poles
"""
OPTIONAL_NUMBERS = frozenset(_OPTIONAL_NUMBERS.split())
"""Maps a language may leave out. CLDR knows the usual names of months (January is 1) and weekdays (Monday is 1)."""

GROUPS = "requests"
MEANINGS = "meanings"
GROUPED = frozenset((GROUPS, MEANINGS))
"""Categories a language may leave out that hold lists by name: what requests are made of, and what words mean."""

TEXTS = frozenset(("short", "units", "akin"))
"""Categories a language may leave out that give each word or sentence another one."""

EVERYWHERE = frozenset(("yes", "no", "stop", "forget_me", "my_data", MEANINGS))
"""Lists whose words are heard as whole replies in every other language too, where they mean nothing else there."""

_WHOLE = re.compile(r"-?\d{1,8}", re.ASCII)
_NUMBER = re.compile(r"-?\d{1,6}(\.5)?", re.ASCII)

_TOP = re.compile(r"^(?=[a-z_]+:)", re.MULTILINE)
"""Where a category begins."""


class LanguageError(LookupError):
    """A language is not shipped, or its file is broken."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What stands in the file of one language, by category. Words are as written; `flows.words` folds them."""

    language: str
    categories: Mapping[str, Any]

    def fields(self) -> dict[str, Any]:
        """Every category by its name, and the language's code; months and weekdays with their usual names."""
        usual = usual_names(self.language)
        named = {name: names | self.categories.get(name, {}) for name, names in usual.items()}
        return {"language": self.language, **self.categories, **named}


@cache
def available() -> tuple[str, ...]:
    """The codes of the languages shipped, in alphabetical order; looked up once a process."""
    return tuple(sorted(path.parent.name for path in _FOLDER.glob("*/words.yaml")))


def open_language(code: str) -> Vocabulary:
    """The words of a language.

    Raises:
        LanguageError: there is no such language here, or its file cannot be used; the message says where.
    """
    path = _FOLDER / code / "words.yaml"
    if not _CODE.fullmatch(code) or not path.is_file():
        raise LanguageError(f"There is no language `{code[:20]}` here. There is {', '.join(available())}.")
    return Vocabulary(code, read_categories(path.read_text("utf-8"), f"translations/{code}/words.yaml"))


def answers_everywhere() -> list[dict[str, Any]]:
    """The categories in `EVERYWHERE` of every language: all that is heard of a language by people of another.

    The rest of their files is not read: all of it takes a fifth of a second and 6 MiB.

    Raises:
        LanguageError: a file cannot be used; the message says where.
    """
    found = []
    for code in available():
        parts = _TOP.split((_FOLDER / code / "words.yaml").read_text("utf-8"))
        source = "".join(part for part in parts if part.partition(":")[0] in EVERYWHERE)
        found.append(_categories(source, f"translations/{code}/words.yaml"))
    return found


def read_categories(source: str, name: str) -> dict[str, Any]:
    """The categories in the text of a `words.yaml`; `name` is the file as errors call it.

    Raises:
        LanguageError: a category is unknown, missing, written twice or of the wrong kind.
    """
    found = _categories(source, name)
    missing = sorted((LISTS | NUMBERS) - set(found))
    if missing:
        raise LanguageError(f"{name}:1: The category `{missing[0]}` is missing. English shows what belongs in it.")
    return found


def _categories(source: str, name: str) -> dict[str, Any]:
    try:
        # The base loader reads every word as text, so that yes, no and on stay the words they are.
        root = yaml.compose(source, Loader=yaml.CBaseLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise LanguageError(f"{name}:{line}: This is not YAML: {error.problem}.") from None
    if not isinstance(root, yaml.MappingNode):
        raise LanguageError(f"{name}:1: The file must hold the names of word lists, each with its words.")
    found: dict[str, Any] = {}
    for key, value in root.value:
        where = f"{name}:{key.start_mark.line + 1}"
        if key.value in found:
            raise LanguageError(f"{where}: The category `{key.value}` stands here twice. Make one of the two.")
        found[key.value] = _category(key.value, value, where)
    return found


def _category(category: str, value: yaml.Node, where: str) -> Any:
    if category in LISTS | OPTIONAL:
        if not isinstance(value, yaml.ScalarNode):
            raise LanguageError(f"{where}: `{category}` must be words with commas between.")
        return _listed(value.value)
    if category not in NUMBERS | OPTIONAL_NUMBERS | TEXTS | GROUPED:
        known = ", ".join(sorted(LISTS | NUMBERS | OPTIONAL | OPTIONAL_NUMBERS | TEXTS | GROUPED))
        raise LanguageError(f"{where}: There is no category `{category}`. There are {known}.")
    if not isinstance(value, yaml.MappingNode):
        raise LanguageError(f"{where}: `{category}` must be a map: {{one: 1, two: 2}}.")
    pairs = {word.value: meaning.value for word, meaning in value.value}
    if category in TEXTS:
        return pairs
    if category in GROUPED:
        return {name: _listed(phrases) for name, phrases in pairs.items()}
    number = _NUMBER if category == "numbers" else _WHOLE
    wrong = [meaning for meaning in pairs.values() if not number.fullmatch(str(meaning))]
    if wrong:
        raise LanguageError(f"{where}: `{category}` gives each word a whole number; `{wrong[0]}` is none.")
    return {word: float(meaning) if "." in meaning else int(meaning) for word, meaning in pairs.items()}


def _listed(words: str) -> frozenset[str]:
    return frozenset(word.strip() for word in words.split(",") if word.strip())
