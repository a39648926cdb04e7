"""The codebook of an evidence pack: every column, value and count of every file in it, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.disclosure.rules import HIDDEN, Rules
from bot.disclosure.suppression import Reason
from bot.exports.dispositions import DISPOSITIONS, EXCLUDED
from bot.exports.questions import WORDS_KINDS, Asked
from bot.exports.results import MEANINGS, Result
from bot.exports.sheets import Cell, Column
from bot.exports.tables import LEFT_OUT

HEADER = ("name", "what it is", "value", "what the value means")
BY = {
    "all": "everybody together",
    "channel": "how people text",
    "language": "the language of the conversation",
    "group": "the groups people are in",
    "day": "the day, in local time",
    "week": "the week, named by its Monday",
    "month": "the month",
    "revision": "the published state of the flow",
    "answered_for": "whether another person wrote in their place",
}
"""What tables are told apart by; what else stands there is a question of the flow about people themselves."""
_SMALL = {
    Reason.SMALL: "the count itself is of too few people",
    Reason.PROTECTS: "the count is large enough, but a small one could be worked out from it",
    Reason.GROUP: "all counts of a part of everybody in which too few people are",
    LEFT_OUT: "the breakdown was left out, because a hidden count could be worked out from it",
}
BESIDE = {
    "dispositions.csv": (
        Column(
            "disposition",
            "How far people came; `started` is the sum of completed, partly, silent and stopped",
            labels={
                **{each.key: each.words for each in DISPOSITIONS},
                EXCLUDED: "Left out before anything was sent; below it each reason on a line of its own",
            },
        ),
        Column("in words", "The same in words"),
        Column("AAPOR", "What the American Association for Public Opinion Research calls it, with its number"),
        Column("count", "How many conversations; of those invited and left out, how many people"),
    ),
    "suppression-log.csv": (
        Column("question", "The question of data-tables in which counts are hidden"),
        Column("by", "What the hidden counts are told apart by", labels=BY),
        Column("why", "Why they are hidden", labels={str(why): words for why, words in _SMALL.items()}),
        Column("counts hidden", "How many counts of the table, those in answers and those in started to not_reached"),
    ),
    "consent-wordings.csv": (
        Column("scope", "What it is about: all texts, a group, or the consent that a question asks for"),
        Column("kind", "What people did: agreed, refused, stopped, or were asked"),
        Column("wording", "The number of the wording; each change of a word makes a new one"),
        Column("language", "The language it was said in"),
        Column("text", "The wording itself"),
    ),
}
"""The columns of the files that stand beside the data, by file."""


def names(file: str) -> list[str]:
    """The first line of one of these files."""
    return [column.name for column in BESIDE[file]]


def counts(rules: Rules) -> Column:
    """How every count of a shared file is to be read."""
    return Column(
        "every count",
        f"Rounded to the nearest {rules.base}, halves up, each on its own: sums need not agree, nor shares make 1. "
        "Nought is nought",
        labels={HIDDEN: f"Not shown: 1 to {rules.smallest - 1} people, or a count from which one so small follows"},
    )


def lines(
    columns: Iterable[Column], found: Sequence[Result], questions: Mapping[str, Asked]
) -> Iterable[Sequence[Cell]]:
    """Every column of the data and of the files beside it, every question with its values, what the counts count."""
    first: dict[str, Column] = {}
    for column in columns:
        first.setdefault(column.name, column)
    yield from _described(first.items())
    for part, meaning in BY.items():
        yield "by", None, part, meaning
    for file, beside in BESIDE.items():
        yield from _described((f"{file}: {column.name}", column) for column in beside)
    for key, meaning in MEANINGS.items():
        yield f"count: {key}", meaning, None, None
    for node, asked in ({each.asked.node: each.asked for each in found} | dict(questions)).items():
        kind = "own words" if asked.kind in WORDS_KINDS else asked.kind
        gone = " (asked by earlier revisions only)" if asked.gone else ""
        yield f"question: {node}", f"{asked.text} [{kind}]{gone}", None, None
        for value, label in asked.labels.items():
            yield f"question: {node}", None, value, label
    for result in found:
        for row, label in result.labels.items():
            value = row.partition(":")[2]
            if value not in result.asked.labels:
                yield f"question: {result.asked.node}", None, value, f"{label} (given, not listed any more, or a range)"


def _described(columns: Iterable[tuple[str, Column]]) -> Iterable[Sequence[Cell]]:
    for name, column in columns:
        yield name, column.label, None, None
        for value, label in column.labels.items():
            yield name, None, value, label
