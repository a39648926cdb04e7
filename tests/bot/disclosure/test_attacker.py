"""Up to four tables of every sort that anybody may be given, over many small populations: nothing hidden is found out.

More of them by command: ATTACKS=2000 .venv/bin/python -m pytest tests/bot/disclosure/test_attacker.py
"""

from __future__ import annotations

import itertools
import os
import random
from dataclasses import replace

import pytest

from bot.disclosure import kept, ledger
from bot.disclosure.rules import Rules
from bot.disclosure.suppression import Reason, Shown, suppress
from bot.disclosure.tables import WHOLE, Row, Table, table
from bot.exports.steps import step
from tests.bot.disclosure.attacker import ANSWERS, Attacker, Person, Seen, lowest

RULES = Rules()
ATTACKS = int(os.environ.get("ATTACKS", "30"))
PARTS = {
    "channel": ("sms", "whatsapp"),
    "language": ("en", "pl"),
    "group": ("carers", ""),
    "age": ("young", "old"),
    "day": ("2026-11-01", "2026-11-02"),
}
TABLES = 4
KINDS = [Person(*each) for each in itertools.product(ANSWERS, *PARTS.values(), range(TABLES))]
ROWS = [Row("answered"), *(Row(f"choice:{name}", "answered") for name in ANSWERS)]
WAYS: list[dict[str, str]] = [
    {"by": ""},  # the public page, a refresh address, a champion's RESULTS
    {"by": "channel,language"},  # the export and the evidence pack as they come
    {"by": "group"},
    {"by": "age"},
    {"by": "day"},
    {"by": "age,channel"},
    {"channel": "sms", "by": ""},
    {"channel": "whatsapp", "by": ""},
    {"language": "en", "by": ""},
    {"group": "carers", "by": ""},
    {"since": "2026-11-02", "by": ""},
    {"until": "2026-11-01", "by": "channel"},
]
"""Every sort of table there is: whole, by what people are told apart by, and about some of them."""


def made_of(people: list[Person], whom: dict[str, str], at: int = 0):
    columns = [(name, part) for name in filter(None, whom["by"].split(",")) for part in PARTS[name] if part]
    given = {(f"choice:{name}", WHOLE): 0 for name in ANSWERS} | lowest(people, whom, at, columns)
    return table("q", ROWS, given)


def handed_on(people: list[Person], ways: list[dict[str, str]]) -> list[Seen]:
    """What is let through of these tables, one after another."""
    releases: list[kept.Release] = []
    seen: list[Seen] = []
    for number, whom in enumerate(ways):
        made = made_of(people, whom, number)
        try:
            (shown,) = ledger.check([suppress(made, RULES)], whom, releases, RULES)
        except (ledger.Refused, ledger.Repeated):
            continue
        releases.append(kept.Release(f"table {number}", whom, kept.counts_of([shown])))
        seen.append((whom, number, shown))
    return seen


def population(chance: random.Random) -> list[Person]:
    """Ten to forty people; some sorts are rare, as they are where it matters."""
    weights = {name: chance.choice((0.05, 0.2, 0.5)) for name in PARTS}
    late = chance.choice((0, 0.1, 0.4))
    return [
        Person(
            chance.choices(ANSWERS, (6, 3, 1))[0],
            *(parts[chance.random() < weights[name]] for name, parts in PARTS.items()),
            arrived=chance.randrange(1, TABLES) if chance.random() < late else 0,
        )
        for _ in range(chance.randint(10, 40))
    ]


def hidden_in(shown: Shown):
    """The counts that are hidden because they are small, and not for nothing: there is somebody."""
    for cell, reason in shown.hidden.items():
        if cell[1][0] not in shown.dropped and reason is not Reason.PROTECTS and shown.table.counts.get(cell, 0):
            yield cell


@pytest.mark.parametrize("seed", range(ATTACKS))
def test_nothing_hidden_is_found_out_from_four_tables_of_any_sort(seed):
    chance = random.Random(seed)
    people = population(chance)
    seen = handed_on(people, chance.choices(WAYS, k=TABLES))
    attacker = Attacker(KINDS, seen)
    for whom, at, shown in seen:
        for cell in hidden_in(shown):
            known = attacker.knows(whom, at, cell, shown.table.count(*cell))
            assert not known, (seed, whom, cell, [each[0] for each in seen])


@pytest.mark.parametrize("seed", range(ATTACKS))
def test_who_looks_again_after_each_reply_never_sees_what_one_person_said(seed):
    """A group's champion reloads the page after every single reply, and keeps all that it ever showed."""
    chance = random.Random(seed)
    whom = {"group": "carers", "by": ""}
    people: list[Person] = []
    releases: list[kept.Release] = []
    seen: list[Seen] = []
    answered_at: list[int] = []
    for person in population(chance):
        people.append(replace(person, group="carers", arrived=len(seen)))
        view = step(made_of(people, whom, len(seen)), whom, releases, RULES)
        if view is not None and len(seen) < TABLES:
            releases.append(kept.Release("", whom, kept.counts_of([view]), kept.looks_of([view])))
            seen.append((whom, len(seen), view))
            answered_at.append(len(people))
    assert all(later - sooner >= RULES.smallest for sooner, later in itertools.pairwise([0, *answered_at]))
    attacker = Attacker(KINDS, seen)
    for _, at, view in seen:
        for cell in hidden_in(view):
            assert not attacker.knows(whom, at, cell, view.table.count(*cell)), (seed, cell)


def test_one_reply_among_many_who_only_began_moves_nothing():
    rows = [Row("started"), Row("answered", "started"), Row("choice:a", "answered"), Row("waiting", "started")]
    whom = {"group": "carers", "by": ""}

    def seen(answered: int, waiting: int) -> Table:
        return table("q", rows, {("choice:a", WHOLE): answered, ("waiting", WHOLE): waiting})

    first = step(seen(12, 0), whom, [], RULES)
    assert first is not None
    told = [kept.Release("", whom, kept.counts_of([first]), kept.looks_of([first]))]
    assert step(seen(13, 30), whom, told, RULES) is None
    assert step(seen(20, 30), whom, told, RULES) is not None


def test_the_attacker_finds_what_a_careless_table_tells():
    people = [
        *[Person("a", "sms", "en", "", "old", "2026-11-01")] * 20,
        Person("b", "sms", "en", "", "old", "2026-11-02"),
    ]
    exact = Rules(smallest=1, base=1)
    seen: list[Seen] = [({"by": ""}, 0, suppress(made_of(people, {"by": ""}), exact))]
    until = {"until": "2026-11-01", "by": ""}
    seen.append((until, 0, suppress(made_of(people, until), exact)))
    assert Attacker(KINDS, seen).knows({"since": "2026-11-02", "by": ""}, 0, ("choice:b", WHOLE), 1)
