"""The passage of a person through a flow, in one turn: begun, gone on with, ended, and what is kept of it."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import randbits

from bot.conversations import buttons, joining, marks
from bot.conversations.exchange import Exchange, Reply
from bot.conversations.follow_ups import follow
from bot.conversations.reminders import next_look
from flows import engine
from flows.authoring.rehearsal import MAX_STARTS
from flows.definition import Flow
from flows.events import AnswerGiven, AnswerWithdrawn, AttributeSet, ConsentAnswered, GroupJoined
from flows.run import Run, Status, Trigger, Turn
from flows.values import Value
from storage.ids import new_id


class Passage(Exchange):
    """An exchange with somebody who is in a conversation, or begins one."""

    begun = 0
    """Flows begun in this turn: one may start another."""

    def around(self, flow: Flow) -> buttons.Surroundings:
        """Everything about this person and moment that decides what a question looks like."""
        words, context = self.surroundings(flow)
        return buttons.Surroundings(context, words, self.now, self.service.shelf.others(flow.language))

    def is_over(self, flow: Flow, state: Run) -> bool:
        """Whether a run has expired though the clock has not ended it yet."""
        return self.at >= state.heard_at + flow.expires.total_seconds() * 1_000_000

    def begin(self, flow_id: str, rest: str, kind: str = "keyword", said: str = "") -> Reply:
        """Start a flow; `said` is what a flow before it has said in this turn."""
        self.begun += 1
        revision_id, flow = self.service.shelf.current(flow_id, self.language)
        words, context = self.surroundings(flow)
        trigger = Trigger(kind, context, rest, chance=randbits(32))
        turn = engine.start(flow, trigger, words, self.now, self.service.shelf.others(flow.language))
        joining.agree(self)
        self.run_id = new_id()
        self.stored.start_run(
            self.run_id,
            contact_id=self.contact_id,
            flow=flow.id,
            revision_id=revision_id,
            state=turn.run.to_json(),
            waiting_node=turn.run.node,
            channel=self.inbound.channel,
            language=turn.run.language,
            trigger=kind,
            status=turn.run.status,
            day=self.service.day(self.now),
            now=self.at,
            ended_at=None if turn.run.status is Status.OPEN else self.at,
        )
        self._mark(marks.at_start(flow, self.groups, self.attributes, answered_for=self.answered_for))
        if turn.run.status is Status.OPEN:
            self.stored.set_due(self.run_id, next_look(flow, turn.run))
        return self._record(flow, turn, said)

    def ask_again(self, flow: Flow, state: Run) -> Reply:
        """Ask the waiting question once more."""
        words, context = self.surroundings(flow)
        others = self.service.shelf.others(flow.language)
        return self.apply(flow, engine.ask_again(flow, state, context, words, self.now, others))

    def ask_on(self, said: str) -> Reply:
        """Say something, and the waiting question after it, where there is one."""
        run = self.stored.run
        if run is None:
            return self.finish(said)
        flow = self.service.shelf.revision(run.revision_id, self.language)
        words, context = self.surroundings(flow)
        state, others = Run.from_json(run.state), self.service.shelf.others(flow.language)
        turn = engine.ask_again(flow, state, context, words, self.now, others)
        return self.apply(flow, turn, f"{said}\n{turn.text}".strip())

    def apply(self, flow: Flow, turn: Turn, text: str | None = None) -> Reply:
        """Keep what a turn did; `text` is said instead of what the turn says."""
        run = self.stored.run
        assert run is not None  # noqa: S101 -- for the type checker; only an open run goes on
        if any(isinstance(event, AnswerGiven) for event in turn.events):
            joining.agree(self)
        over = turn.run.status is not Status.OPEN
        self.stored.save_run(
            run.id, turn.run.to_json(), turn.run.node, turn.run.status, self.at, ended_at=self.at if over else None
        )
        if over:
            self.stored.clear_due(run.id)
        elif turn.run.later:
            # All else the clock works out when it looks next; a question put off comes before that.
            self.stored.set_due(run.id, next_look(flow, turn.run))
        return self._record(flow, turn, text=text)

    def end(self, status: Status) -> None:
        """End the open run from outside."""
        assert self.run_id is not None  # noqa: S101 -- for the type checker; only an open run is ended
        self.stored.end_open_run(self.run_id, status, self.at)
        self.stored.clear_due(self.run_id)
        self.run_id = None

    # What the turn leaves behind.

    def _record(self, flow: Flow, turn: Turn, before: str = "", text: str | None = None) -> Reply:
        attributes = dict(self.attributes)
        for event in turn.events:
            if isinstance(event, AnswerGiven):
                self._add_answer(flow, turn.run, event)
            elif isinstance(event, AnswerWithdrawn):
                self.stored.withdraw_answer(self.run_id, event.flow, event.node)
                if event.save_as in flow.breakdown and self.run_id is not None:
                    self.stored.clear_marks(self.run_id, event.save_as)
            elif isinstance(event, AttributeSet):
                attributes[event.name] = event.value
                if event.value is None:
                    del attributes[event.name]
                self._mark_anew(event.name, marks.of_attribute(flow, event.name, event.value))
            elif isinstance(event, GroupJoined):
                self.stored.join_group(self.contact_id, event.group, self.at)
                self.groups |= {event.group}
            elif isinstance(event, ConsentAnswered):
                self.stored.add_consent(
                    contact_id=self.contact_id,
                    kind="given" if event.given else "refused",
                    scope=event.scope,
                    wording=flow.revision,
                    language=turn.run.language,
                    channel=self.inbound.channel,
                    message_id=self.message_id,
                    now=self.at,
                )
        if attributes != self.attributes:
            self._save_attributes(attributes)
            self.attributes = attributes
        if turn.run.status is Status.FAILED:
            self.stored.add_alert("flow failed", self.contact_id, self.run_id, self.message_id, flow.id, self.at)
        follow(self, flow, turn)
        said = "\n".join(filter(None, (before, turn.text if text is None else text)))
        if turn.starts is not None and self.begun < MAX_STARTS and self.service.shelf.offered(turn.starts) is not None:
            return self.begin(turn.starts, "", "flow", said)
        if self.inbound.channel != "whatsapp" or self.run_id is None or not turn.text or not said.endswith(turn.text):
            return self.finish(said)
        return self.finish(said, buttons.content(said, self.run_id, flow, turn.run, self.around(flow)))

    def _save_attributes(self, attributes: Mapping[str, Value]) -> None:
        self.stored.set_attributes(self.contact_id, dict(attributes))
        language = attributes.get("language")
        if isinstance(language, str) and language != self.language:
            self.stored.set_language(self.contact_id, language)

    def _mark(self, found: list[tuple[str, str]]) -> None:
        for dimension, part in found:
            if self.run_id is not None:
                self.stored.add_mark(self.run_id, dimension, part)

    def _mark_anew(self, name: str, found: list[tuple[str, str]]) -> None:
        """A mark in place of the one the run bore by what was known of them before."""
        if found and self.run_id is not None and self.attributes.get(name) is not None:
            self.stored.clear_marks(self.run_id, name)
        self._mark(found)

    def _add_answer(self, flow: Flow, run: Run, event: AnswerGiven) -> None:
        asked_by = flow if event.flow == flow.id else self.service.shelf.flow(event.flow) or flow
        self._mark(marks.of_answer(flow, event.save_as, event.value))
        self.add_answer(
            event,
            revision_id=self.service.shelf.revision_id(event.flow, event.revision),
            language=run.language,
            purpose=asked_by.purpose,
            basis=asked_by.basis,
        )
