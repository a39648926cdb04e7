"""What a name in a condition can hold, and what may be compared with what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from flows.files.problems import did_you_mean, listed
from flows.files.tokens import ConditionError, Token
from flows.wording import Wording


class Sort(StrEnum):
    """The sort of a value; ANY is known only when the flow runs."""

    TEXT = "text"
    NUMBER = "number"
    TRUTH = "truth"
    LIST = "list"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a name. `keys`: the only texts it can hold; `truth_words`: yes and no may be written for it."""

    sort: Sort
    keys: frozenset[str] | None = None
    truth_words: bool = False


_SORTS = {Sort.NUMBER: Wording("a number"), Sort.TEXT: Wording("a text"), Sort.TRUTH: Wording("yes or no")}
_NO_SUCH = {
    "name": Wording("there is no name `{word}`{advice}"),
    "choice": Wording("there is no choice `{word}`{advice}"),
    "function": Wording("there is no function `{word}`{advice}"),
}
TRUTH = Known(Sort.TRUTH)
NUMBER = Known(Sort.NUMBER)
ANY = Known(Sort.ANY)


def check_comparable(mark: Token, left: Known, right: Known) -> None:
    """Refuse a comparison that could never mean anything.

    Raises:
        ConditionError: the two sides are of different sorts, or have no order.
    """
    sorts = {left.sort, right.sort}
    if Sort.LIST in sorts:
        raise ConditionError(
            mark.column, "a list is not compared — use `in`, as in `rating in [poor, very_poor]` or `bus in travel`."
        )
    if mark.text in ("<", "<=", ">", ">="):
        if Sort.TRUTH in sorts:
            raise ConditionError(mark.column, "yes and no have no order — write `==` for `{text}`.", text=mark.text)
        if left.keys is not None or right.keys is not None:
            raise ConditionError(mark.column, "choices have no order — name the choices: `in [poor, very_poor]`.")
    sorts.discard(Sort.ANY)
    if len(sorts) == 2:
        one, other = (_SORTS[sort] for sort in sorted(sorts))
        raise ConditionError(
            mark.column, "this compares {one} with {other} — they are never the same.", one=one, other=other
        )


def no_such(column: int, what: str, word: str, known: Iterable[str]) -> ConditionError:
    """The mistake of naming a `name`, `choice` or `function` that does not exist."""
    names = sorted(known)
    advice = Wording("there is {names}", names=listed(names)) if names else Wording("there is none yet")
    if what == "name":
        advice = Wording("name a saved answer, or put quotes around a text")
    return ConditionError(column, _NO_SUCH[what], word=word[:60], advice=did_you_mean(word, names, advice))
