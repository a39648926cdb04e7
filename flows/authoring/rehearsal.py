"""A conversation in memory: what a contact, the engine and the clock say to each other. Nothing is kept.

The terminal, the talks beside a flow and the simulator all use it, so what an author tries is what residents get.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from flows import engine
from flows.calls import NO_OTHERS, Flows
from flows.definition import Flow
from flows.due import Due, next_due
from flows.events import AnswerGiven, AnswerWithdrawn, AttributeSet, GroupJoined, GroupLeft, Outcome
from flows.rendering import Voice
from flows.run import Context, Input, Run, Status, Trigger, Turn, microseconds
from flows.understanding.commands import Command
from flows.values import Plain
from flows.words import Words

MAX_STARTS = 5
"""Flows that may start one another in one turn."""


@dataclass(frozen=True, slots=True)
class Stage:
    """What a conversation is tried on: the flow and the words of its language, and what the service adds to them.

    `spoken` is what the service itself says to a command, in English: STOP, HELP. `keep_days` is how long it keeps
    answers where the flow does not say.
    """

    flow: Flow
    words: Words
    flows: Flows = NO_OTHERS
    spoken: Mapping[Command, str] = field(default_factory=dict)
    organisation: str = "Sayso"
    keep_days: int = 730

    def rehearse(self, channel: str, language: str, time: datetime, chance: int) -> Rehearsal:
        """One conversation, begun at `time`."""
        return Rehearsal(self, Context(channel, language, self.organisation), time, chance)


@dataclass(slots=True)
class Rehearsal:
    """One conversation.

    `answers` holds the last answer by its name: a key, yes or no, a number, the words, `skipped` or `unclear`.
    """

    stage: Stage
    context: Context
    time: datetime
    chance: int = 0
    run: Run | None = None
    answers: dict[str, str] = field(default_factory=dict)
    turns: list[Turn] = field(default_factory=list)
    """Every turn of the engine so far."""
    flow: Flow = field(init=False)
    """Where the conversation is: one flow may start another."""

    def __post_init__(self) -> None:
        self.flow = self.stage.flow

    @property
    def over(self) -> bool:
        """Whether nothing more will be said."""
        return self.run is not None and self.run.status is not Status.OPEN

    def begin(self, text: str = "") -> str:
        """Start the flow; `text` is what stood behind the keyword. Returns what is said."""
        trigger = Trigger("keyword", self.context, text, self.chance)
        turn = engine.start(self.flow, trigger, self.stage.words, self.time, self.stage.flows)
        return "\n".join(self._take(turn))

    def hear(self, text: str, media: tuple[str, ...] = (), location: tuple[float, float] | None = None) -> str:
        """Take one text of the contact; returns what is said."""
        if self.run is None or self.over:
            return ""
        reply = Input(text, self.context, media, location)
        turn = engine.resume(self.flow, self._stored(), reply, self.stage.words, self.time, self.stage.flows)
        if turn.asks is None:
            return "\n".join(self._take(turn))
        if turn.asks is Command.STOP:
            self.run.status = Status.STOPPED
        kept = self.flow.keep.days if self.flow.keep else self.stage.keep_days
        known: dict[str, Plain] = {
            "organisation": self.context.organisation,
            "purpose": self.flow.purpose,
            "days": kept,
        }
        voice = Voice(self.stage.words, self.context.channel, known)
        return "\n".join(voice.say(sentence) for sentence in self.stage.spoken.get(turn.asks, "").splitlines())

    def wait(self, span: timedelta) -> list[str]:
        """Let time pass; returns what is said meanwhile: reminders, and questions whose day has come."""
        until = self.time + span
        said: list[str] = []
        while self.run is not None and not self.over:
            at, what = next_due(self.flow, self.run)
            if at > microseconds(until):
                break
            self.time += timedelta(microseconds=max(0, at - microseconds(self.time)))
            if what is Due.END:
                self.run.status = Status.EXPIRED
                break
            act = engine.carry_on if what is Due.QUESTION else engine.ask_again
            turn = act(self.flow, self._stored(), self.context, self.stage.words, self.time, self.stage.flows)
            turn.run.reminders += what is Due.REMINDER
            said += self._take(turn)
        self.time = until
        return said

    def _stored(self) -> Run:
        """The run as it is between two real texts: through the stored document and back."""
        assert self.run is not None  # noqa: S101 -- for the type checker; the callers have looked
        return Run.from_json(self.run.to_json())

    def _take(self, turn: Turn) -> Iterable[str]:
        said = []
        for _ in range(MAX_STARTS):
            self.turns.append(turn)
            self.run = turn.run
            self._learn(turn)
            if turn.text:
                said.append(turn.text)
            other = self.stage.flows.flow(turn.starts) if turn.starts is not None else None
            if other is None:
                break
            self.flow = other
            trigger = Trigger("flow", self.context, "", self.chance)
            turn = engine.start(other, trigger, self.stage.words, self.time, self.stage.flows)
        return said

    def _learn(self, turn: Turn) -> None:
        for event in turn.events:
            if isinstance(event, AnswerGiven):
                answered = event.outcome is Outcome.ANSWERED
                self.answers[event.save_as] = written(event.value) if answered else event.outcome.value
            elif isinstance(event, AnswerWithdrawn):
                self.answers.pop(event.save_as, None)
            elif isinstance(event, AttributeSet):
                self._set(event.name, event.value)
            elif isinstance(event, GroupJoined):
                self.context = replace(self.context, groups=self.context.groups | {event.group})
            elif isinstance(event, GroupLeft):
                self.context = replace(self.context, groups=self.context.groups - {event.group})

    def _set(self, name: str, value: Plain) -> None:
        self.context = replace(self.context, contact={**self.context.contact, name: value})


def written(value: object) -> str:
    """A value as a talk writes it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return " ".join(value)
    return "" if value is None else str(value)
