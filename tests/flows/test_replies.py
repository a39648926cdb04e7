"""The labelled replies: what three careful people would take them for, and what we take them for.

`held_out.tsv` was written first and is only measured; the others were worked with. `bench/accuracy.py` prints figures.
"""

from __future__ import annotations

import pytest

from bench.accuracy import Labelled, is_missed, is_wrong, labelled, outcome_of, score
from translations.languages import LANGUAGES

UNSEEN = tuple(
    f"unseen_{nth}"
    for nth in (
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
        "eleventh",
        "twelfth",
        "thirteenth",
        "fourteenth",
        "fifteenth",
        "sixteenth",
        "seventeenth",
    )
)
SETS = ("tuned_on", "europe", "east", "held_out", *UNSEEN)
LEAST_TAKEN, MOST_WRONG, LEAST_HEARD = 0.97, 0.005, 0.97


@pytest.mark.parametrize("name", SETS)
def test_replies_nobody_would_mistake_are_understood_and_others_are_asked_back(name: str):
    found = score(labelled(name))
    assert found.taken >= LEAST_TAKEN
    assert found.wrong <= MOST_WRONG
    assert found.heard >= LEAST_HEARD


def test_the_set_is_large_and_has_every_language_and_no_reply_twice():
    rows = [row for name in SETS for row in labelled(name)]
    assert len(rows) >= 1_500
    assert {row.language for row in rows} == set(LANGUAGES)
    assert len({(row.question, row.language, row.reply) for row in rows}) == len(rows)


def test_the_measure_counts_what_it_says():
    good = Labelled("rating", "en", "= good", "2")
    assert outcome_of(good) == "= good"
    assert not is_missed(good, "= good")
    assert not is_missed(good, "? poor")
    assert is_missed(good, "x")
    assert is_wrong(good, "= poor")
    assert is_wrong(Labelled("rating", "en", "x", "not good"), "/stop")
    assert is_missed(Labelled("rating", "en", "/stop", "stop"), "x")
