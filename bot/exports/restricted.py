"""One line a run, or one line an answer, for a named person with a reason: made-up ids, masked words, no numbers."""

from __future__ import annotations

import hashlib
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any

from bot.exports.masking import masked
from bot.exports.questions import NUMBER_KINDS, Asked
from bot.exports.sheets import Block, Cell, Column, Part, Row, Sort, only_once
from storage.publishing.exports import ExportedAnswer, ExportedRun

WITHHELD = "(in their own words, not in this file)"
REVIEW_WAITS = "(in their own words, not reviewed yet)"
PERSONAL = "(personal, not in this file)"
SAME_PERSON = "A made-up id of the person, for this file only: the same person has the same id"
ANSWERED_FOR = Column(
    "answered_for", "Another person wrote in their place: a carer, an interpreter", Sort.WHOLE, {"0": "No", "1": "Yes"}
)
OUTCOMES = {
    "answered": "Answered",
    "skipped": "Chose not to answer",
    "unclear": "Wrote something we could not take for an answer",
}
STATUSES = {
    "open": "Still going on",
    "completed": "Completed",
    "stopped": "Stopped: the person asked for no more texts",
    "expired": "Ended by itself: no reply in time",
    "replaced": "Ended because another conversation began",
    "failed": "Ended by a mistake of ours",
}

_SECONDS = [f":{second:02d}+00:00" for second in range(60)]


