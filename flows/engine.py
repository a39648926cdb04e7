"""The engine: a function from a run and what happened to the next run and what to say.

No clock, no chance, no file, no store: time and chance are arguments, and the caller keeps the run. Nothing a contact
can write makes it raise.
"""

from __future__ import annotations

from datetime import datetime

from flows.calls import NO_OTHERS, Flows
from flows.definition import Flow
from flows.hearing import MAX_HEARD, Hearing
from flows.run import Context, Input, Run, Trigger, Turn, microseconds
from flows.text import fold
from flows.walk import Walk
from flows.words import Words


def start(flow: Flow, trigger: Trigger, words: Words, now: datetime, flows: Flows = NO_OTHERS) -> Turn:
    """Begin a run: say and ask until the flow waits for the contact, or ends.

    Args:
        flow: in the language of the contact.
        trigger: what starts it, with the number that all chance in the run comes from.
        words: of that language.
        now: aware; its date is `today`, so give it in the zone where the contact lives.
        flows: where a flow that this one goes through is found.
    """
    run = Run(flow.id, flow.revision, trigger.context.language, chance=trigger.chance)
    run.heard, run.heard_at, run.moved = fold(trigger.text)[:MAX_HEARD], microseconds(now), True
    walk = Walk(flow, run, trigger.context, words, now, flows)
    walk.go(flow.first)
    return walk.turn()


def resume(flow: Flow, run: Run, reply: Input, words: Words, now: datetime, flows: Flows = NO_OTHERS) -> Turn:
    """Take a text from the contact at the question the run waits at.

    A run that is over, or waits at a node its flow does not have, is answered by no words or an apology. A word that
    asks something of the service (HELP, STOP, MY DATA …) is told as `CommandHeard`; then nothing else has happened.
    """
    walk = Walk(flow, run.copy(), reply.context, words, now, flows)
    waiting = walk.waiting()
    if waiting is not None:
        Hearing(walk, *waiting, reply).hear()
    return walk.turn()


def ask_again(flow: Flow, run: Run, context: Context, words: Words, now: datetime, flows: Flows = NO_OTHERS) -> Turn:
    """Say the waiting question again, as a reminder or on demand; nothing else changes."""
    walk = Walk(flow, run.copy(), context, words, now, flows)
    waiting = walk.waiting()
    if waiting is not None and not run.later:
        walk.said(walk.voice.question(waiting[1]))
    return walk.turn()


def hold(run: Run) -> Run:
    """Wait quietly, because somebody is in danger: no reminder, no try charged, and no next text taken for an answer
    in words. The waiting question is asked again when they write."""
    held = run.copy()
    held.paused, held.held = True, True
    held.guess, held.rest = None, ""
    return held


def carry_on(flow: Flow, run: Run, context: Context, words: Words, now: datetime, flows: Flows = NO_OTHERS) -> Turn:
    """Ask the question that was put off to another day, where its time has come; else nothing happens."""
    walk = Walk(flow, run.copy(), context, words, now, flows)
    waiting = walk.waiting()
    if waiting is not None:
        walk.ask_in_time(*waiting)
    return walk.turn()
