"""The labelled replies of whole languages, judged as the service judges them."""

from __future__ import annotations

import pytest

from bench.accuracy import is_missed, is_wrong, labelled, outcome_of

EUROPE = [row for row in labelled("europe") if row.question != "when"]


@pytest.mark.parametrize("language", sorted({row.language for row in EUROPE}))
def test_what_people_write_in_a_language_is_taken_or_asked_back_and_never_taken_for_something_else(language: str):
    judged = [(row, outcome_of(row)) for row in EUROPE if row.language == language]
    assert [(row.question, row.reply, got) for row, got in judged if is_wrong(row, got)] == []
    missed = [(row.question, row.reply, got) for row, got in judged if is_missed(row, got)]
    assert len(missed) <= len(judged) * 0.03, missed
