"""One turn on its way through a flow: what is said, asked and left behind from node to node."""

from __future__ import annotations

from datetime import datetime

from flows import sentences, undoing
from flows.calls import MAX_CALLS, Flows, come_back, enter
from flows.chance import draw, shuffled
from flows.definition import END, Flow, Kind, Node, Question
from flows.events import (
    AnswerGiven,
    AnswerWithdrawn,
    AttributeSet,
    ConsentAnswered,
    Event,
    FlowStarted,
    GroupJoined,
    GroupLeft,
    Labelled,
    Notified,
    Outcome,
    QuestionAsked,
    QuestionPutOff,
    RunEnded,
    Said,
)
from flows.rendering import Voice
from flows.run import Context, Run, Status, Turn, microseconds
from flows.scope import Scope, Shown
from flows.text import clean, fill
from flows.understanding.answers import Understood, Verdict, understand
from flows.values import Value
from flows.words import Words

MAX_STEPS = 25
"""Nodes walked in one turn; a flow that needs more is broken, and the run ends with an apology."""

MAX_PATH = 50
"""Questions back that a run remembers."""

DAY = 24 * 3600 * 1_000_000
"""Microseconds between two questions of a flow that asks one a day."""


class Walk:
    """The run as it changes, and the events as they happen."""

    def __init__(self, flow: Flow, run: Run, context: Context, words: Words, now: datetime, flows: Flows) -> None:
        self.outer = flow
        self.flow = flow
        self.flows = flows
        self.run = run
        run.language = context.language
        self.words = words
        self.at = microseconds(now)
        self.day = now.date()
        self.scope = Scope(run, context, now)
        self.shown = Shown(self.scope)
        self.voice = Voice(words, context.channel, self.shown)
        self.events: list[Event] = []
        self.rest = ""
        """What followed an answer in this turn's text; a free-text question right after it takes it."""

    def turn(self) -> Turn:
        """The turn as far as it went."""
        return Turn(self.run, tuple(self.events))

    def waiting(self) -> tuple[Node, Question] | None:
        """The node the run waits at and its question; None, and the run ends, where the flow has no such question."""
        if self.run.status is not Status.OPEN:
            return None
        flow = self._flow_of_run()
        node = flow.nodes.get(self.run.node or "") if flow is not None else None
        question = self.question_of(node) if node is not None else None
        if flow is None or node is None or question is None:
            self.fail("the node is not in the flow")
            return None
        self.flow = flow
        return node, question

    def _flow_of_run(self) -> Flow | None:
        """The flow that runs now: the one the run began with, or one it goes through."""
        run = self.run
        return self.flows.pinned(run.flow, run.revision) if run.callers else self.outer

    def question_of(self, node: Node) -> Question | None:
        """A node's question, its choices in the order of this run."""
        question = node.question
        if question is not None and question.shuffle:
            return shuffled(question, self.run.chance, node.id)
        return question

    def said(self, text: str) -> None:
        """Say a text, if it is one."""
        if text:
            self.events.append(Said(text))

    def fail(self, reason: str) -> None:
        """End with an apology."""
        self.said(self.voice.say(sentences.APOLOGY))
        self.end(Status.FAILED, reason)

    def end(self, status: Status, reason: str) -> None:
        """End the run."""
        self.run.status, self.run.node, self.run.later, self.run.callers = status, None, 0, []
        self.events.append(RunEnded(status, reason))

    # Leaving a question.

    def accept(self, node: Node, question: Question, understood: Understood, text: str) -> None:
        """Keep an answer, and go on."""
        self.keep(node, question, understood.value, understood.label, text)
        self.rest = understood.rest
        self.finish(node)
        self.go(self.onward(node))

    def leave(self, node: Node, question: Question, outcome: Outcome, text: str) -> None:
        """Leave a question without a value, and go on."""
        self.forget(question)
        self.answered(node, question, outcome, None, text)
        if outcome is Outcome.UNCLEAR and question.otherwise is not None:
            self.go(question.otherwise)
            return
        if outcome is Outcome.SKIPPED:
            self.finish(node)
        self.go(self.onward(node))

    def keep(self, node: Node, question: Question, value: Value, label: str, text: str) -> None:
        """Remember an answer, and tell of it."""
        self.run.answers[question.save_as], self.run.labels[question.save_as] = value, label
        self.answered(node, question, Outcome.ANSWERED, value, text)
        if question.consent is not None:
            self.events.append(ConsentAnswered(question.consent, value is True))

    def forget(self, question: Question) -> None:
        """No answer is known any more."""
        self.run.answers.pop(question.save_as, None)
        self.run.labels.pop(question.save_as, None)

    def answered(self, node: Node, question: Question, outcome: Outcome, value: Value, text: str) -> None:
        """Tell that a question was left, and remember the way back to it."""
        where = (self.flow.id, self.flow.revision, node.id, question.save_as)
        self.events.append(AnswerGiven(*where, question.kind, outcome, value, clean(text), question.personal))
        if len(self.run.path) == MAX_PATH:
            undoing.forget_first(self.run)
        self.run.path = [*self.run.path[1 - MAX_PATH :], node.id]

    def withdraw(self, node: Node, question: Question) -> None:
        """Tell that what was answered at a node does not count any more."""
        self.events.append(AnswerWithdrawn(self.flow.id, self.flow.revision, node.id, question.save_as))

    def finish(self, node: Node) -> None:
        """What a node leaves behind: attributes, variables, groups, labels, and who is told."""
        if not (node.set or node.join or node.leave or node.label or node.notify):
            return  # as most do
        undoing.note(self.run, self.scope, node)
        self.set(node)
        self.run.tags = [*self.run.tags, *(label for label in node.label if label not in self.run.tags)]
        self.events += [GroupJoined(group) for group in node.join]
        self.events += [GroupLeft(group) for group in node.leave]
        self.events += [Labelled(label) for label in node.label]
        self.events += [Notified(who, fill(text, self.shown), text) for who, text in node.notify]

    def set(self, node: Node) -> None:
        """Give the values a node sets."""
        for name, expression in node.set:
            value = expression.evaluate(self.scope)
            if value is None or isinstance(value, tuple):
                continue  # a skipped answer does not wipe out what was known
            if name.startswith("contact."):
                self.scope.contact[name[8:]] = value
                self.events.append(AttributeSet(name[8:], value))
            else:
                self.run.variables[name] = value

    # Walking.

    def onward(self, node: Node) -> str | None:
        """Where a node that is done leads; None where the run has ended."""
        if node.start is not None:
            self.end(Status.COMPLETED, "another flow begins")
            self.events.append(FlowStarted(node.start))
            return None
        if node.run is None:
            return self._after(node)
        inner = self.flows.flow(node.run)
        if inner is None or len(self.run.callers) >= MAX_CALLS:
            self.fail("the flow to run is not there" if inner is None else "too many flows wait for one another")
            return None
        enter(self.run, node.id, inner)
        self.flow = inner
        return inner.first

    def _after(self, node: Node) -> str:
        if node.random:
            return draw(self.run.chance, f"{self.flow.id}.{node.id}", node.random)
        for branch in node.next:
            if branch.condition is None or branch.condition.holds(self.scope):
                return branch.then
        return self.flow.following[node.id]

    def go(self, node_id: str | None) -> None:
        """Walk from a node until the flow asks something or ends."""
        run = self.run
        run.tries, run.guess, run.guessed, run.rest, run.moved = 0, None, None, "", True
        for _ in range(MAX_STEPS):
            if node_id == END:
                node_id = self._end_of_flow()
            if node_id is None:
                return
            if node_id == END:
                continue
            node = self.flow.nodes[node_id]
            if node.when is not None and not node.when.holds(self.scope):
                node_id = self.flow.following[node_id]
                continue
            question = self.question_of(node)
            if question is not None and self._stays(node, question):
                return
            if question is None and node.say is not None:
                self.said(self.voice.pick(node.say))
            self.finish(node)
            node_id = self.onward(node)
        self.fail("too many steps")

    def _end_of_flow(self) -> str | None:
        """Behind the last node: back in the flow that waits, at what comes next there; None where the run is over."""
        run = self.run
        if not run.callers:
            self._thank()
            self.end(Status.COMPLETED, "done")
            return None
        node = come_back(run)
        flow = self._flow_of_run()
        if flow is None or node not in flow.nodes:
            self.fail("the flow that waited is not there")
            return None
        self.flow = flow
        return self._after(flow.nodes[node])

    def _stays(self, node: Node, question: Question) -> bool:
        """Ask a node's question, or put it off; False where the rest of this turn's text has answered it."""
        rest, self.rest = self.rest, ""
        understood = self._takes_rest(question, rest)
        if understood is None and self._must_wait(node):
            return True
        if node.say is not None:
            self.said(self.voice.pick(node.say))
        if understood is None:
            self.ask(node, question)
            return True
        self.keep(node, question, understood.value, understood.label, rest)
        return False

    def ask(self, node: Node, question: Question) -> None:
        """Ask, and wait."""
        self.run.node, self.run.asked_at, self.run.later = node.id, self.at, 0
        self.said(self.voice.question(question))
        self.events.append(QuestionAsked(node.id))

    def ask_in_time(self, node: Node, question: Question) -> bool:
        """Ask a question that was put off, where its time has come."""
        if not 0 < self.run.later <= self.at:
            return False
        if node.say is not None:
            self.said(self.voice.pick(node.say))
        self.ask(node, question)
        return True

    def _takes_rest(self, question: Question, rest: str) -> Understood | None:
        """What is left of this turn's text, as the answer to a free-text question, which then need not be asked."""
        # Not for personal questions: a reason is no first name.
        if not rest or question.kind is not Kind.TEXT or question.personal:
            return None
        understood = understand(question, rest, self.words, self.day)
        return understood if understood.outcome is Verdict.ACCEPTED else None

    def _must_wait(self, node: Node) -> bool:
        """Put a question off where the flow asks one a day and today's was asked."""
        run = self.run
        later = run.asked_at + DAY
        if not (self.outer.daily or self.flow.daily) or not run.asked_at or self.at >= later:
            return False
        run.node, run.later = node.id, later
        self.said(self.voice.say(sentences.TOMORROW))
        self.events.append(QuestionPutOff(node.id, later))
        return True

    def _thank(self) -> None:
        """Nobody's last answer is met with silence: thank them where the author has not said anything after it."""
        for event in reversed(self.events):
            if isinstance(event, Said):
                return
            if isinstance(event, AnswerGiven):
                self.said(self.voice.say(sentences.THANKS))
                return
