"""The small language of conditions: what it says, what it refuses, and that nothing escapes it."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.files.condition_parser import parse_condition, parse_expression
from flows.files.tokens import ConditionError
from flows.files.types import ANY, NUMBER, Known, Sort

NAMES = {
    "rating": Known(Sort.TEXT, frozenset({"good", "poor", "very_poor"})),
    "reason": Known(Sort.TEXT),
    "age": NUMBER,
    "agreed": Known(Sort.TRUTH, truth_words=True),
    "score": ANY,
    "groups": Known(Sort.LIST),
    "channel": Known(Sort.TEXT, frozenset({"sms", "whatsapp"})),
    "language": ANY,
    "today": Known(Sort.TEXT),
}
SCOPE = {
    "rating": "poor", "reason": "The Parking, and café", "age": 40, "agreed": True, "groups": frozenset({"carers"}),
    "channel": "sms", "language": "en", "today": "2026-11-24", "contact.since": "2026-11-20", "contact.area": "E13",
}  # fmt: skip


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("rating == poor", True),
        ("rating != poor", False),
        ("rating in [poor, very_poor]", True),
        ("rating not in [poor, very_poor]", False),
        ("rating == 'poor'", True),
        ("not rating == good", True),
        ("rating == good or age > 30", True),
        ("rating == good and age > 30 or agreed", True),
        ("rating == good and (age > 30 or agreed)", False),
        ("agreed", True),
        ("agreed == yes", True),
        ("agreed == no", False),
        ("agreed != true", False),
        ("age in [39, 40]", True),
        ("age >= 40 and age <= 40", True),
        ("age < -1.5", False),
        ("answered(reason) and not answered(contact.name)", True),
        ("contains(reason, parking)", True),
        ("contains(reason, 'and cafe')", True),
        ("contains(reason, park)", False),
        ("carers in groups", True),
        ("'young carers' in groups", False),
        ("nobody not in groups", True),
        ("count(groups) == 1", True),
        ("days_since(contact.since) >= 4", True),
        ("days_since(contact.never) >= 0", False),
        ("days_since(contact.area) >= 0", False),
        ("channel == sms", True),
        ("language == en", True),
        ("contact.area == e13", True),
        ("contact.area > 5", False),
        ("score > 3", False),
        ("score == 3", False),
        ("score != 3", True),
        ("contact.name == poor", False),
    ],
)
def test_a_condition_means_what_it_says(source: str, expected: bool):
    condition = parse_condition(source, NAMES)
    assert condition.evaluate(SCOPE) is expected
    assert condition.holds(SCOPE) is expected


@pytest.mark.parametrize(
    ("source", "column", "words"),
    [
        ("rating == por", 11, "did you mean `poor`"),
        ("ratng == poor", 1, "did you mean `rating`"),
        ("rating == 'porr'", 11, "did you mean `poor`"),
        ("rating in [poor, ok]", 18, "no choice `ok`"),
        ("age == 'forty'", 5, "never the same"),
        ("reason > 3", 8, "never the same"),
        ("rating > poor", 8, "choices have no order"),
        ("agreed > 1", 8, "no order"),
        ("rating", 1, "compare it"),
        ("rating = poor", 8, "write `==`"),
        ("rating in poor", 11, "comes a list"),
        ("rating == [poor]", 8, "use `in`"),
        ("rating == poor == good", 16, "two things at a time"),
        ("rating == poor)", 15, "not expected"),
        ("(rating == poor", 16, "`)` is expected"),
        ("len(reason) == 1", 1, "no function `len`"),
        ("answered('x')", 10, "name of a saved answer"),
        ("count(reason) > 1", 7, "counts a list"),
        ("days_since(rating) > 1", 12, "needs a date"),
        ("rating == “poor”", 11, "curly quote"),
        ("rating == 'poor", 11, "not closed"),
        ("agreed and reason", 12, "join conditions"),
        ("", 1, "not the end"),
        ("not", 4, "not the end"),
        ("rating.__class__ == 1", 7, "no place"),
    ],
)
def test_a_wrong_condition_is_named_with_its_column(source: str, column: int, words: str):
    with pytest.raises(ConditionError, match=re.escape(words)) as error:
        parse_condition(source, NAMES)
    assert error.value.column == column


ESCAPES = [
    "__import__('os')",
    "rating.__class__",
    "().__class__",
    "rating['x']",
    "rating[0]",
    "2 ** 9999",
    "9 * 9",
    "'a' * 9",
    "'%1000d' % 1",
    "lambda: 1",
    "rating if rating else 1",
    "[x for x in groups]",
    "{rating}",
    "f'{rating}'",
    "rating|attr",
    "eval(rating)",
    "contact.__dict__ == 1",
    "contact.a.b == 1",
    "a := 1",
    "rating; reason",
    "rating\\n",
    "`rating`",
    "exec('x')",
    "open('x')",
    "1e999 == age",
    "0x10 == age",
    "not " * 100 + "agreed",
    "(" * 100 + "agreed" + ")" * 100,
    "agreed or " * 100 + "agreed",
    "[[1]] == 1",
    "answered(answered(rating))",
    "true(1)",
    "and",
    "in in in",
    "\x00",
    "\ud800",
]


@pytest.mark.parametrize("source", ESCAPES)
def test_nothing_reaches_beyond_the_language(source: str):
    with pytest.raises(ConditionError):
        parse_condition(source, NAMES)


@pytest.mark.parametrize(
    "written", ["matches({})", "regex({})", "search({})", "contains(reason, '(a+)+$') and like({})"]
)
def test_no_condition_looks_for_a_pattern(written: str):
    with pytest.raises(ConditionError, match="no function"):
        parse_condition(written.format("reason, '(a+)+$'"), NAMES)


def test_what_looks_like_a_pattern_is_words():
    condition = parse_condition("contains(reason, '(a+)+$')", NAMES)
    assert not condition.holds({"reason": "a" * 1600 + "!"})
    assert not parse_condition("contains(reason, 'p.rk.*')", NAMES).holds({"reason": "parking"})


_PIECES = [
    *"()[],<>=!.'\"-",
    " ",
    "and",
    "or",
    "not",
    "in",
    "rating",
    "poor",
    "age",
    "1",
    "2.5",
    "answered(",
    "groups",
    "é",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=30).map(" ".join) | st.text(max_size=600))
def test_any_text_is_a_condition_or_a_clear_error(source: str):
    columns = []
    for parse in (parse_condition, parse_expression):
        try:
            condition = parse(source, NAMES)
        except ConditionError as error:
            columns.append(error.column)
        else:
            condition.evaluate(SCOPE)
            condition.evaluate({})
    assert all(1 <= column <= len(source) + 1 for column in columns)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("today", "2026-11-24"),
        ("rating", "poor"),
        ("contact.area", "E13"),
        ("3", 3),
        ("-2.5", -2.5),
        ("true", True),
        ("'quoted, text'", "quoted, text"),
        ("two words", "two words"),
        ("E13", "E13"),
        ("age > 30", True),
    ],
)
def test_set_gives_answers_numbers_and_plain_words(source: str, expected: object):
    assert parse_expression(source, NAMES).evaluate(SCOPE) == expected
