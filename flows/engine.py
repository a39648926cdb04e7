"""The engine: a function from a run and what happened to the next run and what to say.

No clock, no chance, no file, no store: time is an argument, and the caller keeps the run. Nothing a contact can write
makes it raise.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from flows import sentences
from flows.answers import Understood, Verdict, label_of, understand
from flows.definition import END, Flow, Kind, Node, Question, Value
from flows.events import (
    AnswerGiven,
    AttributeSet,
    ConsentAnswered,
    Event,
    GroupJoined,
    Outcome,
    QuestionAsked,
    RunEnded,
    Said,
)
from flows.reading import lead_in, lead_out, read
from flows.rendering import Voice
from flows.run import Context, Input, Run, Status, Trigger, Turn, microseconds
from flows.scope import Scope
from flows.text import clean, fold
from flows.words import Words

MAX_STEPS = 25
"""Nodes walked in one turn; a flow that needs more is broken, and the run ends with an apology."""

DOUBLE_TAP = 2_000_000
"""Microseconds within which the same text again is a finger that slipped, not a second answer."""

MAX_HEARD = 100
"""Characters of the last text kept to know it again."""


def start(flow: Flow, trigger: Trigger, words: Words, now: datetime) -> Turn:
    """Begin a run: say and ask until the flow waits for the contact, or ends."""
    run = Run(flow.id, flow.revision, trigger.context.language)
    run.heard, run.heard_at, run.moved = fold(trigger.text)[:MAX_HEARD], microseconds(now), True
    walk = _Walk(flow, run, trigger.context, words, now)
    walk.go(flow.first)
    return walk.turn()


def resume(flow: Flow, run: Run, reply: Input, words: Words, now: datetime) -> Turn:
    """Take a text from the contact as the answer to the question the run waits at.

    A run that is over, or waits at a node its flow does not have, is answered by no words or an apology.
    """
    walk = _Walk(flow, run.copy(), reply.context, words, now)
    if run.status is not Status.OPEN:
        return walk.turn()
    node = walk.waiting()
    if node is None or node.question is None:
        walk.fail("the node is not in the flow")
        return walk.turn()
    walk.hear(node, node.question, reply.text)
    return walk.turn()


def ask_again(flow: Flow, run: Run, context: Context, words: Words, now: datetime) -> Turn:
    """Say the waiting question again, as a reminder or on demand; nothing else changes."""
    walk = _Walk(flow, run.copy(), context, words, now)
    node = walk.waiting()
    if node is not None and node.question is not None:
        walk.said(walk.voice.question(node.question))
    return walk.turn()


class _Walk:
    """One turn on its way through a flow: the run as it changes, and the events as they happen."""

    def __init__(self, flow: Flow, run: Run, context: Context, words: Words, now: datetime) -> None:
        self.flow = flow
        self.run = run
        run.language = context.language
        self.words = words
        self.at = microseconds(now)
        self.day = now.date()
        self.scope = Scope(run, context, now)
        self.voice = Voice(words, context.channel, self.scope.shown)
        self.events: list[Event] = []
        self.rest = ""
        """What followed an answer in this turn's text; a free-text question right after it takes it."""

    def turn(self) -> Turn:
        return Turn(self.run, tuple(self.events))

    def waiting(self) -> Node | None:
        """The node the run waits at."""
        return self.flow.nodes.get(self.run.node) if self.run.node is not None else None

    def said(self, text: str) -> None:
        if text:
            self.events.append(Said(text))

    def fail(self, reason: str) -> None:
        self.said(self.voice.say(sentences.APOLOGY))
        self.end(Status.FAILED, reason)

    def end(self, status: Status, reason: str) -> None:
        self.run.status, self.run.node = status, None
        self.events.append(RunEnded(status, reason))

    # Hearing a reply.

    def hear(self, node: Node, question: Question, text: str) -> None:
        """Judge a reply to the waiting question."""
        heard = fold(text[:1600])
        twice = self._is_double_tap(heard)
        self.run.heard, self.run.heard_at = heard[:MAX_HEARD], self.at
        self.run.turns += 1
        if twice:
            self._say_again(sentences.TWICE, question)
            return
        self.run.moved = False
        if not heard:
            self._say_again(sentences.NO_WORDS, question)
        elif self.run.guess is None or not self._hear_guess(node, question, text):
            self._judge(node, question, text)

    def _is_double_tap(self, heard: str) -> bool:
        run = self.run
        if not run.moved or not heard or not 0 <= self.at - run.heard_at < DOUBLE_TAP:
            return False
        if heard[:MAX_HEARD] == run.heard:
            return True
        # The keyword that began the run was cut off before `heard` was kept.
        return run.turns == 0 and any(heard == f"{fold(word)} {run.heard}".strip() for word in self.flow.keywords)

    def _say_again(self, sentence: str, question: Question) -> None:
        self.said(self.voice.say(sentence))
        self.said(self.voice.question(question))

    def _hear_guess(self, node: Node, question: Question, text: str) -> bool:
        """Take the answer to "Did you mean …?"; False where the reply is something else."""
        guess, rest = self.run.guess, self.run.rest
        self.run.guess, self.run.rest = None, ""
        said = understand(_CONFIRM, text, self.words, self.day)
        if said.outcome is not Verdict.ACCEPTED:
            return False
        if said.value is True:
            label = label_of(question, guess, self.words)
            self._accept(node, question, Understood(Verdict.ACCEPTED, guess, label, said.rest or rest), text)
            return True
        if question.kind is Kind.YES_NO:
            return False  # here a no is the answer itself
        if said.rest:
            self._judge(node, question, text, said.rest)  # "no, very poor" holds a new answer
        else:
            self._retry(node, question, text)
        return True

    def _judge(self, node: Node, question: Question, text: str, meant: str = "") -> None:
        """Judge a text, or the part of it that is `meant` as the answer."""
        understood = understand(question, meant or text, self.words, self.day)
        taken = understood.outcome is Verdict.ACCEPTED
        # A choice that is called like a word for skipping wins; a free text would take any word.
        if (question.kind is Kind.TEXT or not taken) and self._is_skip(text):
            if question.optional:
                self._leave(node, question, Outcome.SKIPPED, text)
            else:
                self._say_again(sentences.CANNOT_SKIP, question)
        elif taken:
            self._accept(node, question, understood, text)
        elif understood.outcome is Verdict.UNSURE and understood.value is not None and not self.run.guessed:
            self.run.guess, self.run.guessed, self.run.rest = understood.value, True, understood.rest
            self.said(self.voice.say(sentences.DID_YOU_MEAN, {"label": understood.label}))
        else:
            self._retry(node, question, text)

    def _is_skip(self, text: str) -> bool:
        whole = fold(text[:100])
        if whole in self.words.skip and len(text) < 100:
            return True
        if whole.count(" ") > 8 or len(text) >= 100 or not _words_of(self.words.skip).intersection(whole.split()):
            return False
        reply = read(text, (), {})
        first, _ = lead_in(reply, self.words)
        last, _ = lead_out(reply, self.words, first)
        return reply.phrase(first, last - first) in self.words.skip

    def _retry(self, node: Node, question: Question, text: str) -> None:
        if self.run.tries < question.retry:
            self.run.tries += 1
            self.said(self.voice.retry(question, self.run.tries))
            return
        self._leave(node, question, Outcome.UNCLEAR, text)

    # Leaving a question.

    def _accept(self, node: Node, question: Question, understood: Understood, text: str) -> None:
        self.run.answers[question.save_as] = understood.value
        self.run.labels[question.save_as] = understood.label
        self.rest = understood.rest
        self._answered(node, question, Outcome.ANSWERED, understood.value, text)
        if question.consent is not None:
            self.events.append(ConsentAnswered(question.consent, understood.value is True))
        self._finish(node)
        self.go(self._next(node))

    def _leave(self, node: Node, question: Question, outcome: Outcome, text: str) -> None:
        """Leave a question without a value."""
        self.run.answers.pop(question.save_as, None)
        self.run.labels.pop(question.save_as, None)
        self._answered(node, question, outcome, None, text)
        if outcome is Outcome.UNCLEAR and question.otherwise is not None:
            self.go(question.otherwise)
            return
        if outcome is Outcome.SKIPPED:
            self._finish(node)
        self.go(self._next(node))

    def _answered(self, node: Node, question: Question, outcome: Outcome, value: Value, text: str) -> None:
        raw, personal = clean(text), question.personal
        where = (self.flow.id, self.flow.revision, node.id, question.save_as)
        self.events.append(AnswerGiven(*where, question.kind, outcome, value, raw, personal))

    def _finish(self, node: Node) -> None:
        """What a node leaves behind: attributes, variables, groups."""
        for name, expression in node.set:
            value = expression.evaluate(self.scope)
            if value is None:
                continue  # a skipped answer does not wipe out what was known
            if name.startswith("contact."):
                self.scope.contact[name[8:]] = value
                self.events.append(AttributeSet(name[8:], value))
            else:
                self.run.variables[name] = value
        self.events.extend(GroupJoined(group) for group in node.join)

    def _next(self, node: Node) -> str:
        for branch in node.next:
            if branch.condition is None or branch.condition.holds(self.scope):
                return branch.then
        return self.flow.following[node.id]

    # Walking.

    def go(self, node_id: str) -> None:
        """Walk from a node until the flow asks something or ends."""
        run = self.run
        run.tries, run.guess, run.guessed, run.rest, run.moved = 0, None, False, "", True
        for _ in range(MAX_STEPS):
            if node_id == END:
                self._thank()
                self.end(Status.COMPLETED, "done")
                return
            node = self.flow.nodes[node_id]
            if node.when is not None and not node.when.holds(self.scope):
                node_id = self.flow.following[node_id]
                continue
            if node.say is not None:
                self.said(self.voice.pick(node.say))
            if node.question is not None and not self._answered_already(node, node.question):
                run.node = node_id
                self.said(self.voice.question(node.question))
                self.events.append(QuestionAsked(node_id))
                return
            self._finish(node)
            node_id = self._next(node)
        self.fail("too many steps")

    def _thank(self) -> None:
        """Nobody's last answer is met with silence: thank them where the author has not said anything after it."""
        for event in reversed(self.events):
            if isinstance(event, Said):
                return
            if isinstance(event, AnswerGiven):
                self.said(self.voice.say(sentences.THANKS))
                return

    def _answered_already(self, node: Node, question: Question) -> bool:
        """Whether the rest of this turn's text answers a free-text question, which then need not be asked."""
        rest, self.rest = self.rest, ""
        # Not for personal questions: a reason is no first name.
        if not rest or question.kind is not Kind.TEXT or question.personal:
            return False
        understood = understand(question, rest, self.words, self.day)
        if understood.outcome is not Verdict.ACCEPTED:
            return False
        self.run.answers[question.save_as], self.run.labels[question.save_as] = understood.value, understood.label
        self._answered(node, question, Outcome.ANSWERED, understood.value, rest)
        return True


@lru_cache(maxsize=64)
def _words_of(phrases: frozenset[str]) -> frozenset[str]:
    """Every word of some phrases."""
    return frozenset(word for phrase in phrases for word in phrase.split())


_CONFIRM = Question(ask={"": ""}, kind=Kind.YES_NO, save_as="confirm")
"""The question behind "Did you mean …?"."""
