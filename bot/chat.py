"""Talk to a flow in this terminal: no server, no database, nothing is kept."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bot import sentences
from bot.catalogues import in_language
from bot.languages import words_of
from bot.settings import Settings, SettingsError
from flows import engine
from flows.commands import Command, hear
from flows.definition import Flow, Value
from flows.events import AttributeSet, GroupJoined
from flows.loader import FlowError, load
from flows.problems import did_you_mean
from flows.run import Context, Input, Run, Status, Trigger, Turn
from flows.text import clean, fill, segments, smart
from translations.po import CatalogueError

CHANNELS = ("sms", "whatsapp")


class NoSuchFlowError(Exception):
    """A flow that is not on the shelf; the message says which are."""


EXPECTED = (SettingsError, FlowError, NoSuchFlowError, CatalogueError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which flow, and how the texts travel."""
    parser.add_argument("flow", help="a flow of the shelf, such as visit, or the path of a flow file")
    parser.add_argument("--channel", choices=CHANNELS, default="sms", help="how the texts travel (default: sms)")
    parser.add_argument("--language", default="en", help="the language of the contact, such as cy (default: en)")
    parser.add_argument("--segments", action="store_true", help="show how many SMS each text takes")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Talk until the flow ends, the person says STOP or closes the input.

    Raises:
        SettingsError, FlowError, CatalogueError: a setting, the flow or its translation is wrong.
        NoSuchFlowError: there is no flow of that name.
    """
    settings = Settings.read(environ, make=False)
    flow = find(arguments.flow, settings.flows_dir)
    flow = in_language(flow, arguments.language, settings.flows_dir, drafts=settings.drafts)
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")
    talk = Talk(flow, arguments.channel, settings.organisation)
    show = _printer(arguments.channel, arguments.segments)
    try:
        for text in talk.begin():
            show(text)
        while not talk.over:
            for text in talk.hear(input("> " if sys.stdin.isatty() else "")):
                show(text)
    except (EOFError, KeyboardInterrupt):
        print()
    return 0


def find(name: str, folder: Path) -> Flow:
    """A flow by its name on the shelf, or by the path of its file.

    Raises:
        FlowError: the flow has a mistake.
        NoSuchFlowError: there is no such flow.
    """
    path = Path(name)
    if path.suffix == ".yaml" and path.is_file():
        return load(path)
    known = sorted(each.stem for each in folder.glob("*.yaml") if not each.name.endswith(".talks.yaml"))
    if name not in known:
        there = f"There is {', '.join(known)}." if known else f"There is none in {folder}."
        hint = did_you_mean(name, known).removeprefix(" — ")
        raise NoSuchFlowError(" ".join(filter(None, [f"There is no flow `{name[:60]}`.", hint.capitalize(), there])))
    return load(folder / f"{name}.yaml")


class Talk:
    """One conversation kept in memory: STOP and HELP are heard before the flow, as the service does."""

    def __init__(self, flow: Flow, channel: str, organisation: str, now: Callable[[], datetime] | None = None) -> None:
        self._flow = flow
        self._channel = channel
        self._organisation = organisation
        self._now = now or (lambda: datetime.now(UTC))
        self._words = words_of(flow.language)
        self._attributes: dict[str, Value] = {}
        self._groups: frozenset[str] = frozenset()
        self._run: Run | None = None

    @property
    def over(self) -> bool:
        """Whether nothing more will be said."""
        return self._run is not None and self._run.status is not Status.OPEN

    def begin(self) -> list[str]:
        """Start the flow; returns the texts it says."""
        return self._after(engine.start(self._flow, Trigger("keyword", self._context()), self._words, self._now()))

    def hear(self, text: str) -> list[str]:
        """Take one text from the person; returns the texts that answer it."""
        if self._run is None or self.over:
            return []
        text = clean(text)
        command = hear(text, self._words)
        if command is Command.STOP:
            self._run.status = Status.STOPPED
            return [self._say(sentences.STOPPED)]
        if command is Command.HELP:
            return [f"{self._say(sentences.HELP)}\n{self._say(sentences.QUESTION_WAITS)}"]
        # The state goes through JSON, as it does between two texts of a resident.
        run = Run.from_json(self._run.to_json())
        if command is Command.START:
            return self._after(engine.ask_again(self._flow, run, self._context(), self._words, self._now()))
        return self._after(engine.resume(self._flow, run, Input(text, self._context()), self._words, self._now()))

    def _after(self, turn: Turn) -> list[str]:
        self._run = turn.run
        for event in turn.events:
            if isinstance(event, AttributeSet):
                self._attributes[event.name] = event.value
            elif isinstance(event, GroupJoined):
                self._groups |= {event.group}
        return [turn.text] if turn.text else []

    def _context(self) -> Context:
        return Context(self._channel, self._flow.language, self._organisation, self._attributes, self._groups)

    def _say(self, sentence: str) -> str:
        text = fill(self._words.say(sentence), {"organisation": self._organisation})
        return smart(text) if self._channel == "sms" else text


def _printer(channel: str, with_segments: bool) -> Callable[[str], None]:
    def show(text: str) -> None:
        for line in text.splitlines():
            print(f"  {line}")
        if with_segments and channel == "sms":
            cost = segments(text)
            print(f"  [{cost.count} SMS, {cost.encoding}]")
        print(flush=True)

    return show
