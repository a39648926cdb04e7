"""Hearing one text at the question a run waits at: an answer, a word about the conversation, or neither."""

from __future__ import annotations

from functools import lru_cache

from flows import sentences, undoing
from flows.definition import OTHER, Kind, Node, Question
from flows.events import CommandHeard, Outcome
from flows.offering import NO, YES
from flows.run import Input
from flows.text import clean, fold
from flows.understanding.answers import Understood, Verdict, accepted, understand
from flows.understanding.commands import Command, hear
from flows.understanding.judging import judge
from flows.values import Value
from flows.walk import Walk

DOUBLE_TAP = 2_000_000
"""Microseconds within which the same text again is a finger that slipped, not a second answer."""

CROSSED = 600 * 1_000_000
"""Microseconds after a question within which a text may still answer anew the one before it."""

MAX_HEARD = 100
"""Characters of the last text kept to know it again."""

_OPEN = (Kind.TEXT, Kind.MEDIA)
_FIGURED = (Kind.CHOICE, Kind.MANY, Kind.NUMBER, Kind.SCALE, Kind.DATE)
"""Kinds of question that take any words."""

_CONFIRM = Question(ask={"": ""}, kind=Kind.YES_NO, save_as="confirm")
"""The question behind "Did you mean …?"."""


class Hearing:
    """One text at one question."""

    def __init__(self, walk: Walk, node: Node, question: Question, reply: Input) -> None:
        self.walk = walk
        self.run = walk.run
        self.node = node
        self.question = question
        self.reply = reply
        self.text = reply.text

    def hear(self) -> None:
        """Judge the text, and go on from it."""
        run, text = self.run, self.text
        heard = fold(text[:1600])
        twice = self._is_double_tap(heard)
        run.heard, run.heard_at = heard[:MAX_HEARD], self.walk.at
        run.turns += 1
        if twice:
            self._say_again(sentences.TWICE)
            return
        run.moved = False
        self.paused, run.paused = run.paused, False
        self.held, run.held = run.held, False
        if run.later:
            self._hear_early(heard)
        elif self.reply.tapped is not None and self._take_tapped(self.reply.tapped):
            pass
        elif not heard:
            self._hear_no_words()
        elif self.reply.media and self._takes_media():
            pass
        elif run.guess is None or not self._hear_guess():
            self._judge(text)

    def _is_double_tap(self, heard: str) -> bool:
        run = self.run
        if not run.moved or not heard or not 0 <= self.walk.at - run.heard_at < DOUBLE_TAP:
            return False
        if heard[:MAX_HEARD] == run.heard:
            return True
        # The keyword that began the run was cut off before `heard` was kept.
        rest = f" {run.heard}" if run.heard else ""
        return (
            run.turns == 0 and heard.endswith(rest) and heard[: -len(rest) or None] in _folded(self.walk.outer.keywords)
        )

    def _say_again(self, sentence: str = "") -> None:
        """Say the question again, after a sentence; a question that is put off stays put off."""
        walk = self.walk
        self.run.guess, self.run.rest = None, ""
        if sentence:
            walk.said(walk.voice.say(sentence))
        walk.said(walk.voice.say(sentences.TOMORROW) if self.run.later else walk.voice.question(self.question))

    def _take_tapped(self, key: str) -> bool:
        """Take what was tapped, by its key and not by its words; False where this question has no such answer."""
        run, question = self.run, self.question
        value: Value
        if run.guess is not None and key == YES:
            value = run.guess
        elif question.kind is Kind.YES_NO and key in (YES, NO):
            value = key == YES
        elif run.guess is not None and key == NO:
            run.guess, run.rest = None, ""
            self._retry(self.text)
            return True
        elif question.kind is Kind.CHOICE and any(choice.key == key for choice in question.choices):
            value = key
        else:
            return False
        rest, run.guess, run.rest = run.rest, None, ""
        self.walk.accept(self.node, question, accepted(question, value, rest, self.walk.words), self.text)
        return True

    # What is no plain answer.

    def _hear_early(self, heard: str) -> None:
        """A text while the next question is put off: a command, a late answer, or a question whose time has come."""
        walk = self.walk
        if walk.ask_in_time(self.node, self.question):
            return
        command = hear(self.text, walk.words) if heard else None
        if command is not None and command is not Command.SKIP:
            self._obey(command)
        elif not self._belongs_before():
            self._say_again()

    def _hear_no_words(self) -> None:
        if self.question.kind is Kind.LOCATION and self.reply.location is not None:
            latitude, longitude = self.reply.location
            places = self.question.precision
            spot = f"{latitude:.{places}f},{longitude:.{places}f}"
            # The phone's own figures are not kept anywhere.
            self.walk.accept(self.node, self.question, Understood(Verdict.ACCEPTED, spot, spot), "")
        elif not self.reply.media:
            self._say_again(sentences.NO_WORDS)
        elif not self._takes_media():
            if self.question.kind is Kind.MEDIA:
                self._retry("")
            else:
                self._say_again(sentences.NO_PICTURES)

    def _takes_media(self) -> bool:
        kind = next((kind for kind in self.reply.media if kind in self.question.kinds), None)
        if self.question.kind is not Kind.MEDIA or kind is None:
            return False
        caption = clean(self.text).strip()[: self.question.max_length]
        self.walk.accept(self.node, self.question, Understood(Verdict.ACCEPTED, kind, caption or kind), self.text)
        return True

    def _hear_guess(self) -> bool:
        """Take the answer to "Did you mean …?"; False where the reply is something else."""
        question, walk = self.question, self.walk
        guess, rest = self.run.guess, self.run.rest
        self.run.guess, self.run.rest = None, ""
        said = understand(_CONFIRM, self.text, walk.words, walk.day)
        if said.outcome is not Verdict.ACCEPTED:
            return False
        if said.value is True:
            walk.accept(self.node, question, accepted(question, guess, said.rest or rest, walk.words), self.text)
            return True
        if question.kind is Kind.YES_NO:
            return False  # here a no is the answer itself
        if said.rest:
            self._judge(said.rest)  # "no, very poor" holds a new answer
        else:
            self._retry(self.text)
        return True

    # Answers and commands.

    def _judge(self, meant: str) -> None:
        """Judge the text, or the part of it that is meant as the answer."""
        walk, run, question = self.walk, self.run, self.question
        understood = judge(question, meant, walk.words, walk.day)
        if isinstance(understood, Command):
            self._obey(understood)
        elif understood.outcome is Verdict.ACCEPTED and not (self.held and question.kind in _OPEN):
            walk.accept(self.node, question, understood, self.text)
        elif self.paused:
            self._say_again(sentences.CALM if self.held else "")
        elif understood.outcome is Verdict.UNSURE and self._may_ask_back(understood.value):
            run.guess, run.guessed, run.rest = understood.value, understood.value, understood.rest
            walk.said(walk.voice.say(sentences.DID_YOU_MEAN, {"label": understood.label}))
        elif understood.outcome is Verdict.UNSURE or not self._belongs_before():
            self._retry(self.text)

    def _may_ask_back(self, value: Value) -> bool:
        """Each guess once; another one costs a try, so that nobody is asked back for ever."""
        run = self.run
        if value is None or run.guessed is None:
            return value is not None
        if value == run.guessed or run.tries >= self.question.retry:
            return False
        run.tries += 1
        return True

    def _retry(self, text: str) -> None:
        if self.run.tries < self.question.retry:
            self.run.tries += 1
            self.walk.said(self.walk.voice.retry(self.question, self.run.tries))
            return
        self.walk.leave(self.node, self.question, Outcome.UNCLEAR, text)

    def _obey(self, command: Command) -> None:
        """Do what a word about the conversation asks; what is for the service is only told."""
        walk = self.walk
        match command:
            case Command.SKIP if self.question.optional:
                walk.leave(self.node, self.question, Outcome.SKIPPED, self.text)
            case Command.SKIP:
                self._say_again(sentences.CANNOT_SKIP)
            case Command.BACK:
                self._go_back()
            case Command.AGAIN | Command.START:
                self._say_again()
            case Command.PAUSE:
                self.run.paused = True
                walk.said(walk.voice.say(sentences.PAUSED))
            case _:
                walk.events.append(CommandHeard(command))

    # The question before.

    def _before(self) -> tuple[Node, Question] | None:
        """The question that was left last in this flow."""
        node = self.walk.flow.nodes.get(self.run.path[-1]) if self.run.path else None
        question = self.walk.question_of(node) if node is not None else None
        return None if node is None or question is None else (node, question)

    def _go_back(self) -> None:
        """Ask the question before this one again; its answer no longer counts."""
        walk, run = self.walk, self.run
        before = self._before()
        if before is None:
            self._say_again(sentences.NO_WAY_BACK)
            return
        node, question = before
        run.path = run.path[:-1]
        run.tries, run.guess, run.guessed, run.rest, run.moved = 0, None, None, "", True
        walk.events += undoing.take_back(run, walk.scope)
        walk.forget(question)
        walk.withdraw(node, question)
        walk.ask(node, question)

    def _belongs_before(self) -> bool:
        """Take a text that crossed our question on its way: only the question before can take it."""
        walk, run = self.walk, self.run
        before = self._before()
        if before is None or before[1].kind in (*_OPEN, Kind.LOCATION):
            return False
        node, question = before
        known = run.answers.get(question.save_as)
        # Once answered, only what was written just now can be meant for it, and a yes is too easily said.
        crossed = self.walk.at - run.asked_at < CROSSED and question.kind is not Kind.YES_NO and not self._is_figure()
        understood = understand(question, self.text, walk.words, walk.day)
        if understood.outcome is not Verdict.ACCEPTED or understood.value in (OTHER, (OTHER,)):
            return False
        if known is not None and understood.value == known:
            self._say_again(sentences.HAVE_THAT)
            return True
        if known is not None and not crossed:
            return False
        walk.withdraw(node, question)
        run.path = run.path[:-1]
        walk.keep(node, question, understood.value, understood.label, self.text)
        walk.set(node)
        walk.said(walk.voice.say(sentences.CHANGED, {"label": understood.label}))
        self._say_again()
        return True

    def _is_figure(self) -> bool:
        """Whether a figure came where figures answer: a slip, more likely than a text that crossed our question."""
        return not self.run.later and self.question.kind in _FIGURED and self.text.lstrip()[:1].isdecimal()


@lru_cache(maxsize=256)
def _folded(keywords: tuple[str, ...]) -> frozenset[str]:
    return frozenset(map(fold, keywords))
