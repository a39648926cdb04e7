from __future__ import annotations

import csv
from pathlib import Path

import pytest

from bot.exports.masking import CARD, EMAIL, INSURANCE, NHS, NUMBER, PHONE, POSTCODE, URL, masked

LABELLED = Path(__file__).parent / "masking.csv"
KINDS = {"email": EMAIL, "link": URL, "postcode": POSTCODE, "nhs": NHS, "card": CARD, "phone": PHONE, "number": NUMBER,
         "insurance": INSURANCE}  # fmt: skip


def cases() -> list[tuple[str, list[str]]]:
    with LABELLED.open(encoding="utf-8", newline="") as file:
        return [(row["text"], row["kinds"].split()) for row in csv.DictReader(file)]


@pytest.mark.parametrize(("text", "kinds"), [each for each in cases() if each[1]])
def test_what_tells_who_somebody_is_is_taken_out(text, kinds):
    for kind in kinds:
        assert KINDS[kind] in masked(text)


def test_the_labelled_set_is_masked_without_a_miss_and_nothing_else_is_touched():
    missed, touched = [], []
    for text, kinds in cases():
        found = sorted(kind for kind, said in KINDS.items() if said in masked(text))
        missed += [(text, kinds, found)] if kinds and found != sorted(set(kinds)) else []
        touched += [text] if not kinds and masked(text) != text else []
    assert (missed, touched) == ([], [])
    assert sum(bool(kinds) for _, kinds in cases()) >= 60
    assert sum(not kinds for _, kinds in cases()) >= 40
