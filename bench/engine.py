"""A turn of the engine in one process, with the state through JSON, beside a hand-written turn of the same question.

Processor time, not the clock on the wall, so that other work on the machine is not counted.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import flows
from bot.catalogues import in_language
from bot.languages import words_of
from flows import engine
from flows.definition import Flow
from flows.loader import load, load_text
from flows.run import Context, Input, Run, Trigger
from translations.languages import LANGUAGES

BATCHES = 7
TURNS = 30
"""A batch."""
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LIBRARY = Path(flows.__file__).parent / "library"
LABELS = {"1": "very_good", "very good": "very_good", "2": "good", "good": "good", "5": "very_poor"}

REPLIES = ("1", "2", "5", "good", "Very good", "Very good thanks", "poor", "it was good", "option 2", "very god")
"""To the first question of `visit`, as people write; the median over them is the figure of a choice question."""
KINDS = {
    "yes_no": ("", "yes please"),
    "number": ("", "about 4"),
    "scale": ("from: 1\n    to: 10", "8 out of 10"),
    "many": ("choices: {bus: Bus, car: Car, foot: On foot}", "1 and 3"),
    "date": ("", "3 October 2026"),
    "postcode": ("", "e13 8ab"),
    "text": ("", "Everyone was kind and nobody rushed me."),
}
"""Every other kind of question: its options, and a reply."""


def microseconds(work: Callable[[], object]) -> float:
    """The processor time of one call: the best of some batches, because nothing makes one faster than it is."""
    work()
    batches = []
    for _ in range(BATCHES):
        began = time.process_time()
        for _ in range(TURNS):
            work()
        batches.append((time.process_time() - began) / TURNS * 1e6)
    return min(batches)


def turn_of(flow: Flow, language: str, text: str) -> Callable[[], str]:
    """One reply to the first question of a flow, the run read from JSON and written to it."""
    words, context = words_of(language), Context(language=language, organisation="Sayso")
    waiting = engine.start(flow, Trigger("keyword", context), words, NOW).run.to_json()
    return lambda: engine.resume(flow, Run.from_json(waiting), Input(text, context), words, NOW).run.to_json()


def run() -> Iterator[str]:
    """The figures, a line each."""
    visit = load(LIBRARY / "visit.yaml")
    floor_us = microseconds(_floor)
    yield f"engine floor (hand-written turn, state through JSON): {floor_us:.1f} µs"
    took = {text: microseconds(turn_of(visit, "en", text)) for text in REPLIES}
    yield (
        f"engine turn, choice question in English: median {statistics.median(took.values()):.0f} µs over "
        f"{len(took)} replies, {statistics.median(took.values()) / floor_us:.0f} times the floor "
        f"({', '.join(f'{text}: {us:.0f}' for text, us in took.items())})"
    )
    yield f"engine turn, not understood: {microseconds(turn_of(visit, 'en', 'blue')):.0f} µs"
    for kind, (options, text) in KINDS.items():
        source = f"title: T\nabout: A.\nlanguage: en\nnodes:\n  q:\n    ask: Q?\n    answer: {kind}\n    {options}\n"
        yield f"engine turn, {kind}: {microseconds(turn_of(load_text(source, 'bench.yaml'), 'en', text)):.0f} µs"
    medians = {code: _median(visit, code) for code in LANGUAGES}
    slowest = max(medians, key=lambda code: medians[code])
    yield (
        f"engine turn, the slowest language ({slowest}): median {medians[slowest]:.0f} µs over numbers, labels, and "
        f"labels with a courtesy ({', '.join(f'{code} {us:.0f}' for code, us in medians.items())})"
    )


def _median(visit: Flow, language: str) -> float:
    """The median over every number, every label, and every label with the language's own thanks."""
    flow = in_language(visit, language, LIBRARY)
    question = flow.nodes["rating"].question
    assert question is not None
    thanks = min(word for word in words_of(language).courtesy if len(word) > 2)
    labels = [choice.label for choice in question.choices]
    texts = [*(str(number) for number in range(1, len(labels) + 1)), *labels, *(f"{each} {thanks}" for each in labels)]
    return statistics.median(microseconds(turn_of(flow, language, text)) for text in texts)


def _floor(state: str = json.dumps({"node": "rating", "answers": {}})) -> str:
    document = json.loads(state)
    document["answers"]["rating"] = LABELS["1".strip().lower()]
    document["node"] = "reason"
    return json.dumps(document)
