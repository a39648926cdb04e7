"""Send a noisy crowd through a flow, and say how many come to the end, where the others stop, and what it costs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from typing import Any

from tqdm import tqdm

from bot.broadcasts.prices import PENNY, pounds
from bot.rehearsing import NoSuchFlowError, find, stage
from bot.settings import Settings, SettingsError
from bot.simulating.running import Counted, simulate
from flows.loader import FlowError, load
from flows.run import Status
from translations.files import CatalogueError

EXPECTED = (SettingsError, FlowError, CatalogueError, NoSuchFlowError)

MOST_PEOPLE = 1_000_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which flow, how many people, and the seed their texts follow from."""
    parser.add_argument("flow", help="a flow's name, or its file")
    parser.add_argument("--people", type=_people, default=5000, help="default: 5000")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same figures (default: 1)")
    parser.add_argument("--json", action="store_true", help="the figures as one JSON document")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Simulate; 1 where somebody cannot reach the end whatever they write.

    Raises:
        SettingsError, FlowError, CatalogueError: a setting, the flow or its translation is wrong.
        NoSuchFlowError: there is no such flow.
    """
    settings = Settings.read(environ, make=False)
    path = find(arguments.flow, settings.flows_dir)
    on = stage(path, load(path).language, settings)
    counted = Counted()
    # The bar goes to standard error and only to a person: the figures stay the same byte for byte.
    for number in tqdm(range(arguments.people), unit=" people", disable=not sys.stderr.isatty(), leave=False):
        simulate(on, number, arguments.seed, lambda text: settings.prices.of("sms", settings.region, text)[1], counted)
    if arguments.json:
        print(json.dumps(_figures(counted, on.flow.id, arguments.seed), indent=1))
    else:
        print("\n".join(_lines(counted)))
    return 1 if counted.dead_ends else 0


def _people(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text[:9]) <= MOST_PEOPLE:
        raise argparse.ArgumentTypeError(f"write a number from 1 to {MOST_PEOPLE:,}")
    return int(text)


def _figures(counted: Counted, flow: str, seed: int) -> dict[str, Any]:
    return {
        "flow": flow,
        "people": counted.people,
        "seed": seed,
        "ended": {status.value: counted.ended[status] for status in Status if counted.ended[status]},
        "completion": round(counted.ended[Status.COMPLETED] / counted.people, 4),
        "questions": [
            {
                "question": place,
                "asked": asked,
                "dropped_out": counted.left[place],
                "replies": counted.replies[place],
                "not_understood": counted.missed[place],
                "asked_back": counted.doubted[place],
            }
            for place, asked in counted.asked.items()
        ],
        "not_understood": _share(counted.missed.total(), counted.replies.total()),
        "asked_back": _share(counted.doubted.total(), counted.replies.total()),
        "texts": counted.texts,
        "segments": counted.parts,
        "pence": counted.price / PENNY,
        "dead_ends": counted.dead_ends,
    }


def _lines(counted: Counted) -> Iterator[str]:
    done = counted.ended[Status.COMPLETED]
    yield f"{counted.people} people: {_percent(done, counted.people)} come to the end."
    others = [(status, counted.ended[status]) for status in Status if status is not Status.COMPLETED]
    yield "  " + (", ".join(f"{count} {status.value}" for status, count in others if count) or "Nobody stopped early.")
    for place, asked in counted.asked.items():
        replies = counted.replies[place]
        missed, doubted = _percent(counted.missed[place], replies), _percent(counted.doubted[place], replies)
        yield (
            f"  {place}: {asked} asked, {_percent(counted.left[place], asked)} dropped out, "
            f"{missed} of replies not understood, {doubted} asked back"
        )
    replies = counted.replies.total()
    missed, doubted = _percent(counted.missed.total(), replies), _percent(counted.doubted.total(), replies)
    yield f"Replies not understood: {missed}; asked back (“Did you mean …?”): {doubted}."
    cost, each = pounds(counted.price), pounds(counted.price // counted.people)
    yield f"{counted.texts} texts of {counted.parts} SMS parts: {cost}, {each} a person."
    yield from (f"Dead end: {problem}" for problem in counted.dead_ends)
    if not counted.dead_ends:
        yield "No dead ends."


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _percent(part: int, whole: int) -> str:
    return f"{100 * _share(part, whole):.1f} %"
