"""What was made of a reply: taken, asked back, or not understood."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flows.values import Value


class Verdict(StrEnum):
    """How sure we are of a reply. A wrong acceptance is worse than a question."""

    ACCEPTED = "accepted"
    UNSURE = "unsure"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Understood:
    """A reply as understood. When unsure, `value` is the guess, or None where there are several.

    `label` is how the value reads to people; `rest` what followed the answer in the same text, in the contact's words.
    """

    outcome: Verdict
    value: Value = None
    label: str = ""
    rest: str = ""


REJECTED = Understood(Verdict.REJECTED)
SEVERAL = Understood(Verdict.UNSURE)
"""Two answers in one reply, where one is asked."""
