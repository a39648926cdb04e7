"""ADD, REMOVE and GROUPS."""

from __future__ import annotations

from bot.champions import sentences
from bot.champions.orders import Order
from bot.conversations import joining
from bot.conversations.exchange import Exchange
from bot.conversations.joining import Guest, Outcome
from bot.conversations.sharing import is_called
from bot.people import numbers
from flows.text import fold
from storage.community import groups, phones
from storage.community.groups import Group
from storage.database import Connection

_ANSWERS = {
    Outcome.INVITED: sentences.INVITED,
    Outcome.MEMBER: sentences.MEMBER,
    Outcome.NOT_NOW: sentences.NOT_NOW,
}


def add(exchange: Exchange, order: Order, own: dict[str, Group]) -> str:
    """Invite somebody: they are in once they say yes themselves."""
    settings = exchange.service.settings
    try:
        number = numbers.e164(order.number, settings.region, settings.countries)
    except numbers.NumberError as error:
        return exchange.say(error.sentence, **error.values)
    guest = Guest(
        f"sms:{number}",
        exchange.inbound.gateway,
        order.name or None,
        exchange.contact_id,
        str(exchange.attributes.get("first_name") or "") or None,
    )
    outcome = joining.invite(exchange.service, exchange.stored.db, guest, own[order.group])
    return exchange.say(_ANSWERS[outcome], name=order.name, group=own[order.group].title)


def remove(exchange: Exchange, order: Order, own: dict[str, Group]) -> str:
    """Take somebody out of a group, by number or by name."""
    db, settings = exchange.stored.db, exchange.service.settings
    values = {"name": order.name, "group": own[order.group].title}
    if order.number:
        try:
            number = numbers.e164(order.number, settings.region, settings.countries)
        except numbers.NumberError as error:
            return exchange.say(error.sentence, **error.values)
        ids = _behind(db, [exchange.service.secrets.hash(f"{channel}:{number}") for channel in numbers.CHANNELS], order)
        if len(ids) > 1:
            return exchange.say(sentences.SHARED, **values, count=len(ids))
    else:
        everybody = groups.people(db, order.group)
        ids = [
            each.contact_id
            for each in everybody
            if fold(str(each.attributes.get("first_name", ""))) == fold(order.name)
        ]
        if len(ids) > 1:
            return exchange.say(sentences.SEVERAL, **values, count=len(ids))
    left = bool(ids) and groups.leave(db, ids[0], order.group)
    return exchange.say(sentences.REMOVED if left else sentences.NOT_IN, **values)


def _behind(db: Connection, keys: list[bytes], order: Order) -> list[int]:
    """Who is meant by a number: of those on it who are in the group or invited to it all, and of several of these
    whoever bears the name or the initials that were given. Nobody else is taken for them, whoever has it in hand."""
    holders = [each for key in keys for each in phones.people_on(db, key)]
    inside = [each for each in holders if groups.is_near(db, each.contact_id, order.group)]
    if len(inside) > 1 and order.name:
        inside = [each for each in inside if is_called(db, each, order.name)]
    return sorted({each.contact_id for each in inside})


def list_groups(exchange: Exchange, _order: Order, own: dict[str, Group]) -> str:
    """The champion's groups and how many people are in them."""
    if not own:
        return exchange.say(sentences.NO_GROUPS)
    return "\n".join(f"{each.name}: {each.members}{_invited(exchange, each)}" for each in own.values())


def _invited(exchange: Exchange, group: Group) -> str:
    return f" (+{exchange.say(sentences.ALSO_INVITED, count=group.invited)})" if group.invited else ""
