"""Languages that put the denying word behind the label, and labels spelled in another script."""

from __future__ import annotations

import pytest

from flows.understanding.answers import Verdict, understand
from flows.words import Words
from tests.flows.surroundings import NOW, question_of

URDU_LIKE = Words.of(
    {
        "language": "ur",
        "sentences": {"Very good": "بہت اچھا", "Good": "اچھا", "Poor": "خراب"},
        "negating_after": frozenset(["nahi", "نہیں"]),
        "unreal": frozenset(["hota"]),
        "fillers": frozenset(["tha", "laga"]),
        "changing": frozenset(["itna", "بہت"]),
        "joining": frozenset(["lekin"]),
        "doubt": frozenset(["kuch nahi pata"]),
        "short": {"acha": "اچھا", "bohat": "بہت", "nahi": "نہیں"},
    }
)
RATING = question_of("""
ask: "How was it?"
choices: {very_good: Very good, good: Good, poor: Poor}
""")


@pytest.mark.parametrize(
    ("reply", "value"),
    [("bohat acha", "very_good"), ("acha tha", "good"), ("acha, nahi koi masla", "good"), ("acha lekin der", "good")],
)
def test_a_label_in_latin_letters_is_that_label(reply: str, value: str):
    understood = understand(RATING, reply, URDU_LIKE, NOW.date())
    assert (understood.outcome, understood.value) == (Verdict.ACCEPTED, value)


@pytest.mark.parametrize("reply", ["acha nahi", "acha nahi tha", "acha laga nahi", "acha itna nahi tha", "acha hota"])
def test_a_label_denied_or_wished_for_behind_it_is_never_that_label(reply: str):
    assert understand(RATING, reply, URDU_LIKE, NOW.date()).outcome is Verdict.REJECTED


def test_a_number_whose_label_is_denied_behind_it_is_asked_back():
    assert understand(RATING, "2 acha nahi", URDU_LIKE, NOW.date()).outcome is Verdict.UNSURE


def test_a_phrase_is_heard_whichever_way_its_words_are_written():
    assert {"kuch nahi pata", "kuch نهيں pata"} <= URDU_LIKE.doubt
