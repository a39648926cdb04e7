from __future__ import annotations

import contextlib
import itertools
import random

import pytest

from bot.disclosure import kept, ledger
from bot.disclosure.rules import Rules
from bot.disclosure.suppression import Shown, suppress
from bot.disclosure.tables import WHOLE, Row, Table, table

RULES = Rules()


def question(a: int, b: int, c: int) -> Table:
    rows = [Row("answered"), *(Row(f"choice:{name}", "answered") for name in "abc")]
    return table("q", rows, {(f"choice:{name}", WHOLE): n for name, n in zip("abc", (a, b, c), strict=True)})


def release(made: Table, name: str = "the table of Monday", **whom: str) -> kept.Release:
    return kept.Release(name, whom, kept.counts_of([suppress(made, RULES)]))


def check(made: Table, *earlier: kept.Release, **whom: str):
    return ledger.check([suppress(made, RULES)], whom, earlier, RULES)


def test_the_same_table_may_be_given_again():
    assert check(question(20, 10, 9), release(question(20, 10, 9)))


def test_a_few_more_answers_are_refused_and_the_earlier_table_named():
    with pytest.raises(ledger.Refused, match="the table of Monday"):
        check(question(21, 11, 9), release(question(20, 10, 9)))


def test_eight_more_are_enough():
    assert check(question(25, 14, 9), release(question(20, 10, 9)))


def test_all_but_a_small_group_is_refused():
    with pytest.raises(ledger.Refused):
        check(question(18, 9, 9), release(question(20, 10, 9)), group="carers")


def test_one_group_after_everybody_is_refused_where_few_are_not_in_it():
    everybody = release(question(30, 20, 12))
    with pytest.raises(ledger.Refused):
        check(question(28, 19, 12), everybody, group="carers")
    assert check(question(20, 10, 9), everybody, group="carers")


def test_other_channels_and_other_days_do_not_stand_in_the_way():
    assert check(question(21, 10, 9), release(question(20, 10, 9), channel="sms"), channel="whatsapp")
    assert check(question(21, 10, 9), release(question(20, 10, 9), until="2026-01-31"), since="2026-02-01")


CHANNELS = ({"channel": "sms"}, {"channel": "whatsapp"})
MONTHS = ({"until": "2026-01-31"}, {"since": "2026-02-01"})


@pytest.mark.parametrize("parts", [CHANNELS, MONTHS])
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("one", [(3, 8, 6), (9, 2, 12), (20, 9, 6)])
def test_what_is_left_of_a_whole_when_its_other_part_is_taken_away_tells_no_hidden_count(parts, order, one):
    """Everybody, and two parts that share them out: whichever comes last, each hidden count may still be of three."""
    other = (12, 9, 7)
    tables = [
        (question(*(a + b for a, b in zip(one, other, strict=True))), {}),
        (question(*one), parts[0]),
        (question(*other), parts[1]),
    ]
    earlier: list[kept.Release] = []
    seen: dict[int, Shown] = {}
    for at in order:
        made, whom = tables[at]
        with contextlib.suppress(ledger.Refused):
            (seen[at],) = check(made, *earlier, **whom)
            earlier.append(release(made, f"table {at}", **whom))
    assert len(seen) > 1
    if len(seen) == 2:
        return  # the last was refused
    ranges = [seen[at].ranges() for at in range(3)]
    pairs = [
        (a, b)
        for a, b in itertools.product(options(ranges[1]), options(ranges[2]))
        if fits(tuple(x + y for x, y in zip(a, b, strict=True)), ranges[0])
    ]
    for at, shown in seen.items():
        sums = [(tuple(x + y for x, y in zip(*pair, strict=True)), *pair)[at] for pair in pairs]
        for row, _ in shown.hidden:
            values = {sum(each) if row == "answered" else each["abc".index(row[-1])] for each in sums}
            assert len(values) >= RULES.spread, (at, row, values)


def options(ranges) -> list[tuple[int, ...]]:
    """Answers a, b and c that agree with what one file tells, up to 20 of each."""
    boxes = [ranges[f"choice:{name}", WHOLE] for name in "abc"]
    every = itertools.product(*(range(low, min(high, 20) + 1) for low, high in boxes))
    return [each for each in every if fits(each, ranges)]


def fits(counts: tuple[int, ...], ranges) -> bool:
    rows = {f"choice:{name}": n for name, n in zip("abc", counts, strict=True)} | {"answered": sum(counts)}
    return all(
        ranges.get((row, WHOLE), (0, n))[0] <= n <= ranges.get((row, WHOLE), (0, n))[1] for row, n in rows.items()
    )


