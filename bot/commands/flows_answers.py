"""Show how replies to a question would be understood: one reply a line in, one JSON object a line out."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.catalogues import in_language
from bot.conversations.danger import hear_danger
from bot.languages import words_of
from bot.rehearsing import NoSuchFlowError, find, no_language
from bot.settings import Settings, SettingsError
from flows.definition import Flow, Question
from flows.files.problems import did_you_mean
from flows.loader import FlowError, load
from flows.understanding.commands import Command
from flows.understanding.crisis import Danger
from flows.understanding.judging import judge
from flows.words import Words
from translations.files import CatalogueError
from translations.languages import LANGUAGES

LONGEST = 100_000
"""Characters of a line that are looked at; no gateway hands over more than 1,600."""

_LINE_ENDS = {ord(sign): f"\\u{ord(sign):04x}" for sign in "\u0085\u2028\u2029"}
"""Signs that some readers take for the end of a line."""


class UnderstandingError(Exception):
    """What was asked for cannot be done; the message says what to write instead."""


EXPECTED = (SettingsError, FlowError, CatalogueError, NoSuchFlowError, UnderstandingError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which question, and in which language it is answered."""
    parser.add_argument("flow", help="a flow file, or the name of a flow on the shelf")
    parser.add_argument("node", help="the question")
    parser.add_argument("--language", default=None, help="what the person writes, such as cy (default: the flow's)")
    parser.add_argument("--json", action="store_true", help="JSON, one object a line; there is no other form")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Judge every line.

    Raises:
        SettingsError, FlowError, CatalogueError: a setting, the flow or a PO file is wrong.
        NoSuchFlowError, UnderstandingError: there is no such flow, question or language.
    """
    settings = Settings.read(environ, make=False)
    path = find(arguments.flow, settings.flows_dir)
    flow, folder = load(path), path.resolve().parent
    language = arguments.language or flow.language
    if language not in LANGUAGES:
        raise UnderstandingError(no_language(language))
    question = _question(in_language(flow, language, folder), arguments.node)
    words, today = words_of(language), datetime.now(ZoneInfo(settings.timezone)).date()
    for line in _lines():
        print(json.dumps(judged(question, line, words, today), ensure_ascii=False).translate(_LINE_ENDS))
    return 0


def judged(question: Question, line: str, words: Words, today: date) -> dict[str, Any]:
    """How one line would be understood: `text`, `outcome`, `value` and `rest`. A command's value is its name."""
    reply = line.replace("\\n", "\n")
    cry = hear_danger(reply)
    if cry is not None and cry.dangers != (Danger.UNDER_16,):
        return {"text": line, "outcome": "rejected", "value": None, "rest": ""}
    found = judge(question, reply, words, today)
    if isinstance(found, Command):
        return {"text": line, "outcome": "command", "value": found.value, "rest": ""}
    return {"text": line, "outcome": found.outcome.value, "value": found.value, "rest": found.rest}


def _lines() -> Iterator[str]:
    """The lines of standard input. What is no UTF-8 becomes a replacement character; the end of a file ends a line."""
    for raw in sys.stdin.buffer:
        yield raw.rstrip(b"\n").removesuffix(b"\r").decode("utf-8", "replace")[:LONGEST]


def _question(flow: Flow, name: str) -> Question:
    asked = {node.id: node.question for node in flow.nodes.values() if node.question is not None}
    question = asked.get(name)
    if question is None:
        advice = did_you_mean(name, asked, f"there is {', '.join(asked) or 'none'}")
        raise UnderstandingError(f"The flow `{flow.id}` asks nothing at `{name[:60]}`{advice}")
    return question
