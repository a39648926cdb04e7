"""A conversation with the engine, its state through JSON between two texts."""

from __future__ import annotations

from datetime import timedelta

from flows import engine
from flows.calls import NO_OTHERS, Flows
from flows.definition import Flow
from flows.events import AnswerGiven, Event, Outcome
from flows.run import Context, Input, Run, Trigger, Turn
from tests.flows.surroundings import CONTEXT, NOW, WORDS


class Talk:
    """A conversation with a flow; every text comes a minute after the one before, unless told otherwise."""

    def __init__(
        self, flow: Flow, context: Context = CONTEXT, keyword_rest: str = "", chance: int = 0, flows: Flows = NO_OTHERS
    ) -> None:
        self.flow = flow
        self.flows = flows
        self.context = context
        self.now = NOW
        self.turn = engine.start(flow, Trigger("keyword", context, keyword_rest, chance), WORDS, NOW, flows)

    @property
    def run(self) -> Run:
        return self.turn.run

    @property
    def text(self) -> str:
        return self.turn.text

    def say(
        self,
        text: str,
        after: float = 60,
        media: tuple[str, ...] = (),
        location: tuple[float, float] | None = None,
    ) -> str:
        self.now += timedelta(seconds=after)
        stored = Run.from_json(self.run.to_json())
        reply = Input(text, self.context, media, location)
        self.turn = engine.resume(self.flow, stored, reply, WORDS, self.now, self.flows)
        return self.text

    def carry_on(self, after: float) -> str:
        self.now += timedelta(seconds=after)
        stored = Run.from_json(self.run.to_json())
        self.turn = engine.carry_on(self.flow, stored, self.context, WORDS, self.now, self.flows)
        return self.text

    def events(self, kind: type[Event]) -> list[Event]:
        return [event for event in self.turn.events if isinstance(event, kind)]


def answers(turn: Turn) -> list[tuple[str, Outcome, object]]:
    return [(event.save_as, event.outcome, event.value) for event in turn.events if isinstance(event, AnswerGiven)]
