"""SEND, REMIND and HALT: nothing leaves without the code that only the champion's own phone has seen."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.broadcasts import planning
from bot.broadcasts.draft import Draft, Kind, audience_of
from bot.broadcasts.planning import Preview
from bot.broadcasts.telling import left_out, told
from bot.champions import codes, sentences
from bot.champions.codes import Verdict
from bot.champions.orders import Order
from bot.conversations.exchange import Exchange
from storage.community import championing, orders
from storage.community.groups import Group
from storage.sending import broadcasts
from storage.sending.audience import Audience


def send(exchange: Exchange, order: Order, _own: dict[str, Group]) -> str:
    """Show what would be sent, and ask for the code."""
    revision_id, flow = exchange.service.shelf.current(order.flow, exchange.language)
    return _ask(
        exchange,
        Draft(Kind.SURVEY, Audience((order.group,)), flow.id, revision_id, asked_by=exchange.contact_id),
    )


def remind(exchange: Exchange, order: Order, own: dict[str, Group]) -> str:
    """Ask again those who have not answered, at most twice each."""
    chosen = (order.group,) if order.group else tuple(own)
    revision_id, flow = exchange.service.shelf.current(order.flow, exchange.language)
    return _ask(exchange, Draft(Kind.REMINDER, Audience(chosen), flow.id, revision_id, asked_by=exchange.contact_id))


def halt(exchange: Exchange, order: Order, own: dict[str, Group]) -> str:
    """Stop what is being sent to this champion's groups."""
    db = exchange.stored.db
    orders.drop(db, exchange.contact_id)
    stopped = []
    for running in broadcasts.running(db, order.flow):
        reached = audience_of(running.audience)[0].groups
        mine = _all_own(reached, own) and (not order.group or order.group in reached)
        if mine and broadcasts.stop(db, running.id, exchange.at):
            stopped.append(running.id)
    if not stopped:
        return exchange.say(sentences.NOTHING_RUNS, flow=order.flow)
    asked = sum(broadcasts.progress(db, each).asked for each in stopped)
    return exchange.say(sentences.HALTED, flow=order.flow, asked=asked)


def _all_own(names: Collection[str], own: dict[str, Group]) -> bool:
    """Whether somebody is meant, and nobody outside the groups this champion looks after."""
    return bool(names) and set(names) <= own.keys()


def tries_left(exchange: Exchange) -> int:
    """How many tries this champion has for the code of what waits; 0 where nothing does."""
    waits = orders.get(exchange.stored.db, exchange.contact_id)
    return waits.tries_left if waits is not None else 0


def confirmed(exchange: Exchange, digits: str, own: dict[str, Group]) -> str:
    """Take a code: the right one sends what was shown; where it would reach more people by now, it is shown again."""
    service, db = exchange.service, exchange.stored.db
    verdict, what, tries = codes.judge(db, service.secrets, exchange.contact_id, digits, exchange.at)
    if verdict is Verdict.WRONG:
        return exchange.say(sentences.WRONG_CODE, tries=tries)
    if verdict is not Verdict.RIGHT:
        return exchange.say(sentences.CODE_OVER if verdict is Verdict.OVER else sentences.NOTHING_WAITS)
    people, asked = json.loads(what)
    draft = Draft.from_json(asked)
    switched_off = draft.kind is Kind.SURVEY and service.shelf.is_off(draft.flow or "")
    if switched_off or not _all_own(draft.audience.groups, own):  # they have been taken from this champion since
        return exchange.say(sentences.NOTHING_WAITS)
    shown = planning.preview(service, db, draft)
    if not 0 < shown.people <= people:
        return _ask(exchange, draft)
    planning.confirm(service, db, draft)
    if shown.starts_at is not None:
        return exchange.say(sentences.SENT_LATER, when=_when(exchange, shown.starts_at), flow=draft.flow)
    sent = sentences.SENT if shown.people != 1 else sentences.SENT_ONE
    return exchange.say(sent, people=shown.people, flow=draft.flow)


def _ask(exchange: Exchange, draft: Draft) -> str:
    service, db = exchange.service, exchange.stored.db
    shown = planning.preview(service, db, draft)
    if not shown.people:
        return _nobody(exchange, draft, shown)
    what = json.dumps([shown.people, draft.to_json()])
    code = codes.ask(db, service.secrets, exchange.contact_id, what, exchange.at)
    # Not by `fill`: it would cut the sentence to the length of a resident's words.
    text = sentences.CONFIRM if shown.starts_at is None else sentences.CONFIRM_LATER
    when = _when(exchange, shown.starts_at) if shown.starts_at else ""
    shown_to_them = told(shown, exchange.say)
    return exchange.words.say(text).replace("{told}", shown_to_them).replace("{when}", when).replace("{code}", code)


def _nobody(exchange: Exchange, draft: Draft, shown: Preview) -> str:
    """Why nobody would be reached."""
    why = left_out(shown.left_out, exchange.say)
    if why:
        return exchange.words.say(sentences.NOBODY_WHY).replace("{why}", why)
    if draft.kind is not Kind.REMINDER or draft.flow is None:
        return exchange.say(sentences.NOBODY)
    groups = draft.audience.groups
    found = [championing.asked(exchange.stored.db, draft.flow, group) for group in groups]
    if not any(each.asked for each in found):
        return exchange.say(sentences.NEVER_SENT, flow=draft.flow, group=", ".join(groups))
    silent = frozenset[int]().union(*(each.silent for each in found))
    return exchange.say(sentences.TIME_OVER, count=len(silent)) if silent else exchange.say(sentences.ALL_ANSWERED)


def _when(exchange: Exchange, moment: datetime) -> str:
    """A time as people say it: today at 8:00, tomorrow at 8:00, on 3/12 at 9:30."""
    local = moment.astimezone(ZoneInfo(exchange.service.settings.timezone))
    today = exchange.service.local(exchange.now).date()
    days = {today: sentences.TODAY, today + timedelta(days=1): sentences.TOMORROW}
    said = days.get(local.date(), sentences.ON_DAY)
    return exchange.say(said, time=f"{local.hour}:{local.minute:02d}", day=local.day, month=local.month)
