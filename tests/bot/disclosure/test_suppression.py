from __future__ import annotations

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.disclosure.rules import HIDDEN, Rules
from bot.disclosure.suppression import Reason, Shown, suppress
from bot.disclosure.tables import WHOLE, Row, Table, table
from bot.disclosure.witness import Witness

RULES = Rules()
SMS, WHATSAPP = ("channel", "sms"), ("channel", "whatsapp")


def question(whole: dict[str, int], **columns: dict[str, int]) -> Table:
    rows = [Row("answered"), *(Row(name, "answered") for name in whole)]
    lowest = {(name, WHOLE): count for name, count in whole.items()}
    for channel, counts in columns.items():
        lowest |= {(name, ("channel", channel)): count for name, count in counts.items()}
    return table("q", rows, lowest)


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, 0), (8, 10), (12, 10), (13, 15), (17, 15), (18, 20), (22, 20), (23, 25), (1002, 1000), (1003, 1005)],
)
def test_counts_are_rounded_to_five_with_halves_up(count, shown):
    assert RULES.rounded(count) == shown


def test_halves_go_up_where_the_base_is_even_and_never_to_the_even_neighbour():
    assert [Rules(base=10).rounded(count) for count in (15, 25, 35)] == [20, 30, 40]


@given(st.integers(0, 500), st.integers(2, 12), st.integers(1, 10))
def test_what_a_reader_may_assume_of_a_shown_count_holds_it(count, smallest, base):
    rules = Rules(smallest=smallest, base=base)
    if not rules.small(count):
        low, high = rules.range_shown(count)
        assert low <= count <= high
        assert all(rules.rounded(each) == rules.rounded(count) for each in range(low, high + 1))


def test_one_to_seven_are_hidden_and_nought_is_shown():
    shown = suppress(question({"a": 40, "b": 3, "c": 0, "d": 30}), RULES)
    assert [shown.text(row) for row in "abcd"] == [40, HIDDEN, 0, 30]
    assert shown.text("answered") == 75
    assert shown.hidden["b", WHOLE] is Reason.SMALL


def test_fewer_than_eight_people_are_not_told_of_at_all_not_even_their_noughts():
    shown = suppress(question({"a": 4, "b": 3, "c": 0}), RULES)
    assert {shown.text(row) for row in ("answered", *"abc")} == {HIDDEN}


def test_eight_answers_of_two_people_are_not_eight_people():
    made = question({"a": 9, "b": 9})
    made.people[WHOLE] = 2
    assert not suppress(made, RULES).shows_anything()


def test_a_small_group_is_not_even_named():
    shown = suppress(question({"a": 40, "b": 20}, sms={"a": 37, "b": 18}, whatsapp={"a": 3, "b": 2}), RULES)
    assert WHATSAPP not in shown.columns
    assert SMS in shown.columns


def test_shares_come_from_what_is_shown_alone():
    shown = suppress(question({"a": 12, "b": 13}), RULES)
    assert (shown.count("a"), shown.count("b"), shown.count("answered")) == (10, 15, 25)
    assert shown.share("a", "answered") == 0.4
    assert suppress(question({"a": 12, "b": 3}), RULES).share("b", "answered") is None


def test_a_total_that_gives_the_hidden_count_away_brings_another_down():
    # 13 rounds to 15 and 20 to 20: the hidden 7 would be 1 to 9; but seven ones under a hidden total are all ones.
    tiny = question(dict.fromkeys("abcdefg", 1) | {"h": 30})
    shown = suppress(tiny, RULES)
    ranges = bounds(shown)
    assert all(high - low >= RULES.spread - 1 for cell, (low, high) in ranges.items() if cell in shown.hidden)


# An attacker who knows the rules, and solves.


def bounds(shown: Shown) -> dict[tuple[str, tuple[str, str]], tuple[int, int]]:
    """What can be worked out of each count of a table by enumerating every population that fits the file.

    Written without a line of the code under test: plain intervals pushed along every sum until nothing moves, then a
    search for whole numbers at both ends.
    """
    cells = {cell: list(limits) for cell, limits in shown.ranges().items()}
    sums = list(sums_of(shown))
    tighten(cells, sums)
    return {cell: (lowest(cells, sums, cell, 1), lowest(cells, sums, cell, -1)) for cell in cells}


