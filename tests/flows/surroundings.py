"""What the tests of this room share: the English words, and flows written in a line or two."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from flows.definition import Flow, Question
from flows.loader import load_text
from flows.run import Context
from flows.words import Words
from translations import vocabulary

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TODAY = NOW.date()
CONTEXT = Context(organisation="Newham Voices")
LIBRARY = Path(__file__).resolve().parents[2] / "flows" / "library"
COMMANDS = (
    "stop",
    "start",
    "help",
    "skip",
    "back",
    "again",
    "why",
    "language_menu",
    "pause",
    "my_data",
    "forget_me",
    "fix",
)
"""The categories of a language that hold the wordings of a command."""
WORDS = Words.of(vocabulary.open_language("en").fields())


@cache
def flow_of(nodes: str, head: str = "") -> Flow:
    """A flow from the YAML of its nodes, indented as it would stand in a file of its own."""
    indented = "\n".join(f"  {line}" for line in nodes.strip("\n").splitlines())
    return load_text(f"title: Test\n{head}nodes:\n{indented}\n", "test.yaml")


@cache
def question_of(question: str) -> Question:
    """The question written by some lines of YAML."""
    lines = "\n".join(f"  {line}" for line in question.strip("\n").splitlines())
    asked = flow_of(f"asked:\n{lines}").nodes["asked"].question
    assert asked is not None
    return asked
