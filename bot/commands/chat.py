"""Talk to a flow in this terminal: no server, no database, nothing is kept unless you say --save.

A line that begins with / is for the terminal: `/1 day later` lets time pass, `/photo` sends a picture.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from secrets import randbelow

from bot.commands.flows_test import replace_file
from bot.conversations.danger import hear_danger
from bot.conversations.helplines import said
from bot.rehearsing import NoSuchFlowError, find, no_language, stage
from bot.settings import Settings, SettingsError
from flows.authoring.rehearsal import Rehearsal, Stage
from flows.authoring.transcripts import Said, load_talks_text, talk_text
from flows.engine import hold
from flows.files.schema import CHANNELS
from flows.files.shapes import MEDIA_KINDS
from flows.files.times import span_of
from flows.loader import TALKS, FlowError
from flows.text import clean, segments
from translations.files import CatalogueError
from translations.languages import LANGUAGES

EXPECTED = (SettingsError, FlowError, NoSuchFlowError, CatalogueError, OSError)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Which flow, and how the texts travel."""
    parser.add_argument("flow", help="a flow of the shelf, such as visit, or the path of a flow file")
    parser.add_argument("--channel", choices=CHANNELS, default="sms", help="how the texts travel (default: sms)")
    parser.add_argument(
        "--language", type=_language, default="en", help="the language of the contact, such as cy (default: en)"
    )
    parser.add_argument("--segments", action="store_true", help="show how many SMS each text takes")
    parser.add_argument("--save", action="store_true", help="write what was said as a talk beside the flow")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Talk until the flow ends, the person says STOP or closes the input.

    Raises:
        SettingsError, FlowError, CatalogueError: a setting, the flow or its translation is wrong.
        NoSuchFlowError: there is no flow of that name.
        OSError: the talk cannot be saved.
    """
    settings = Settings.read(environ, make=False)
    path = find(arguments.flow, settings.flows_dir)
    if hasattr(sys.stdin, "reconfigure"):
        sys.stdin.reconfigure(errors="replace")
    # Talks are played with their own number again, so a small one to read.
    on = stage(path, arguments.language, settings)

    def in_danger(text: str) -> str | None:
        cry = hear_danger(text, young_people=settings.young_people)
        return None if cry is None else said(settings, cry, on.words)

    talk = Talk(on, arguments.channel, arguments.language, randbelow(1000), in_danger)
    show = _printer(arguments.channel, arguments.segments)
    try:
        for text in talk.begin():
            show(text)
        while not talk.over:
            for text in talk.hear(input("> " if sys.stdin.isatty() else "")):
                show(text)
    except (EOFError, KeyboardInterrupt):
        print()
    if arguments.save:
        print(f"Saved in {save(path, talk)}.")
    return 0


def _language(code: str) -> str:
    if code.lower() not in LANGUAGES:
        raise argparse.ArgumentTypeError(no_language(code))
    return code.lower()


InDanger = Callable[[str], str | None]
"""Who to call, for a text of somebody in danger; None for any other text."""


class Talk:
    """One conversation kept in memory."""

    def __init__(
        self, on: Stage, channel: str, language: str = "en", chance: int = 0, in_danger: InDanger = lambda _: None
    ) -> None:
        self._in_danger = in_danger
        self._rehearsal = on.rehearse(channel, language, datetime.now(UTC).replace(microsecond=0), chance)
        self._began = datetime.now(UTC)
        keywords = on.flow.keywords
        self.said: list[Said] = [Said("me", keywords[0] if keywords else on.flow.id)]
        """Everything said so far, as a talk has it."""

    @property
    def over(self) -> bool:
        """Whether nothing more will be said."""
        return self._rehearsal.over

    @property
    def rehearsal(self) -> Rehearsal:
        """The conversation itself."""
        return self._rehearsal

    def begin(self) -> list[str]:
        """Start the flow; returns the texts it says."""
        return self._answered(self._rehearsal.begin())

    def hear(self, text: str) -> list[str]:
        """Take one line from the person; returns the texts that answer it."""
        if self.over:
            return []
        text = clean(text)
        if text.startswith("/"):
            return self._do(text[1:].strip())
        self._pass_time()
        self.said.append(Said("me", text))
        who_to_call = self._in_danger(text)
        if who_to_call is not None and self._rehearsal.run is not None:
            self._rehearsal.run = hold(self._rehearsal.run)
            return self._answered(who_to_call)
        return self._answered(self._rehearsal.hear(text))

    def _do(self, what: str) -> list[str]:
        kind, _, caption = what.partition(" ")
        wait = span_of(what.removesuffix("later").strip())
        if wait is not None:
            self.said.append(Said("clock", f"{what.removesuffix('later').strip()} later"))
            return self._answered("\n".join(self._rehearsal.wait(wait)))
        if kind in MEDIA_KINDS:
            self._pass_time()
            self.said.append(Said("me", caption, kind))
            return self._answered(self._rehearsal.hear(caption, (kind,)))
        return [f"/ can be `/1 day later`, {', '.join(f'`/{kind}`' for kind in MEDIA_KINDS)}."]

    def _pass_time(self) -> None:
        """As much time as has really gone by."""
        now = datetime.now(UTC)
        self._rehearsal.time += now - self._began
        self._began = now

    def _answered(self, text: str) -> list[str]:
        self.said.append(Said("bot", text))
        return [text] if text else []


def save(path: Path, talk: Talk) -> Path:
    """Write a conversation as a talk behind those that stand beside the flow; returns the file.

    Raises:
        FlowError: the talks file there is broken.
        OSError: it cannot be written.
    """
    file = path.with_name(path.stem + TALKS)
    before = file.read_text("utf-8") if file.is_file() else ""
    rehearsal = talk.rehearsal
    name = f"a talk of {datetime.now(UTC):%Y-%m-%d %H:%M}"
    said = talk_text(name, talk.said, rehearsal.answers, rehearsal.context, rehearsal.chance)
    text = f"{before.rstrip()}\n\n{said}" if before.strip() else said
    load_talks_text(text, file.name)
    replace_file(file, text)
    return file


def _printer(channel: str, with_segments: bool) -> Callable[[str], None]:
    def show(text: str) -> None:
        for line in text.splitlines():
            print(f"  {line}")
        if with_segments and channel == "sms":
            cost = segments(text)
            print(f"  [{cost.count} SMS, {cost.encoding}]")
        print(flush=True)

    return show
