"""One text in, one reply out: the use case everything else serves.

A turn is one transaction: the inbound is stored once per (channel, provider id), the contact is locked, consent
words are heard before any flow, the engine runs, and run, answers and reply are stored together. The same provider
id again gives the stored reply and changes nothing.
"""

from __future__ import annotations

from bot import sentences
from bot.champions import entrance as champions
from bot.channels import Inbound
from bot.conversations import (
    buttons,
    calling,
    discretion,
    doubts,
    fixing,
    joining,
    lateness,
    marks,
    rights,
    sharing,
    stopping,
    tongue,
)
from bot.conversations.danger import hear_danger
from bot.conversations.exchange import SENT_IN_ANSWER, Reply, again
from bot.conversations.guards import is_machine, is_silent
from bot.conversations.passage import Passage
from bot.conversations.safeguarding import answer as answer_danger
from bot.service import Service
from flows import engine
from flows.definition import Flow
from flows.events import AnswerGiven
from flows.run import Context, Input, Run, Status, Turn
from flows.understanding.commands import Command, hear
from storage.conversations.found import text_of
from storage.conversations.turns import StoredTurn, open_turn


def take_turn(service: Service, inbound: Inbound, reply_status: str = SENT_IN_ANSWER) -> Reply:
    """Handle one text from a contact, exactly once per (channel, provider id).

    Args:
        service: what the text may reach.
        inbound: the text, cleaned and checked by its channel.
        reply_status: what becomes of the reply: `SENT_IN_ANSWER`, `QUEUED`, `IN_DOUBT` or `GIVEN`.

    Raises:
        StoreUnavailableError: the store could not be reached or written; nothing was changed.
    """
    service.shelf.refresh(service.now())
    return service.database.retrying(lambda: _take(service, inbound, reply_status))


def _take(service: Service, inbound: Inbound, reply_status: str) -> Reply:
    address_hash = service.secrets.hash(inbound.address)
    since = doubts.silent_since(inbound)
    with open_turn(service.database, address_hash, inbound.channel, inbound.provider_id, since) as stored:
        if stored.seen is not None:
            return again(stored, inbound, text_of(stored.db, stored.seen, address_hash))
        if stored.forgotten:
            return Reply(duplicate=True)
        late = lateness.is_late(service, stored, inbound)
        settled = None if late else doubts.settle(service, stored, inbound)
        heard = settled.inbound if settled else inbound
        handed = None if late or doubts.is_open(stored) else sharing.hand_over(service, stored, heard)
        return _Conversation(service, stored, inbound, reply_status, handed, settled, late=late).answer()


