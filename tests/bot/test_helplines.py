"""Who to call, in each nation."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.conversations.helplines import MOST, nation_of, nations
from flows.understanding.crisis import Danger

NUMBER = re.compile(r"999|111|85258|116 123|0[38]00 [\d ]{4,12}|0808 [\d ]{6,12}")


@pytest.mark.parametrize("name", ["england", "northern-ireland", "scotland", "wales"])
def test_every_nation_has_a_number_for_every_danger_and_says_how_old_it_is_and_where_from(name: str):
    nation = nations()[name]
    assert date.fromisoformat(nation.written) <= date.fromisoformat(nation.checked or nation.written)
    assert nation.emergency == "999"
    for danger in set(Danger) - {Danger.EMERGENCY}:
        assert 1 <= len(nation.lines_for([danger])) <= MOST
    for line in nation.lines:
        assert NUMBER.fullmatch(line.number), line
        assert line.source.startswith("https://"), line


def test_the_numbers_everybody_should_be_given_are_there():
    everywhere = {(line.name, line.number) for nation in nations().values() for line in nation.lines}
    assert {
        ("Samaritans", "116 123"),
        ("Childline", "0800 1111"),
        ("National Domestic Abuse Helpline", "0808 2000 247"),
        ("Shout", "85258"),
        ("C.A.L.L.", "0800 132 737"),
        ("Breathing Space", "0800 83 85 87"),
        ("Lifeline", "0808 808 8000"),
        ("Live Fear Free", "0808 80 10 800"),
    } <= everywhere
    assert not any(line.number == "111" for line in nations()["northern-ireland"].lines)


@pytest.mark.parametrize(
    ("postcode", "nation"),
    [
        ("CF10", "wales"), ("sa1 1aa", "wales"), ("EH1", "scotland"), ("G12", "scotland"), ("BT7", "northern-ireland"),
        ("E13", "england"), ("GU1", "england"), ("LS1", "england"), ("", "england"), (None, "england"),
        ("xx", "england"), (7, "england"),
    ],
)  # fmt: skip
def test_the_postcode_tells_the_nation(postcode: object, nation: str):
    assert nation_of("england", postcode) is nations()[nation]


def test_without_a_postcode_the_service_s_own_nation_counts():
    assert nation_of("scotland", None) is nations()["scotland"]


@pytest.mark.parametrize("name", sorted(nations()))
def test_somebody_in_several_dangers_gets_a_number_for_each(name: str):
    dangers = (Danger.SUICIDE, Danger.CHILD, Danger.ABUSE)
    lines = nations()[name].lines_for(dangers)
    assert len(lines) <= MOST
    assert {danger for danger in dangers if any(danger in line.dangers for line in lines)} == set(dangers)
    assert lines[0].dangers >= {Danger.SUICIDE}


@pytest.mark.parametrize("name", ["england", "scotland", "wales"])
def test_the_number_of_two_services_is_said_with_the_key_of_the_graver(name: str):
    lines = nations()[name].lines_for((Danger.SUICIDE, Danger.EMERGENCY))
    assert [line.key for line in lines if line.number == "111"] == ["2"]
