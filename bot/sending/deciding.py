"""The last look before a text leaves: consent, hours, budget, an open question, the broadcast, the day's spending.

All of it was looked at when the text was planned; much may have happened since.
"""

from __future__ import annotations

import json
from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.broadcasts.draft import Kind
from bot.broadcasts.exclusions import Exclusion
from bot.broadcasts.rendering import MOST_REMINDERS, template_content
from bot.broadcasts.rules import Rules, window_open
from bot.conversations.discretion import TEMPLATE, is_discreet
from flows.run import Run, microseconds, moment
from storage.community.doubts import WHOSE
from storage.messages import BY_HAND, CODE, CRISIS, INVITATION, QUESTION, REMINDER, REPLY
from storage.sending.candidates import Candidate

BEHIND = timedelta(minutes=10)
"""How long a text waits before it is looked at again, while a question waits for its person."""
TOO_OLD = timedelta(days=7)
"""A text of ours that could not leave for this long is not worth sending any more."""
CODE_LASTS = timedelta(minutes=10)
"""A code to sign in is worth nothing after that."""


@dataclass(frozen=True, slots=True)
class Send:
    """It leaves now, with this in place of its words where there is something."""

    content: str | None = None


@dataclass(frozen=True, slots=True)
class Hold:
    """It waits until then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Cancel:
    """It never leaves."""

    reason: Exclusion


Decision = Send | Hold | Cancel


def decide(row: Candidate, rules: Rules, now: datetime, busy: Set[int | str], *, switched_off: bool) -> Decision:
    """What happens to a text now.

    Args:
        row: the text and what is known of its person at this moment.
        rules: what the settings say.
        now: aware, in UTC.
        busy: people, and addresses, that are asked something by another text of the same claim, and runs it reminds of.
        switched_off: nobody is to begin its flow any more.
    """
    if row.kind == CRISIS:
        return Send(row.content)
    if row.stopped:
        return Cancel(Exclusion.STOPPED)
    if row.invalid and row.kind != REPLY:  # who has texted can be reached
        return Cancel(Exclusion.UNREACHABLE)
    age = now - moment(row.created_at)
    if age > (CODE_LASTS if row.kind == CODE else TOO_OLD):
        return Cancel(Exclusion.SILENT if row.in_doubt else Exclusion.CALLED_OFF)
    if row.kind == CODE:
        return Send()
    if row.kind == REPLY or (row.kind == BY_HAND and not row.in_doubt):
        return _by_whatsapp(row, rules, now) if row.channel == "whatsapp" else Send(row.content)
    if row.broadcast_status == "stopped" or (switched_off and row.kind == Kind.SURVEY):
        return Cancel(Exclusion.CALLED_OFF)
    if row.kind == INVITATION and not row.invited:
        return Cancel(Exclusion.CALLED_OFF)
    # A text that was tried before has begun its run already: the question that waits is its own.
    own_run = row.run_id is not None and row.open_run == row.run_id
    if not row.agreed and row.kind != INVITATION and not (own_run and row.rang):
        return Cancel(Exclusion.NOT_AGREED)
    if row.in_doubt and row.kind not in (WHOSE, INVITATION):
        return Hold(moment(row.created_at) + TOO_OLD + BEHIND)  # until they answer, which ends the wait
    opens = rules.hours_of(row.attributes).next_allowed(now)
    if opens > now:
        return Hold(opens)
    if row.kind in (QUESTION, REMINDER):
        run = Run.from_json(row.open_state) if own_run and row.open_state else None
        if run is None or run.heard_at > row.created_at:
            return Cancel(Exclusion.ANSWERED)
        if row.open_run in busy or (row.kind == REMINDER and not _may_remind(row, run)):
            return Cancel(Exclusion.REMINDED)
        if row.shared_busy:
            return Hold(now + BEHIND)
    elif row.kind in (Kind.SURVEY, INVITATION) and not own_run:
        if row.open_run is not None or row.shared_busy or busy & {row.contact_id, row.address}:
            return Hold(now + BEHIND)
        if row.kind == Kind.SURVEY and row.run_state is None:
            return Cancel(Exclusion.ANSWERED)  # it was tried before, and answered or ended since
        if row.kind == Kind.SURVEY and row.asked >= rules.surveys_a_month:
            return Cancel(Exclusion.ASKED)
    return _by_whatsapp(row, rules, now) if row.channel == "whatsapp" else Send()


def _by_whatsapp(row: Candidate, rules: Rules, now: datetime) -> Decision:
    if window_open(row.heard_at, now):
        return Send(None if row.content and "template" in json.loads(row.content) else row.content)
    if row.content is not None and "template" in json.loads(row.content):
        return Send(row.content)
    language = Run.from_json(row.run_state).language if row.run_state else ""
    discreet = is_discreet(row.attributes)
    template = rules.template(TEMPLATE if discreet else row.flow, language)
    content = template_content(template, {} if discreet else row.attributes)
    return Send(content) if content else Cancel(Exclusion.WINDOW)


def _may_remind(row: Candidate, run: Run) -> bool:
    """Whether nobody was reminded by another text while this one waited, as where the flow's own reminder and a
    champion's wait for the same hour. One that is tried again has reminded already."""
    return run.reminded_by == row.id or (run.reminded_at <= row.created_at and run.reminders <= MOST_REMINDERS)


def begun_state(state: str, now: datetime) -> Run:
    """The run of a survey as it begins: its clock starts when it is asked, not when it was planned."""
    run = Run.from_json(state)
    run.heard_at = microseconds(now)
    return run


def reminded_state(row: Candidate, now: datetime) -> Run:
    """The run that a text reminds of, as it leaves. The flow's own reminder was counted when its time came."""
    run = Run.from_json(row.open_state or "{}")
    if run.reminded_by != row.id:
        run.reminders += row.broadcast_id is not None
        run.reminded_by, run.reminded_at = row.id, microseconds(now)
    return run
