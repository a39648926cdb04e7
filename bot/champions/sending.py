"""SEND, REMIND and HALT: nothing leaves without the code that only the champion's own phone has seen."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.broadcasts import planning
from bot.broadcasts.draft import Draft, Kind, audience_of
from bot.broadcasts.telling import left_out, told
from bot.champions import codes, sentences
from bot.champions.codes import Verdict
from bot.champions.orders import Order
from bot.conversations.exchange import Exchange
from storage.community import orders
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
    orders.drop(exchange.stored.db, exchange.contact_id)
    halted = False
    for running in broadcasts.running(exchange.stored.db, order.flow):
        reached = set(audience_of(running.audience)[0].groups)
        mine = reached and reached <= set(own) and (not order.group or order.group in reached)
        if mine:
            halted = broadcasts.stop(exchange.stored.db, running.id, exchange.at) or halted
    return exchange.say(sentences.HALTED if halted else sentences.NOTHING_RUNS, flow=order.flow)


def order_waits(exchange: Exchange) -> bool:
    """Whether an order waits for this champion's code."""
    return orders.get(exchange.stored.db, exchange.contact_id) is not None


def confirmed(exchange: Exchange, digits: str) -> str:
    """Take a code: the right one sends what was shown; where it would reach more people by now, it is shown again."""
    service, db = exchange.service, exchange.stored.db
    verdict, what, tries = codes.judge(db, service.secrets, exchange.contact_id, digits, exchange.at)
    if verdict is Verdict.WRONG:
        return exchange.say(sentences.WRONG_CODE, tries=tries)
    if verdict is not Verdict.RIGHT:
        return exchange.say(sentences.CODE_OVER if verdict is Verdict.OVER else sentences.NOTHING_WAITS)
    people, asked = json.loads(what)
    draft = Draft.from_json(asked)
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
        why = left_out(shown.left_out, exchange.say)
        return exchange.words.say(sentences.NOBODY_WHY).replace("{why}", why) if why else exchange.say(sentences.NOBODY)
    what = json.dumps([shown.people, draft.to_json()])
    code = codes.ask(db, service.secrets, exchange.contact_id, what, exchange.at)
    # Not by `fill`: it would cut the sentence to the length of a resident's words.
    text = sentences.CONFIRM if shown.starts_at is None else sentences.CONFIRM_LATER
    when = _when(exchange, shown.starts_at) if shown.starts_at else ""
    shown_to_them = told(shown, exchange.say)
    return exchange.words.say(text).replace("{told}", shown_to_them).replace("{when}", when).replace("{code}", code)


def _when(exchange: Exchange, moment: datetime) -> str:
    """A time as people say it: today at 8:00, tomorrow at 8:00, on 3/12 at 9:30."""
    local = moment.astimezone(ZoneInfo(exchange.service.settings.timezone))
    today = exchange.service.local(exchange.now).date()
    days = {today: sentences.TODAY, today + timedelta(days=1): sentences.TOMORROW}
    said = days.get(local.date(), sentences.ON_DAY)
    return exchange.say(said, time=f"{local.hour}:{local.minute:02d}", day=local.day, month=local.month)
