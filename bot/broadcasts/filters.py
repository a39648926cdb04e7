"""Everybody who matches: a condition over what is known of a person, in the language of the flows' own conditions."""

from __future__ import annotations

import re
from datetime import datetime

from flows.conditions import Condition
from flows.files.condition_parser import parse_condition
from flows.files.tokens import ConditionError
from flows.files.types import ANY, Known, Sort
from flows.run import Context, Run
from flows.scope import Scope
from storage.sending.audience import Person
from translations.languages import LANGUAGES

_LANGUAGE = Known(Sort.TEXT, keys=frozenset(LANGUAGES))


class FilterError(ValueError):
    """A condition that cannot be read; the message says where and what to do."""


def parse_filter(text: str) -> Condition:
    """Read `contact.area == E13 and language in [bn, ur]`.

    Raises:
        FilterError: it cannot be read.
    """
    names = dict.fromkeys(re.findall(r"contact\.[a-z][a-z0-9_]*", text), ANY)
    known = {**names, "language": _LANGUAGE, "groups": Known(Sort.LIST), "today": Known(Sort.TEXT)}
    try:
        return parse_condition(text, known)
    except ConditionError as error:
        raise FilterError(f"The filter cannot be read at character {error.column}: {error}.") from None


def matches(condition: Condition, person: Person, now: datetime) -> bool:
    """Whether a person is meant; one of whom it is not known is not."""
    context = Context(language=person.language, contact=person.attributes, groups=person.groups)
    return condition.holds(Scope(Run("", "", person.language), context, now))
