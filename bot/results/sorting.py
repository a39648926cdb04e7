"""Sorting an answer under another choice, by a coordinator: what was written stays, the tallies follow, the audit trail
keeps who and why."""

from __future__ import annotations

from collections.abc import Sequence

from bot.mistakes import ToldError
from bot.service import Service
from flows.definition import OTHER, Flow
from flows.run import microseconds
from flows.text import fold
from storage.counting import sorting
from storage.counting.sorting import Sorted
from storage.team import audit

UNCLEAR = "unclear"
"""What stands for "nobody can tell" where a choice is named."""


class SortingError(ToldError):
    """An answer that is not there, or a choice its question does not have; the message says what there is."""


def choices(flow: Flow, answer: Sorted) -> dict[str, str]:
    """What an answer can be sorted under: keys and labels, in the order of the question."""
    node = flow.nodes.get(answer.node)
    question = node.question if node is not None else None
    if question is None:
        return {}
    if answer.kind == "yes_no":
        return {"yes": "Yes", "no": "No"}
    found = {choice.key: choice.label for choice in question.choices}
    return {**found, OTHER: "Something else"} if question.other else found


def sort(service: Service, answer_id: int, keys: Sequence[str], actor: str, why: str) -> Sorted:
    """Sort an answer under these choices (none: unclear), and note it in the audit trail; returns it as it was.

    Raises:
        SortingError: there is no such answer, or its question has no such choice.
        StoreUnavailableError: the store could not be reached or written; nothing was changed.
    """
    now = microseconds(service.now())
    with service.database.transaction() as db:
        answer = sorting.get(db, answer_id)
        if answer is None:
            raise SortingError("There is no answer of that number that counts and was chosen from a list.")
        flow = service.shelf.revision(answer.revision_id, service.settings.language)
        known = choices(flow, answer)
        keys = [_key(known, answer, key) for key in dict.fromkeys(keys)]
        if len(keys) > 1 and answer.kind != "many":
            raise SortingError("`{question}` takes one choice only.", question=answer.node)
        if not sorting.sort(db, answer, keys):
            raise SortingError("This answer was changed meanwhile: look at it again.")
        told = f"{answer.value or answer.outcome} -> {' '.join(keys) or UNCLEAR}"
        audit.note(db, actor, f"sorted an answer anew: {told}", f"answer:{answer_id}", why, now)
    return answer


def _key(known: dict[str, str], answer: Sorted, said: str) -> str:
    for key, label in known.items():
        if fold(said) in (fold(key), fold(label)):
            return key
    raise SortingError(
        "`{question}` has no choice `{said}`. There is {names}.",
        question=answer.node,
        said=said[:40],
        names=", ".join([*known, UNCLEAR]),
    )
