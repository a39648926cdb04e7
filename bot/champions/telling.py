"""RESULTS, WHO and TALLY: numbers for the group's own champion, never anybody's answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from bot.champions import sentences
from bot.champions.language import near
from bot.champions.orders import Order, written
from bot.conversations.exchange import Exchange
from bot.disclosure.ledger import ANSWER
from bot.disclosure.suppression import Shown, StillLeaksError, suppress
from bot.disclosure.tables import WHOLE, Row, Table, table
from bot.disclosure.witness import Beside
from bot.exports import steps
from bot.exports.results import ANSWERED
from bot.results.figures import rules_of
from flows.definition import Flow, Kind, Question
from flows.text import fold
from storage.community import championing
from storage.community.groups import Group


def results(exchange: Exchange, order: Order, own: dict[str, Group]) -> str:
    """How many answered, and the shares of the first question once enough have."""
    group = _group(order, own)
    if group is None:
        return _which(exchange, own)
    asked = championing.asked(exchange.stored.db, order.flow, group.name)
    if not asked.asked:
        return exchange.say(sentences.NEVER_SENT, flow=order.flow, group=group.name)
    answered, people = len(asked.answered), len(asked.asked)
    needed = exchange.service.settings.results_from
    if answered < needed:
        told = sentences.TOO_FEW if people >= needed else sentences.TOO_SMALL  # they cannot ask more than there are
        return exchange.say(told, answered=answered, people=people, more=needed - answered, needed=needed)
    _, flow = exchange.service.shelf.current(order.flow, exchange.language)
    # Not by `fill`: it would cut the shares to the length of a resident's words.
    told = exchange.say(sentences.RESULTS, answered=answered, people=people, shares="{shares}")
    return told.replace("{shares}", _shares(exchange, flow, group)).strip()


def _shares(exchange: Exchange, flow: Flow, group: Group) -> str:
    counted = _counted_question(flow)
    if counted is None:
        return ""
    node, question = counted
    db, rules = exchange.stored.db, rules_of(exchange.service)
    counts = championing.counts(db, flow.id, group.name, node)
    labels = {choice.key: choice.label for choice in question.choices}
    rows = [Row(ANSWERED), *(Row(f"{ANSWER}{key}", ANSWERED) for key in dict.fromkeys([*labels, *sorted(counts)]))]
    made = table(node, rows, {(f"{ANSWER}{key}", WHOLE): count for key, count in counts.items()})
    whom = {"group": group.name, "broadcast": str(championing.latest(db, flow.id, group.name))}
    view = steps.alone(db, flow.id, made, whom, rules, exchange.service.now())
    shares = shown_shares(view) if view else {}
    if view is None or not shares:
        return exchange.say(sentences.NOT_SHOWN)
    lines = [f"{labels.get(key, key)} {share}%" for key, share in shares.items()]
    if len(shares) < len(_given(view.table)):
        lines.append(exchange.say(sentences.OTHERS_FEW))
    return ", ".join(lines) + "."


def _given(made: Table) -> list[str]:
    """The answers that somebody has given."""
    return [row for row in made.leaves if row.startswith(ANSWER) and made.count(row)]


def shown_shares(view: Shown) -> dict[str, int]:
    """The shares of each answer that may be told, in percent: by the rules of every shared table, to somebody who
    knows how many answered. They are taken from the rounded counts alone, and add up to 100 where all are told."""
    total = view.table.count(ANSWERED)
    try:
        known = suppress(view.table, view.rules, Beside(bounds={(ANSWERED, WHOLE): (total, total)}))
    except StillLeaksError:
        return {}
    given = _given(view.table)
    counts = {row: known.rules.rounded(view.table.count(row)) for row in given if (row, WHOLE) not in known.hidden}
    together = sum(counts.values())
    whole = together if len(counts) == len(given) else max(together, known.rules.rounded(total))
    shares = _in_percent(counts, whole, known.rules.base)
    return {row.removeprefix(ANSWER): share for row, share in shares.items()}


def _in_percent(counts: Mapping[str, int], whole: int, step: int) -> dict[str, int]:
    """Each count's part of the whole in percent, in whole steps that lose nothing together: those that were cut the
    most are given what is left."""
    steps = 100 // step
    shares = {row: count * steps // whole for row, count in counts.items()}
    left = (2 * sum(counts.values()) * steps + whole) // (2 * whole) - sum(shares.values()) if whole else 0
    for row in sorted(counts, key=lambda row: -(counts[row] * steps % whole))[:left]:
        shares[row] += 1
    return {row: share * step for row, share in shares.items()}


def who(exchange: Exchange, order: Order, own: dict[str, Group]) -> str:
    """How many were asked and have not answered; by name only those who chose to be visible."""
    group = _group(order, own)
    if group is None:
        return _which(exchange, own)
    flows = (order.flow,) if order.flow else exchange.service.shelf.ids()
    found = [championing.asked(exchange.stored.db, flow, group.name) for flow in flows]
    if order.flow and not found[0].asked:
        return exchange.say(sentences.NEVER_SENT, flow=order.flow, group=group.name)
    silent = frozenset[int]().union(*(each.silent for each in found))
    names = championing.visible_names(exchange.stored.db, silent)
    if names:
        return exchange.say_list(sentences.WHO_NAMED, "names", names, count=len(silent))
    return exchange.say(sentences.WHO, count=len(silent))


def tally(exchange: Exchange, order: Order, own: dict[str, Group]) -> str:
    """Keep the counts of a meeting, apart from the texts. The same answer counted again on that day is a correction."""
    group = _group(order, own)
    if group is None:
        return _which(exchange, own)
    _, flow = exchange.service.shelf.current(order.flow, exchange.language)
    found = _counted_question(flow)
    choices = found[1].choices if found else ()
    keys = {fold(word): choice.key for choice in choices for word in (*choice.words, choice.label)}
    meant = _without_slips(order, keys, [*(fold(choice.label) for choice in choices), "yes", "no"])
    if meant != order:
        return exchange.say(sentences.DID_YOU_MEAN, text=written(meant))
    counted: dict[str, int] = {}
    for count, label in order.counts:
        key = keys.get(fold(label), fold(label)[:40])
        counted[key] = counted.get(key, 0) + count
    again = championing.note_meeting(
        exchange.stored.db, exchange.message_id, order.flow, group.name, counted, exchange.contact_id,
        since=exchange.service.midnight(exchange.now), now=exchange.at,
    )  # fmt: skip
    labels = {choice.key: choice.label for choice in choices}
    told = (f"{labels.get(key, key)} {count}" for key, count in counted.items())
    noted = sentences.NOTED_AGAIN if again else sentences.NOTED
    return exchange.say_list(noted, "counts", told, flow=order.flow, group=group.name)


def _without_slips(order: Order, known: Collection[str], labels: Collection[str]) -> Order:
    """The order with what is nearly an answer of the flow put right; a champion's own words stay."""
    counts = []
    for count, label in order.counts:
        slip = None if fold(label) in known or fold(label) in labels else near(fold(label), labels)
        counts.append((count, slip or label))
    return replace(order, counts=tuple(counts))


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


def _which(exchange: Exchange, own: dict[str, Group]) -> str:
    return exchange.say_list(sentences.WHICH_GROUP, "names", own)
