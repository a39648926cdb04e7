"""What happens when a champion texts: their order is read, carried out in the same transaction, and answered."""

from __future__ import annotations

from collections.abc import Callable

from bot.champions import people, sending, sentences, telling
from bot.champions.language import hear as heard_in
from bot.champions.orders import Code, Known, Missing, Order, Suggestion, Verb
from bot.conversations.exchange import Exchange
from flows.text import fold
from storage.community import groups
from storage.community.groups import Group

Handler = Callable[[Exchange, Order, dict[str, Group]], str]


def hear(exchange: Exchange) -> str | None:
    """The answer to a champion's order; None for a text that is none, which goes on to the conversation."""
    own = _own(exchange)
    known = Known(_flow_names(exchange), _group_names(own))
    heard = heard_in(exchange.inbound.body, known, in_conversation=exchange.run_id is not None)
    match heard:
        case None:
            return None
        case Code():
            # Four digits answer a waiting question where no order waits.
            if exchange.run_id is not None and not sending.tries_left(exchange):
                return None
            return exchange.spoken(sending.confirmed(exchange, heard.digits, own))
        case Suggestion():
            return exchange.say(sentences.DID_YOU_MEAN, text=heard.text)
        case Missing():
            return _missing(exchange, heard, known)
        case Order(verb=Verb.SEND) if exchange.service.shelf.is_off(heard.flow):
            return _missing(exchange, Missing(Verb.SEND, "flow", heard.flow), known)
        case Order():
            return exchange.spoken(_HANDLERS[heard.verb](exchange, heard, own))


def _missing(exchange: Exchange, heard: Missing, known: Known) -> str:
    sentence = sentences.NO_SUCH_FLOW if heard.what == "flow" else sentences.NO_SUCH_GROUP
    names = set((known.flows if heard.what == "flow" else known.groups).values())
    if heard.verb is Verb.SEND:
        names = {name for name in names if heard.what != "flow" or not exchange.service.shelf.is_off(name)}
    return exchange.say_list(sentence, "names", sorted(names), given=heard.given[:30])


def _flow_ids(exchange: Exchange) -> list[str]:
    """The flows on offer; the first is the one that examples are of."""
    return sorted(exchange.service.shelf.ids(), key=lambda flow_id: flow_id != "visit")


def _flow_names(exchange: Exchange) -> dict[str, str]:
    shelf, ids = exchange.service.shelf, _flow_ids(exchange)
    names = {fold(flow_id): flow_id for flow_id in ids}
    for flow_id in ids:
        flow = shelf.flow(flow_id)
        names |= {fold(word): flow_id for word in (flow.keywords if flow else ())}
    return names


def _group_names(own: dict[str, Group]) -> dict[str, str]:
    names: dict[str, str] = {}
    for group in own.values():
        names |= {fold(group.name): group.name, fold(group.title): group.name}
        names |= {fold(group.name.replace("-", " ")): group.name}
    return names


def help_text(exchange: Exchange) -> str:
    """What a champion can text; where they said yes instead of the code, how to go on."""
    tries = sending.tries_left(exchange)
    if tries and fold(exchange.inbound.body[:20]) in exchange.words.yes:
        return exchange.say(sentences.WRONG_CODE, tries=tries)
    return _help(exchange, Order(Verb.HELP), _own(exchange))


def _help(exchange: Exchange, _order: Order, own: dict[str, Group]) -> str:
    return exchange.say(sentences.HELP, flow=next(iter(_flow_ids(exchange)), "visit"), group=next(iter(own), "group"))


def _own(exchange: Exchange) -> dict[str, Group]:
    return {group.name: group for group in groups.of_champion(exchange.stored.db, exchange.contact_id)}


_HANDLERS: dict[Verb, Handler] = {
    Verb.SEND: sending.send,
    Verb.REMIND: sending.remind,
    Verb.HALT: sending.halt,
    Verb.ADD: people.add,
    Verb.REMOVE: people.remove,
    Verb.GROUPS: people.list_groups,
    Verb.RESULTS: telling.results,
    Verb.WHO: telling.who,
    Verb.TALLY: telling.tally,
    Verb.HELP: _help,
}