class _Conversation(Passage):
    """What happens in one turn: consent words first, then the open run or a keyword."""

    def __init__(
        self,
        service: Service,
        stored: StoredTurn,
        inbound: Inbound,
        reply_status: str,
        handed: sharing.Handed | sharing.Unsure | None,
        settled: doubts.Settled | None,
        *,
        late: bool,
    ) -> None:
        super().__init__(service, stored, inbound, reply_status, late=late)
        self.handed, self.settled = handed, settled
        if settled is not None:
            self.inbound = settled.inbound

    def answer(self) -> Reply:
        if self.inbound.opt_out is None:
            cry = hear_danger(self.inbound.body, young_people=self.service.settings.young_people)
            if cry is not None:
                return answer_danger(self, cry)
        forgotten = rights.confirm(self)
        if forgotten is not None:
            return forgotten
        command = None if self.inbound.tapped else self._command()
        if lateness.is_overruled(self, command):
            return lateness.set_aside(self)
        if command is Command.STOP:
            return self._stop()
        if is_silent(self, lambda: command is Command.START or self._is_bare_keyword()):
            return self.finish("")
        if doubts.is_open(self.stored):
            return self._doubt(command)
        if self.settled is not None and self.settled.said:
            return self._go_on_with(self.say(self.settled.said))
        if self.run_id is None or self.stopped or self.held:
            told = rights.answer(self, command)
            if told is not None:
                return told
        if self.stopped:
            return self._start_again() if command is Command.START else self.finish("")
        if self.inbound.missed_call:
            return calling.ring_back(self)
        if self.handed is not None:
            return self._greet(self.handed)
        who = sharing.question(self)
        if who is not None:
            return self.finish(who)
        order = champions.hear(self) if self.champion and not self.inbound.tapped else None
        if order is not None:
            return self.finish(order)
        if self.held:
            return self.finish("")  # a person of the team reads it, and answers
        if self.inbound.tapped is not None:
            return self._take_tapped(self.inbound.tapped)
        if command is Command.HELP and (self.run_id is None or self.inbound.opt_out is not None):
            return self._help()
        if not self.inbound.body.strip() and self.inbound.media and self.run_id is None:
            return self.finish(self.say(sentences.NO_PICTURES))
        fixed = fixing.go_on(self)
        if fixed is not None:
            return self.finish(fixed) if fixing.FIXING in self.attributes else self.ask_on(fixed)
        chosen = tongue.hear_choice(self)
        if chosen is not None:
            return self.ask_on(chosen)
        if command is Command.LANGUAGE and self.run_id is None:
            return self.finish(tongue.menu(self))
        return self._converse(command)

    def _is_bare_keyword(self) -> bool:
        keyword = self.service.shelf.keyword(self.inbound.body)
        return keyword is not None and not keyword[1]

    def _greet(self, handed: sharing.Handed | sharing.Unsure) -> Reply:
        """Go on with whoever has the phone now: where they were, or with what they wrote before we knew them."""
        if isinstance(handed, sharing.Unsure):
            return self.finish(self.say(sentences.USED_BEFORE, initials=handed.initials))
        said = sharing.welcome(self, handed)
        if self.held:
            return self.finish(said)
        if handed.answered_for:
            self._mark([marks.ANSWERED_FOR])
        keyword = self.service.shelf.keyword(handed.held)
        if keyword is not None and self.run_id is None:
            return self.begin(*keyword, said=said)
        if handed.rang and self.run_id is None and self.service.shelf.offered(self.service.settings.missed_call):
            return self.begin(self.service.settings.missed_call, "", "missed call", said)
        return self._go_on_with(said)

    def _go_on_with(self, said: str) -> Reply:
        """Say something, and what waits for them after it: an invitation, or a question."""
        invited = joining.ask_again(self) if self.run_id is None else None
        return self.finish(f"{said}\n{invited}") if invited else self.ask_on(said)

    def _doubt(self, command: Command | None) -> Reply:
        """Ask whose number it is, before anything of whoever had it is told."""
        if self.stopped and command is Command.START:
            stopping.restart(self)
        elif self.stopped and command is None:
            return self.finish("")
        return doubts.ask(self)

    def _take_tapped(self, payload: str) -> Reply:
        """Take a tapped answer at the question it belongs to; a button of an earlier one changes nothing."""
        run = self.stored.run
        if run is not None:
            flow, state = self.service.shelf.revision(run.revision_id, self.language), Run.from_json(run.state)
            around = self.around(flow)
            key = buttons.tapped_key(payload, run.id, flow, state, around)
            if key is not None and not self.is_over(flow, state):
                reply = self._reply(around.context, key)
                return self.apply(flow, engine.resume(flow, state, reply, around.words, self.now, around.others))
        return self.ask_on(self.say(sentences.OLD_BUTTON))

    # Consent words, before any flow.

    def _command(self) -> Command | None:
        if self.inbound.opt_out is not None:
            return Command(self.inbound.opt_out.lower())
        command = None if champions.begins_order(self) else hear(self.inbound.body, self.words)
        # Twilio lifts its own block on a bare YES too, so for a stopped contact it must mean the same to us.
        if command is None and self.stopped and self.inbound.body.strip().casefold() == "yes":
            return Command.START
        return command

    def _stop(self) -> Reply:
        stopping.stop(self, sentences.STOPPED)
        silent = self.stopped or self.inbound.confirms_stop
        return self.finish("" if silent else self.say(sentences.STOPPED))

    def _start_again(self) -> Reply:
        stopping.restart(self)
        return self.finish(self.say(sentences.WELCOME_BACK))

    def _help(self) -> Reply:
        if self.inbound.opt_out is not None:
            return self.finish("")  # Advanced Opt-Out has answered with the organisation's own words
        text = self.say(sentences.HELP)
        if self.run_id is None:
            return self._go_on_with(text)
        return self.finish(f"{text}\n{self.say(sentences.QUESTION_WAITS)}")

    # The open run, or a keyword.

    def _converse(self, command: Command | None) -> Reply:
        keyword = self.service.shelf.keyword(self.inbound.body)
        run = self.stored.run
        if run is not None:
            flow = self.service.shelf.revision(run.revision_id, self.language)
            state = Run.from_json(run.state)
            if not self.is_over(flow, state):
                return self._go_on(flow, state, keyword, command)
            self.end(Status.EXPIRED)
        answered = joining.hear_answer(self)
        if answered is not None:
            return self.finish(answered)
        # JOIN alone begins a flow; JOIN CARERS is the group's.
        joined = joining.hear_keyword(self) if keyword is None or keyword[1] else None
        if joined is not None:
            return self.finish(joined)
        keyword = keyword or tongue.hear_foreign_keyword(self)
        if keyword is not None:
            return self.begin(*keyword)
        if command is Command.START:
            return self.finish(joining.start(self))
        named = tongue.hear_name(self)
        if named is not None:
            return self.ask_on(named)
        if is_machine(self):
            return self.finish("")
        spoken = tongue.spoken(self)
        if tongue.asks_to_stop(self, spoken):
            return self._stop()
        return self.finish(joining.ask_again(self) or tongue.offer(self, spoken) or self._not_understood())

    def _not_understood(self) -> str:
        return champions.help_text(self) if self.champion else self.say(sentences.NOT_UNDERSTOOD)

    def _go_on(self, flow: Flow, state: Run, keyword: tuple[str, str] | None, command: Command | None) -> Reply:
        words, context = self.surroundings(flow)
        others = self.service.shelf.others(flow.language)
        if command is Command.START:
            joining.agree(self)
        if command is Command.START or discretion.opened(state, self.inbound.body, words):
            return self.ask_again(flow, state)
        turn = engine.resume(flow, state, self._reply(context), words, self.now, others)
        if turn.asks is Command.LANGUAGE:
            return self.finish(tongue.menu(self))
        if turn.asks is Command.WHY:
            return self.ask_on(rights.why(self))
        if turn.asks is not None:
            return rights.answer(self, turn.asks) or self._help()
        if not any(isinstance(event, AnswerGiven) for event in turn.events):
            joined = joining.hear_keyword(self)
            if joined is not None:
                asked = engine.ask_again(flow, state, context, words, self.now, others)
                return self.finish(f"{joined}\n{asked.text}".strip())
        if command is None and keyword is None and self.stored.run is not None:
            named = tongue.hear_name(self) if not any(isinstance(event, AnswerGiven) for event in turn.events) else None
            if named is not None:
                return self.ask_on(named)
            spoken = tongue.spoken_at(self, turn)
            if tongue.asks_to_stop(self, spoken):
                return self._stop()
            offered = tongue.offer(self, spoken, self.stored.run.revision_id)
            if offered is not None:
                return self._with_offer(flow, turn, offered)
        bare = keyword is not None and not keyword[1]
        if keyword is None or not bare or any(isinstance(event, AnswerGiven) for event in turn.events):
            return self.apply(flow, turn)
        # A bare keyword that is no answer: the person asks for a flow, so a try is not charged to them.
        if keyword[0] == flow.id:
            return self.ask_again(flow, state)
        self.end(Status.REPLACED)
        return self.begin(*keyword)

    def _with_offer(self, flow: Flow, turn: Turn, offered: str) -> Reply:
        """Offer another language. What was no answer costs no try; after an answer the next question comes later."""
        if not any(isinstance(event, AnswerGiven) for event in turn.events):
            return self.finish(offered)
        over = turn.run.status is not Status.OPEN
        return self.apply(flow, turn, f"{turn.text}\n{offered}".strip() if over else offered)

    def _reply(self, context: Context, tapped: str | None = None) -> Input:
        kinds = self.inbound.kinds or ("file",) * self.inbound.media
        return Input(self.inbound.body, context, kinds, self.inbound.location, tapped)
