"""The labelled set of texts that cry for help, and of texts that only look so."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from flows.understanding.crisis import Danger

_FILE = Path(__file__).with_name("crisis_cases.csv")


@dataclass(frozen=True, slots=True)
class Case:
    language: str
    danger: Danger | None
    text: str


def cases() -> list[Case]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return [
            Case(row["language"], Danger(row["danger"]) if row["danger"] != "none" else None, row["text"])
            for row in csv.DictReader(file)
        ]
