"""A crowd, one person after another, through the engine; and what is counted on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random
from typing import Any

from bot.simulating.crowd import SILENT, answer, assent, reply
from flows.authoring.playing import BEGINNING
from flows.authoring.rehearsal import Stage
from flows.definition import Question
from flows.events import AnswerGiven, Outcome, QuestionAsked, RunEnded
from flows.run import Run, Status, Turn
from flows.text import segments

MOST_TEXTS = 120
"""Texts of one person after which a run counts as never ending."""

ENOUGH_TRIES = 20
"""Good answers to one question, in a whole crowd, after which it should have taken one."""

_LONGER_THAN_ANY = timedelta(days=400)


@dataclass(slots=True)
class Counted:
    """What happened to a crowd. Questions go by `flow.node`."""

    people: int = 0
    ended: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    """Persons who met a question."""
    left: Counter[str] = field(default_factory=Counter)
    """Persons whose run ended, uncompleted, while a question waited."""
    replies: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    """Replies that did not move a question on and were no command."""
    doubted: Counter[str] = field(default_factory=Counter)
    """Replies that were asked back about: did you mean …?"""
    answered: Counter[str] = field(default_factory=Counter)
    tried: Counter[str] = field(default_factory=Counter)
    """Texts written to be a good answer."""
    texts: int = 0
    parts: int = 0
    price: int = 0
    """Thousandths of a penny."""
    failed: Counter[str] = field(default_factory=Counter)

    @property
    def dead_ends(self) -> list[str]:
        """What keeps people from ever reaching the end, in words."""
        found = [f"{count} of {self.people} runs: {reason}." for reason, count in sorted(self.failed.items())]
        for place, count in sorted(self.tried.items()):
            if count >= ENOUGH_TRIES and not self.answered[place]:
                found.append(f"{place}: none of {count} good answers was taken — nobody can get past with an answer.")
        if self.people and not self.ended[Status.COMPLETED]:
            found.append(f"None of {self.people} runs was completed.")
        return found


def simulate(stage: Stage, number: int, seed: int, price: Any, counted: Counted) -> None:
    """Send one person through; chance depends on the seed and the person's number only."""
    _Person(stage, Random(f"{seed}/{number}"), price, counted).go()  # noqa: S311 -- a crowd, not a secret


class _Person:
    """One of the crowd."""

    def __init__(self, stage: Stage, chance: Random, price: Any, counted: Counted) -> None:
        self.chance, self.price, self.counted = chance, price, counted
        self.talk = stage.rehearse("sms", stage.flow.language, BEGINNING, chance.randrange(1000))
        self.met: set[str] = set()
        self.seen = 0

    def go(self) -> None:
        counted, talk = self.counted, self.talk
        counted.people += 1
        self._sent([talk.begin()])
        for _ in range(MOST_TEXTS):
            self._look()
            if talk.over:
                break
            if not self._write():
                break
        else:
            counted.failed[f"not over after {MOST_TEXTS} texts, at {self.place}"] += 1
        status = talk.run.status if talk.run is not None else Status.FAILED
        counted.ended[status] += 1

    @property
    def place(self) -> str:
        run = self.talk.run
        return f"{run.flow}.{run.node}" if run is not None else ""

    def _question(self) -> Question | None:
        run = self.talk.run
        flow = None
        if run is not None:
            flow = self.talk.flow if run.flow == self.talk.flow.id else self.talk.stage.flows.flow(run.flow)
        node = flow.nodes.get(run.node or "") if flow is not None and run is not None else None
        return node.question if node is not None else None

    def _write(self) -> bool:
        """One more text, or the silence that ends it; False where no more comes."""
        talk, place, question = self.talk, self.place, self._question()
        run = talk.run
        if question is None or run is None:
            return False
        if run.later:
            self._sent(talk.wait(timedelta(days=1, minutes=1)))
            return True
        sober = self.chance.random() < 0.5
        text = self._good(question, run) if sober else reply(question, self.chance)
        if text is SILENT:
            self._sent(talk.wait(_LONGER_THAN_ANY))
            self.counted.left[place] += 1
            return False
        talk.time += timedelta(minutes=1)
        self.counted.replies[place] += 1
        self.counted.tried[place] += sober and run.guess is None
        before = len(talk.turns)
        self._sent([talk.hear(text)])
        turns = talk.turns[before:]
        if turns and not any(isinstance(event, AnswerGiven) for turn in turns for event in turn.events):
            asked_back = talk.run is not None and talk.run.guess is not None
            self.counted.doubted[place] += asked_back
            self.counted.missed[place] += self.place == place and not asked_back
        if talk.over and talk.run is not None and talk.run.status is not Status.COMPLETED:
            self.counted.left[place] += 1
        return True

    def _good(self, question: Question, run: Run) -> str:
        return answer(question, self.chance) if run.guess is None else assent(self.chance)

    def _sent(self, said: list[str]) -> None:
        for text in filter(None, said):
            self.counted.texts += 1
            self.counted.parts += segments(text).count
            self.counted.price += self.price(text)

    def _look(self) -> None:
        """Count what the last turns told."""
        turns = self.talk.turns[self.seen :]
        self.seen = len(self.talk.turns)
        for turn in turns:
            for event in turn.events:
                self._count(turn, event)

    def _count(self, turn: Turn, event: object) -> None:
        counted = self.counted
        if isinstance(event, QuestionAsked) and (place := f"{turn.run.flow}.{event.node}") not in self.met:
            self.met.add(place)
            counted.asked[place] += 1
        elif isinstance(event, AnswerGiven) and event.outcome is Outcome.ANSWERED:
            counted.answered[f"{event.flow}.{event.node}"] += 1
        elif isinstance(event, RunEnded) and event.status is Status.FAILED:
            counted.failed[event.reason] += 1
