"""The first page after signing in: what needs a person first, then how things stand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, make_response, render_template

from bot.console.access import EVERYONE_IN, allow
from bot.console.language import say
from bot.service import Service
from flows.run import microseconds
from storage import heartbeats

STALE = 60 * 1_000_000
"""Microseconds without a sign of life after which a process is taken to be away."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the service, and whether it works, in plain words."""

    name: str
    well: bool
    words: str


def add_pages(routes: Blueprint, service: Service) -> None:
    """The pages of this module."""

    @routes.get("/")
    @allow(EVERYONE_IN)
    def home() -> Response:
        with service.database.reading() as db:
            beats = heartbeats.read(db)
        return make_response(render_template("console/home.html", parts=_parts(beats, microseconds(service.now()))))


def _parts(beats: Mapping[str, tuple[int, str]], now: int) -> list[Part]:
    """How store, clock, workers and queue stand. The store has just been read."""
    alive = {name: now - beats.get(name, (0, ""))[0] <= STALE for name in ("clock", "worker", "queue")}
    queue = alive["queue"] and beats["queue"][1] == "ok"
    return [
        Part(say("Answers are kept"), True, say("The store works.")),
        Part(
            say("Reminders and prompts"),
            alive["clock"],
            say("The clock runs.") if alive["clock"] else say("The clock does not run: nothing leaves by itself."),
        ),
        Part(
            say("Counting"),
            alive["worker"] and queue,
            say("Workers count answers as they come.")
            if alive["worker"] and queue
            else say("No worker is seen: residents are answered, but counts and prompts wait."),
        ),
    ]