def sums_of(shown: Shown):
    made = shown.table
    columns = [column for column in made.every_column if column[0] not in shown.dropped]
    for column in columns:
        for row in made.rows:
            parts = [(part.key, column) for part in made.rows if part.parent == row.key]
            if parts:
                yield (row.key, column), parts
    for name in {column[0] for column in columns} - {""}:
        here = [column for column in columns if column[0] == name]
        for row in made.rows:
            yield (row.key, WHOLE), [(row.key, column) for column in here]


def tighten(cells, sums) -> bool:
    moved = True
    while moved:
        moved = False
        for total, parts in sums:
            low, high = sum(cells[part][0] for part in parts), sum(cells[part][1] for part in parts)
            moved |= narrow(cells, total, low, high)
            for part in parts:
                others_low, others_high = low - cells[part][0], high - cells[part][1]
                moved |= narrow(cells, part, cells[total][0] - others_high, cells[total][1] - others_low)
                low, high = others_low + cells[part][0], others_high + cells[part][1]
        if any(low > high for low, high in cells.values()):
            return False
    return True


def narrow(cells, cell, low, high) -> bool:
    before = tuple(cells[cell])
    cells[cell] = [max(before[0], low), min(before[1], high)]
    return tuple(cells[cell]) != before


def lowest(cells, sums, cell, direction) -> int:
    """The smallest (or largest) value of a cell for which whole numbers fit everything."""
    low, high = cells[cell]
    for value in range(low, min(high, low + 60) + 1) if direction > 0 else range(min(high, low + 60), low - 1, -1):
        trial = {each: list(limits) for each, limits in cells.items()}
        trial[cell] = [value, value]
        if fits(trial, sums):
            return value
    raise AssertionError("the true counts must fit")


def fits(cells, sums) -> bool:
    if not tighten(cells, sums):
        return False
    open_cells = [cell for cell, (low, high) in cells.items() if low < high]
    if not open_cells:
        return True
    cell = min(open_cells, key=lambda each: cells[each][1] - cells[each][0])
    for value in range(cells[cell][0], min(cells[cell][1], cells[cell][0] + 12) + 1):
        trial = {each: list(limits) for each, limits in cells.items()}
        trial[cell] = [value, value]
        if fits(trial, sums):
            return True
    return False


def test_no_hidden_count_of_any_small_table_can_be_worked_out():
    for counts in itertools.product((0, 1, 2, 3, 6, 7, 8, 9, 12, 13, 17), repeat=3):
        shown = suppress(question(dict(zip("abc", counts, strict=True))), RULES)
        found = bounds(shown)
        for cell in shown.hidden:
            low, high = found[cell]
            assert high - low >= RULES.spread - 1, (counts, cell, low, high)


@pytest.mark.parametrize("seed", range(60))
def test_no_hidden_count_of_a_breakdown_can_be_worked_out(seed):
    chance = random.Random(seed)
    sms = {name: chance.choice((0, 1, 4, 7, 8, 11, 14, 20)) for name in "abc"}
    whatsapp = {name: chance.choice((0, 0, 1, 3, 6, 9, 13)) for name in "abc"}
    whole = {name: sms[name] + whatsapp[name] for name in "abc"}
    shown = suppress(question(whole, sms=sms, whatsapp=whatsapp), RULES)
    found = bounds(shown)
    for cell in shown.hidden:
        if cell[1][0] in shown.dropped or shown.count(cell[0]) == 0 or shown.count("answered") == 0:
            continue
        low, high = found[cell]
        assert high - low >= RULES.spread - 1, (sms, whatsapp, cell, low, high)


def test_the_attacker_does_break_a_table_without_secondary_suppression():
    made = question({"a": 1, "b": 1, "c": 1, "d": 1, "e": 1, "f": 1, "g": 1, "h": 1, "i": 0})
    careless = Shown(made, RULES, {(name, WHOLE): Reason.SMALL for name in "abcdefgh"})
    # The total is shown as 10, so at least 8: that tells nothing yet. Were it exact, every count would be known.
    exact = careless.ranges() | {("answered", WHOLE): (8, 8)}
    cells = {cell: list(limits) for cell, limits in exact.items()}
    sums = list(sums_of(careless))
    assert tighten(cells, sums)
    assert {tuple(cells[name, WHOLE]) for name in "abcdefgh"} == {(1, 1)}
    assert Witness(made, exact).spread(("a", WHOLE), 3) == 1