def test_after_an_erasure_the_same_table_is_given_again():
    with pytest.raises(ledger.Repeated) as repeated:
        check(question(19, 10, 9), release(question(20, 10, 9)))
    assert repeated.value.earlier.counts["q"]["choice:a"] == 20


def test_an_erasure_that_is_not_all_that_changed_is_refused():
    with pytest.raises(ledger.Refused):
        check(question(19, 12, 9), release(question(20, 10, 9)))


@pytest.mark.parametrize("seed", range(25))
def test_four_exports_in_a_row_uncover_nothing(seed):
    """The attacker collects every table that is let through as people answer, and solves for the hidden counts."""
    chance = random.Random(seed)
    counts = [chance.randint(0, 12) for _ in range(3)]
    releases: list[kept.Release] = []
    seen = []
    for turn in range(12):
        made = question(*counts)
        try:
            (shown,) = check(made, *releases)
        except (ledger.Refused, ledger.Repeated):
            pass
        else:
            if shown.shows_anything() and len(seen) < 4:
                releases.append(release(made, f"table {turn}"))
                seen.append(shown)
        counts = [count + chance.choice((0, 0, 1, 2, 5, 9)) for count in counts]
    for at, shown in enumerate(seen):
        for cell in shown.hidden:
            assert len(possible(seen, at, cell)) > 1, (seed, at, cell, [each.table.counts for each in seen])


def grows(old, now) -> bool:
    return all(a <= b for a, b in zip(old, now, strict=True))


def possible(seen, at: int, cell) -> set[int]:
    """Values of one hidden count for which answers that only ever grow fit all the tables."""
    names = [f"choice:{name}" for name in "abc"]
    options = []
    for shown in seen:
        ranges = shown.ranges()
        low_total, high_total = ranges["answered", WHOLE]
        boxes = [range(low, min(high, low + 40) + 1) for low, high in (ranges[name, WHOLE] for name in names)]
        options.append([each for each in itertools.product(*boxes) if low_total <= sum(each) <= high_total])
    forward = [set(options[0])]
    for later in options[1:]:
        forward.append(
            {now for now in later if any(all(a <= b for a, b in zip(old, now, strict=True)) for old in forward[-1])}
        )
    backward = [forward[-1]]
    for sooner in reversed(forward[:-1]):
        nexts = backward[0]
        backward.insert(
            0, {old for old in sooner if any(all(a <= b for a, b in zip(old, now, strict=True)) for now in nexts)}
        )
    if cell[0] == "answered":
        return {sum(each) for each in backward[at]}
    return {each[names.index(cell[0])] for each in backward[at]}


def test_the_whole_is_handed_on_after_the_same_people_were_told_apart_and_shows_no_more_than_that_file():
    whole = question(15, 10, 5)
    rows = whole.rows
    counts = {(f"choice:{name}", WHOLE): n for name, n in zip("abc", (15, 10, 5), strict=True)}
    parts = {(row, ("channel", "sms")): n for (row, _), n in counts.items()}
    told_apart = table("q", rows, {**counts, **parts})
    (shown,) = check(whole, release(told_apart, by="channel"), by="")
    before = suppress(told_apart, RULES)
    assert shown.text("choice:a") == before.text("choice:a")
    assert {cell for cell in before.hidden if cell[1] == WHOLE} <= set(shown.hidden)
    with pytest.raises(ledger.Refused):
        check(question(15, 10, 6), release(told_apart, by="channel"), by="")


def test_a_breakdown_that_would_tell_too_much_beside_another_is_left_out_and_the_whole_is_given():
    counts = {"a": 20, "b": 21, "c": 3}
    whole = {(f"choice:{name}", WHOLE): n for name, n in counts.items()}
    rows = question(1, 1, 1).rows
    by_sms = {(row, ("channel", "sms")): n - 5 if n > 5 else n for (row, _), n in whole.items()}
    by_phone = {(row, ("channel", "whatsapp")): 5 if n > 5 else 0 for (row, _), n in whole.items()}
    by_language = {(row, ("language", "en")): n for (row, _), n in whole.items()}
    earlier = release(table("q", rows, {**whole, **by_sms, **by_phone}), by="channel")
    (shown,) = check(table("q", rows, {**whole, **by_language}), earlier, by="language")
    assert shown.dropped == ["language"]
    assert shown.columns == [WHOLE]
    before = suppress(table("q", rows, whole), RULES)
    assert [shown.text(row.key) for row in rows] == [before.text(row.key) for row in rows]
    with pytest.raises(ledger.Refused):
        check(table("q", rows, {**whole, ("choice:c", WHOLE): 4, **by_language}), earlier, by="language")