class Words(StrEnum):
    """Which free text is in a file. Whatever is, is masked first."""

    NONE = "none"
    REVIEWED = "reviewed"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Rows:
    """How one restricted export turns runs into rows.

    `pseudonym` makes ids for this export alone, from a kind and a number. `labelled` writes labels in place of keys;
    `split` gives each choice of a `many` question a column of 0 and 1.
    """

    questions: Mapping[str, Asked]
    pseudonym: Callable[[str, int], str]
    words: Words = Words.NONE
    labelled: bool = False
    split: bool = False

    # One line a run.

    def wide_parts(self) -> list[Part]:
        """What `wide` fills: the run, then each question with how it was left. No two columns have one name."""
        taken: set[str] = set()
        return [
            [replace(column, name=only_once(column.name, taken)) for column in part]
            for part in (*self._of_the_run(), *map(self._columns_of, self.questions.values()))
        ]

    def _of_the_run(self) -> list[Part]:
        return [
            (Column("run", "A made-up id of this conversation, for this file only", made=True),),
            (Column("person", SAME_PERSON, made=True),),
            (
                Column("revision", "The first 12 digits of the flow's revision"),
                Column("channel", "How the person texts", labels={"sms": "SMS", "whatsapp": "WhatsApp"}),
                Column("language", "The language of the conversation"),
                Column("status", "How the conversation stands", labels=STATUSES),
            ),
            (Column("started_at", "When it began (UTC)", made=True),),
            (Column("ended_at", "When it ended (UTC); empty while it goes on"),),
            (ANSWERED_FOR,),
        ]

    def _columns_of(self, asked: Asked) -> Part:
        left = Column(f"{asked.node}_outcome", f"How this question was left: {asked.text}", labels=OUTCOMES)
        if asked.personal or (asked.in_words and self.words is Words.NONE):
            return [left]
        if asked.kind == "many" and self.split:
            return [
                *(
                    Column(f"{asked.node}_{key}", f"{asked.text} — {label}", Sort.WHOLE, {"0": "No", "1": "Yes"})
                    for key, label in asked.labels.items()
                ),
                left,
            ]
        if asked.kind in NUMBER_KINDS and not self.labelled:
            sort = Sort.WHOLE if asked.whole else Sort.NUMBER
            return [Column(asked.node, asked.text, sort, asked.labels), left]
        labels = asked.labels if asked.kind != "many" else {}
        if self.labelled:
            labels = {label: label for label in labels.values()}
        return [Column(asked.node, asked.text, labels=labels), left]

    def wide(self, runs: Iterable[ExportedRun]) -> Iterator[Row]:
        """A row for each run; a question that was not reached is empty."""
        of_run = lru_cache(maxsize=1_000)(Block)
        known: list[dict[tuple[Any, ...], Block]] = [{} for _ in self.questions]
        for run in runs:
            last = {given[2]: given for given in run.answers}
            row: list[Cell | Block] = [
                self.pseudonym("run", run.id),
                self.pseudonym("person", run.contact_id),
                of_run((run.revision[:12], run.channel, run.language, run.status)),
                moment(run.started_at),
                moment(run.ended_at),
                int(run.answered_for),
            ]
            for asked, of_node in zip(self.questions.values(), known, strict=True):
                given = last.get(asked.node, ())
                told = of_node.get(given[2:])
                if told is None:
                    answer = ExportedAnswer(*given) if given else None
                    told = Block(self._told_of(asked, answer))
                    if answer is None or self._is_listed(answer):
                        of_node[given[2:]] = told
                row.append(told)
            yield row

    def _told_of(self, asked: Asked, answer: ExportedAnswer | None) -> tuple[Cell, ...]:
        left = answer.outcome if answer else None
        if asked.personal or (asked.in_words and self.words is Words.NONE):
            return (left,)
        value = self.value(asked, answer) if answer else None
        if asked.kind == "many" and self.split:
            chosen = set((answer.value or "").split()) if answer and left == "answered" else None
            return (*(None if chosen is None else int(key in chosen) for key in asked.labels), left)
        return value, left

    # One line an answer.

    def long_parts(self) -> list[Part]:
        """What `long` fills."""
        named = {asked.node: asked.text for asked in self.questions.values()}
        return [
            (Column("answered_at", "When it was answered (UTC)", made=True),),
            (
                Column(
                    "row", "A made-up id of this answer: the conversation's, and the answer's number in it", made=True
                ),
            ),
            (Column("person", SAME_PERSON, made=True),),
            (Column("run", "A made-up id of the conversation, for this file only", made=True),),
            (
                Column("question", "The question's name in the flow", labels=named),
                Column("outcome", "How the question was left", labels=OUTCOMES),
                Column("value", "The answer: a choice's key, several with a comma between, a number, a date, or words"),
                Column("label", "The answer in words, where it is one of a list"),
                Column("channel", "How the person texts", labels={"sms": "SMS", "whatsapp": "WhatsApp"}),
                Column("language", "The language of the conversation"),
                Column("basis", "The lawful basis on which the answer is kept"),
                Column("revision", "The first 12 digits of the flow's revision"),
                ANSWERED_FOR,
            ),
        ]

    def long(self, runs: Iterable[ExportedRun]) -> Iterator[Row]:
        """A row for each answer, run by run."""
        known: dict[tuple[str, bool], dict[tuple[Any, ...], Block]] = defaultdict(dict)
        for run in runs:
            person, name = self.pseudonym("person", run.contact_id), self.pseudonym("run", run.id)
            told = known[run.revision, run.answered_for]
            for number, given in enumerate(run.answers, 1):
                again = given[2:]  # all that the row tells but when and who: the same in many rows
                shown = told.get(again)
                if shown is None:
                    answer = ExportedAnswer(*given)
                    shown = Block((*self._told(answer), run.revision[:12], int(run.answered_for)))
                    if self._is_listed(answer):  # the rest may be as many as there are people
                        told[again] = shown
                yield moment(given[1]), f"{name}-{number}", person, name, shown

    def _told(self, answer: ExportedAnswer) -> tuple[Cell, ...]:
        asked = self.questions.get(answer.node) or Asked(answer.node, "", "")
        value = self._withheld(asked, answer) or self.value(asked, answer)
        label = self._label(asked, answer)
        return answer.node, answer.outcome, value, label, answer.channel, answer.language, answer.basis

    def _is_listed(self, answer: ExportedAnswer) -> bool:
        asked = self.questions.get(answer.node)
        return answer.value is None or (asked is not None and answer.value in asked.labels)

    def value(self, asked: Asked, answer: ExportedAnswer) -> Cell:
        """The answer as one cell; None where there is none."""
        if answer.outcome != "answered" or answer.value is None:
            return None
        if answer.personal or asked.personal:
            return PERSONAL
        if asked.kind in NUMBER_KINDS and not self.labelled:
            return _number(answer.value)
        if asked.in_words or not asked.kind:
            return self._words(answer)
        if asked.kind == "many":
            return ", ".join(self._one(asked, key) for key in answer.value.split())
        return self._one(asked, answer.value)

    def _one(self, asked: Asked, value: str) -> str:
        listed = value in asked.labels or asked.kind in ("yes_no", "date", "choice", "many", "postcode")
        shown = value if listed else masked(value)
        return asked.labels.get(value, shown) if self.labelled else shown

    def _words(self, answer: ExportedAnswer) -> str:
        match self.words:
            case Words.ALL:
                return masked(answer.value or "")
            case Words.REVIEWED:
                return REVIEW_WAITS if answer.reviewed is None else masked(answer.reviewed)
        return WITHHELD

    def _withheld(self, asked: Asked, answer: ExportedAnswer) -> str | None:
        if answer.outcome == "answered" and (answer.personal or asked.personal):
            return PERSONAL
        return None

    def _label(self, asked: Asked, answer: ExportedAnswer) -> str | None:
        if answer.outcome != "answered" or answer.personal or asked.personal or asked.in_words:
            return None
        keys = (answer.value or "").split() if asked.kind == "many" else [answer.value or ""]
        return ", ".join(asked.labels[key] for key in keys if key in asked.labels) or None


def moment(microseconds: int | None) -> str | None:
    """A time as ISO 8601 in UTC, to the second; None for none."""
    if microseconds is None:
        return None
    return _minute(microseconds // 60_000_000) + _SECONDS[microseconds // 1_000_000 % 60]


@lru_cache(maxsize=4_096)
def _minute(number: int) -> str:
    return datetime.fromtimestamp(number * 60, UTC).strftime("%Y-%m-%dT%H:%M")


def _number(value: str) -> Cell:
    try:
        return int(value)
    except ValueError:
        pass
    try:
        return float(value)
    except ValueError:
        return None


def pseudonyms() -> Callable[[str, int], str]:
    """A maker of ids for one export: keyed by a secret that is thrown away with it, so no two exports can be joined."""
    key = secrets.token_bytes(32)
    kinds = {kind: hashlib.blake2b(key=key, digest_size=10, person=kind.encode()) for kind in ("run", "person")}

    def name(kind: str, number: int) -> str:
        hasher = kinds[kind].copy()
        hasher.update(number.to_bytes(8, "big"))
        return hasher.hexdigest()

    return name
