"""RESULTS, WHO and TALLY: numbers for the group's own champion, never anybody's answer."""

from __future__ import annotations

from bot.champions import sentences
from bot.champions.language import Order
from bot.exchange import Exchange
from flows.definition import Flow, Kind, Question
from flows.text import fill, fold
from storage import championing
from storage.groups import Group

FEW = 8
"""A choice of fewer people than this is not shown: its share would be one of them."""
ROUND_TO = 5
"""Percent: shares are rounded to this, so that no count can be worked out from them."""


def results(exchange: Exchange, order: Order, own: dict[str, Group]) -> str:
    """How many answered, and the shares of the first question once enough have."""
    group = _group(order, own)
    if group is None:
        return _which(own)
    asked = championing.asked(exchange.stored.db, order.flow, group.name)
    if not asked.asked:
        return fill(sentences.NEVER_SENT, {"flow": order.flow, "group": group.name})
    answered, people = len(asked.answered), len(asked.asked)
    needed = exchange.service.settings.results_from
    if answered < needed:
        return fill(sentences.TOO_FEW, {"answered": answered, "people": people, "more": needed - answered})
    _, flow = exchange.service.shelf.current(order.flow, exchange.language)
    return (
        sentences.RESULTS.replace("{answered}", str(answered))
        .replace("{people}", str(people))
        .replace("{shares}", _shares(exchange, flow, group))
    )


def _shares(exchange: Exchange, flow: Flow, group: Group) -> str:
    found = _counted_question(flow)
    if found is None:
        return ""
    node, question = found
    counts = championing.counts(exchange.stored.db, flow.id, group.name, node)
    shares = shown_shares(counts)
    labels = {choice.key: choice.label for choice in question.choices}
    order = {key: place for place, key in enumerate(labels)}
    known = [(order.get(key, len(order)), labels.get(key, key), share) for key, share in shares.items()]
    lines = [f"{label} {share}%" for _, label, share in sorted(known)]
    if len(shares) < len([count for count in counts.values() if count]):
        lines.append("the others too few to show")
    return ", ".join(lines) + "."


def shown_shares(counts: dict[str, int]) -> dict[str, int]:
    """The shares that may be told, in percent. One hidden choice alone could be worked out: then a second is hidden."""
    total = sum(counts.values())
    shown = {key: count for key, count in counts.items() if count >= FEW}
    hidden = [key for key, count in counts.items() if 0 < count < FEW]
    if len(hidden) == 1 and shown:
        del shown[min(shown, key=lambda key: shown[key])]
    return {key: (count * 100 * 2 // total + ROUND_TO) // (2 * ROUND_TO) * ROUND_TO for key, count in shown.items()}


def who(exchange: Exchange, order: Order, own: dict[str, Group]) -> str:
    """How many were asked and have not answered; by name only those who chose to be visible."""
    group = _group(order, own)
    if group is None:
        return _which(own)
    flows = (order.flow,) if order.flow else exchange.service.shelf.ids()
    silent: set[int] = set()
    for flow in flows:
        asked = championing.asked(exchange.stored.db, flow, group.name)
        silent |= asked.asked - asked.answered
    names = championing.visible_names(exchange.stored.db, frozenset(silent))
    told = f", among them {', '.join(names)}" if names else ""
    return sentences.WHO.replace("{count}", str(len(silent))).replace("{names|}", told)


def tally(exchange: Exchange, order: Order, own: dict[str, Group]) -> str:
    """Keep the counts of a meeting, apart from the texts."""
    group = _group(order, own)
    if group is None:
        return _which(own)
    _, flow = exchange.service.shelf.current(order.flow, exchange.language)
    found = _counted_question(flow)
    keys = {fold(choice.label): choice.key for choice in found[1].choices} if found else {}
    counted: dict[str, int] = {}
    for count, label in order.counts:
        key = keys.get(fold(label), fold(label)[:40])
        counted[key] = counted.get(key, 0) + count
    championing.note_meeting(
        exchange.stored.db, exchange.message_id, order.flow, group.name, counted, exchange.contact_id, exchange.at
    )
    labels = {key: label for label, key in keys.items()}
    told = ", ".join(f"{labels.get(key, key)} {count}" for key, count in counted.items())
    return fill(sentences.NOTED, {"flow": order.flow, "group": group.name, "counts": told})


def _counted_question(flow: Flow) -> tuple[str, Question] | None:
    """The first question of a flow whose answers are counted one by one."""
    for node in flow.nodes.values():
        if node.question is not None and node.question.kind in (Kind.CHOICE, Kind.YES_NO, Kind.SCALE):
            return node.id, node.question
    return None


def _group(order: Order, own: dict[str, Group]) -> Group | None:
    """The group meant: the one named, or the only one."""
    if order.group:
        return own[order.group]
    return next(iter(own.values())) if len(own) == 1 else None


def _which(own: dict[str, Group]) -> str:
    return fill(sentences.WHICH_GROUP, {"names": ", ".join(own)})
