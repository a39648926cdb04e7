"""A turn of the engine in one process, with the state through JSON, beside a hand-written turn of the same question."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from flows import engine
from flows.loader import load
from flows.run import Context, Input, Run, Trigger
from flows.words import Words
from translations import vocabulary

REPEATS = 20_000
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LABELS = {"1": "very_good", "very good": "very_good", "2": "good", "good": "good", "5": "very_poor"}


def microseconds(work: Callable[[], object]) -> float:
    """The median microseconds of one call, over batches."""
    work()
    batches = []
    for _ in range(20):
        began = time.perf_counter()
        for _ in range(REPEATS // 20):
            work()
        batches.append((time.perf_counter() - began) / (REPEATS // 20) * 1e6)
    return statistics.median(batches)


def run() -> Iterator[str]:
    """The figures, a line each."""
    flow = load(Path(__file__).resolve().parents[1] / "flows" / "library" / "visit.yaml")
    words = Words.of(vocabulary.open_language("en").fields())
    context = Context(organisation="Sayso")
    waiting = engine.start(flow, Trigger("keyword", context), words, NOW).run.to_json()

    floor_state = json.dumps({"node": "rating", "answers": {}})

    def floor() -> str:
        state = json.loads(floor_state)
        state["answers"]["rating"] = LABELS["1".strip().lower()]
        state["node"] = "reason"
        return json.dumps(state)

    floor_us = microseconds(floor)
    yield f"engine floor (hand-written turn, state through JSON): {floor_us:.1f} µs"
    for label, text in (("a number", "1"), ("a label with courtesy", "Very good thanks"), ("not understood", "blue")):

        def turn(text: str = text) -> str:
            return engine.resume(flow, Run.from_json(waiting), Input(text, context), words, NOW).run.to_json()

        ours = microseconds(turn)
        yield f"engine turn, {label}: {ours:.1f} µs, {ours / floor_us:.0f} times the floor"
