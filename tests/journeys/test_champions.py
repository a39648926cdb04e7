"""A champion's day: bring people in, ask them, see how many answered, stop. On both stores, by text alone."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from bot.champions import sentences
from bot.champions.telling import shown_shares
from bot.disclosure.rules import Rules
from bot.disclosure.suppression import suppress
from bot.disclosure.tables import WHOLE, Row, table
from bot.exports.results import ANSWERED
from bot.people import grouping
from bot.people.grouping import GroupsError
from storage.community import championing, contacts, groups
from storage.tables import addresses, alerts, champions, members, messages
from tests.journeys.reaching import CHAMPION, Town, address, code_in, phones
from tests.journeys.test_sharing import rows

ANN = "07700 900123"


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    yield town
    town.service.close()


def test_somebody_added_is_asked_once_and_counts_only_after_their_own_yes(town):
    town.group()
    said = town.text(CHAMPION, "ADD 07700 900123 Ann TO carers")
    assert said == "We have invited Ann to Carers. They count once they have said YES themselves."
    town.work()
    assert town.heard(ANN) == [
        "Hello Ann. Cleo invites you to Carers (Sayso): a few questions by text. "
        "Reply YES to join. NO or STOP: no texts."
    ]
    assert town.text(CHAMPION, "groups") == "carers: 0 (+1 invited)"
    assert "asked this week" in town.text(CHAMPION, "ADD 07700900123 Ann TO carers")
    assert town.text(ANN, "yes").startswith("Thank you. You are in Carers now.")
    assert town.text(CHAMPION, "groups") == "carers: 1"
    assert town.text(CHAMPION, "ADD 07700900123 Ann TO carers") == "Ann is in Carers already."


def test_who_says_no_is_not_asked_again_by_anybody(town):
    town.group()
    town.text(CHAMPION, "ADD 07700 900123 Ann TO carers")
    town.work()
    assert town.text(ANN, "no") == "That is fine. We will not ask you again."
    town.later(days=30)
    assert "We do not ask again" in town.text(CHAMPION, "ADD 07700 900123 Ann TO carers")


def test_who_has_said_stop_is_never_invited(town):
    town.group()
    town.text(ANN, "STOP")
    assert "We do not ask again" in town.text(CHAMPION, "ADD 07700 900123 Ann TO carers")
    town.work()
    assert town.heard(ANN) == []


def test_nothing_leaves_without_the_code(town):
    town.group()
    for phone in phones(3):
        town.member(phone)
    shown = town.text(CHAMPION, "SEND visit TO carers")
    assert re.fullmatch(r"Texts 3 people, about £0\.25\. Reply \d{4} to send\.", shown)
    town.work()
    assert [town.heard(phone) for phone in phones(3)] == [[], [], []]
    wrong = "0000" if code_in(shown) != "0000" else "0001"
    assert "2 left" in town.text(CHAMPION, wrong)
    assert town.text(CHAMPION, code_in(shown)) == "It is on its way to 3 people. HALT visit stops it."
    town.work()
    for phone in phones(3):
        assert len(town.heard(phone)) == 1
        assert "how was your experience" in town.heard(phone)[0]
    assert town.text(CHAMPION, code_in(shown)) == "Nothing waits for a code."


def test_more_people_than_were_shown_are_not_texted_before_they_are_shown(town):
    town.group()
    town.member(ANN)
    shown = town.text(CHAMPION, "SEND visit TO carers")
    for phone in phones(2):
        town.member(phone)
    again = town.text(CHAMPION, code_in(shown))
    assert again.startswith("Texts 3 people, about")
    assert town.text(CHAMPION, code_in(again)) == "It is on its way to 3 people. HALT visit stops it."


def test_a_code_that_would_reach_nobody_any_more_says_so(town):
    town.group()
    town.member(ANN)
    code = code_in(town.text(CHAMPION, "SEND visit TO carers"))
    town.text(ANN, "STOP")
    assert "would reach nobody just now: " in town.text(CHAMPION, code)


def test_a_code_ends_after_three_wrong_tries_and_after_ten_minutes(town):
    town.group()
    town.member(ANN)
    code = code_in(town.text(CHAMPION, "SEND visit TO carers"))
    wrong = [each for each in ("1111", "2222", "3333", "4444") if each != code]
    assert [town.text(CHAMPION, each)[-8:] for each in wrong[:2]] == [" 2 left.", " 1 left."]
    assert "That code is over" in town.text(CHAMPION, wrong[2])
    assert town.text(CHAMPION, code) == "Nothing waits for a code."
    code = code_in(town.text(CHAMPION, "SEND visit TO carers"))
    town.later(minutes=10)
    assert "That code is over" in town.text(CHAMPION, code)


def test_a_strangers_text_never_reaches_the_commands(town):
    town.group()
    town.member(ANN)
    for words in ("SEND visit TO carers", "ADD 07700 900124 Bob TO carers", "GROUPS", "RESULTS visit", "4821"):
        assert "To begin, text" in town.text("07700 900999", words)
        assert "To begin, text" in town.text(ANN, words)


def test_in_a_group_too_small_for_results_nobody_is_told_to_ask_more(town):
    town.group()
    for phone in phones(3):
        town.member(phone)
    town.text(CHAMPION, code_in(town.text(CHAMPION, "SEND visit TO carers")))
    town.work()
    town.text(phones(1)[0], "1")
    assert town.text(CHAMPION, "RESULTS visit") == "1 of 3 answered. Results show from 25 answers on."


def test_results_are_told_only_above_the_threshold(town):
    town.group()
    everybody = phones(30)
    for phone in everybody:
        town.member(phone)
    for phone in everybody[:10]:
        for words in ("visit", "5", "nobody asked me"):
            town.text(phone, words)  # before they were asked: no part of what the broadcast found
    town.text(CHAMPION, code_in(town.text(CHAMPION, "SEND visit TO carers")))
    town.work()
    for phone in everybody[:19]:
        town.text(phone, "1")
    assert town.text(CHAMPION, "RESULTS visit") == "19 of 30 answered; ask 6 more to see results."
    assert town.text(CHAMPION, "WHO visit") == "11 not yet."
    for phone in everybody[19:25]:
        town.text(phone, "2")
    town.remember(everybody[29], first_name="Zoe", visible=True)
    assert town.text(CHAMPION, "WHO visit") == "5 not yet, among them Zoe."
    others = [f"Wilhelmina Alexandra Josephine Maria {number}" for number in range(4)]
    for phone, name in zip(everybody[25:29], others, strict=True):
        town.remember(phone, first_name=name, visible=True)
    assert town.text(CHAMPION, "WHO visit") == f"5 not yet, among them {', '.join(others)}, Zoe."
    # 19 very good and 6 good: the six are too few to show, and of 25 they may be any of 3 to 7.
    assert town.text(CHAMPION, "RESULTS visit") == "25 of 30 answered. Very good 80%, the others too few to show."


@pytest.mark.parametrize(
    ("counts", "shares"),
    [
        ({"yes": 20, "no": 10}, {"yes": 65, "no": 35}),
        ({"yes": 24, "no": 1}, {}),  # of 25 the rest would be none or one
        ({"a": 12, "b": 10, "c": 2, "d": 1}, {"a": 40, "b": 40}),
        ({"a": 13, "b": 13, "c": 13}, {"a": 35, "b": 35, "c": 30}),
        ({"a": 33, "b": 8, "c": 8, "d": 8, "e": 8}, {"a": 45, "b": 15, "c": 15, "d": 15, "e": 10}),
        ({"a": 4, "b": 3}, {}),
        ({}, {}),
    ],
)
def test_shares_follow_the_rules_of_shared_tables(counts, shares):
    rows = [Row(ANSWERED), *(Row(f"choice:{key}", ANSWERED) for key in counts)]
    made = table("q", rows, {(f"choice:{key}", WHOLE): count for key, count in counts.items()})
    assert shown_shares(suppress(made, Rules())) == shares


def test_shares_stay_as_they_were_while_a_few_more_answer(town):
    """A champion who asks after each reply hears nothing of what that one person said."""
    town.group()
    everybody = phones(40)
    for phone in everybody:
        town.member(phone)
    town.text(CHAMPION, code_in(town.text(CHAMPION, "SEND visit TO carers")))
    town.work()

    def shares() -> str:
        return town.text(CHAMPION, "RESULTS visit").partition(". ")[2]

    for number, phone in enumerate(everybody[:25]):
        town.text(phone, "12"[number % 2])
    told = [shares()]
    for phone in everybody[25:]:
        town.text(phone, "1")
        told.append(shares())
    assert told == ["Very good 60%, Good 40%."] * 8 + ["Very good 65%, Good 35%."] * 8


def test_what_champions_hear_may_be_translated(town, monkeypatch):
    words = replace(town.service.words("en"), sentences={sentences.NOTHING_WAITS: "Does dim yn aros am god."})
    monkeypatch.setattr(type(town.service), "words", lambda _service, _language: words)
    town.group()
    assert town.text(CHAMPION, "1234") == "Does dim yn aros am god."


def test_a_meeting_is_counted_apart(town):
    town.group()
    assert town.text(CHAMPION, "TALLY visit 12 yes 7 no") == (
        "Noted for visit in carers, apart from the texts: yes 12, no 7."
    )
    for counted in ("TALLY visit 3 Very good, 2 dunno", "TALLY visit Very good 3, dunno 2 in carers"):
        assert "Very good 3, Don't know 2" in town.text(CHAMPION, counted)


def test_a_count_is_put_right_on_the_same_day_and_added_to_on_another(town):
    def counted() -> dict[str, int]:
        with town.service.database.reading() as db:
            return championing.meeting(db, "visit", "carers")

    town.group()
    town.text(CHAMPION, "TALLY visit 12 yes 7 no")
    town.text(CHAMPION, "TALLY visit 3 maybe")
    assert town.text(CHAMPION, "TALLY visit 21 yes") == (
        "Noted for visit in carers, in place of what you counted today: yes 21."
    )
    town.text(CHAMPION, "TALLY visit 0 maybe")
    assert counted() == {"yes": 21, "no": 7}
    town.later(days=1)
    town.text(CHAMPION, "TALLY visit 1 yes")
    assert counted() == {"yes": 22, "no": 7}


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("TALLY visit 12 yse 7 no", "TALLY visit 12 yes 7 no"),
        ("TALLY visit verry good 12, poor 7", "TALLY visit 12 very good 7 poor"),
    ],
)
def test_a_slip_in_an_answer_is_met_with_a_suggestion_and_counts_nothing(town, slip, meant):
    town.group()
    assert town.text(CHAMPION, slip) == f"Did you mean: {meant} ?\nText it like that."
    with town.service.database.reading() as db:
        assert championing.meeting(db, "visit", "carers") == {}
    assert town.text(CHAMPION, meant).startswith("Noted for visit")


def test_remove_alone_begins_an_order_of_a_champion_and_is_stop_to_everybody_else(town):
    town.group()
    said = town.text(CHAMPION, "Remove")
    assert said == "Did you mean: REMOVE 07700 900123 FROM carers ?\nText it like that."
    assert "no more texts" in town.text(ANN, "Remove")
    assert "no more texts" in town.text(CHAMPION, "stop")


def test_a_yes_in_place_of_the_code_sends_nothing_costs_no_try_and_says_what_to_text(town):
    town.group()
    town.member(ANN)
    code = code_in(town.text(CHAMPION, "SEND visit TO carers"))
    for _ in range(2):
        assert town.text(CHAMPION, "Yes") == "That is not the code. Look at our last text and try again: 3 left."
    assert "on its way" in town.text(CHAMPION, code)
    assert town.text(CHAMPION, "Yes").startswith("SEND visit TO carers")


def test_what_nobody_understands_is_met_with_what_a_champion_can_text(town):
    town.group()
    assert town.text(CHAMPION, "how is it going?").startswith("SEND visit TO carers")
    assert "To begin, text HELLO" in town.text(ANN, "how is it going?")


def test_join_and_the_name_of_a_group_joins_it_though_join_alone_begins_a_flow(town):
    town.group()
    assert "You are in Carers now" in town.text(ANN, "JOIN CARERS")
    assert "Which language" in town.text(ANN, "join")


def test_join_finds_a_group_by_its_name_where_its_keyword_is_another_which_is_no_word_by_itself(town):
    town.group()
    grouping.change(town.service, "carers", "Carers", "friday tea")
    grouping.make(town.service, "young-carers", "Young carers", "youth")
    assert "You are in" not in town.text(ANN, "carers")
    assert "You are in Carers now" in town.text(ANN, "JOIN carers")
    assert "You are in Young carers now" in town.text(ANN, "join young carers")


def test_a_slip_is_met_with_a_suggestion(town):
    town.group()
    assert town.text(CHAMPION, "SNED visit TO carers") == "Did you mean: SEND visit TO carers ?\nText it like that."
    assert "You have: carers" in town.text(CHAMPION, "SEND visit TO neighbours")


def test_of_a_shared_phone_the_one_in_the_group_is_removed_whoever_has_it_in_hand(town):
    town.group()
    town.text(ANN, "#AB")
    town.member(ANN)
    town.text(ANN, "#CD")
    assert town.text(CHAMPION, "REMOVE 07700 900123 FROM carers") == "That number is no longer in Carers."


@pytest.mark.parametrize(("named", "left"), [("c d", "AB"), ("Di", "AB"), ("AB", "CD")])
def test_of_several_in_the_group_on_one_phone_nobody_is_removed_before_it_is_said_who(town, named, left):
    town.group()
    for initials in ("AB", "CD"):
        town.text(ANN, f"#{initials}")
        town.member(ANN)
    town.remember(ANN, first_name="Di")  # who has it in hand
    assert town.text(CHAMPION, "REMOVE 07700 900123 FROM carers") == (
        "2 people in Carers share that phone. Add a first name or initials: REMOVE 07700 900123 NAME FROM Carers"
    )
    assert town.text(CHAMPION, "REMOVE 07700 900123 Zoe FROM carers") == "Zoe is not in Carers."
    assert town.text(CHAMPION, "GROUPS") == "carers: 2"
    assert town.text(CHAMPION, f"REMOVE 07700 900123 {named} FROM carers") == f"{named} is no longer in Carers."
    assert [row["contact_id"] for row in rows(town, members)] == [rows(town, addresses, initials=left)[0]["contact_id"]]


def test_a_member_by_whatsapp_and_somebody_invited_are_taken_out_by_their_number(town):
    town.group()
    town.text(ANN, "carers", channel="whatsapp")
    assert town.text(CHAMPION, "REMOVE 07700 900123 FROM carers") == "That number is no longer in Carers."
    town.text(CHAMPION, "ADD 07700 900124 Bob TO carers")
    assert town.text(CHAMPION, "REMOVE 07700 900124 FROM carers") == "That number is no longer in Carers."
    assert town.text(CHAMPION, "GROUPS") == "carers: 0"


def test_of_several_on_one_phone_the_one_who_is_called_so_is_invited_and_appointed(town):
    town.group()
    for initials, name in (("AB", "Ann"), ("CD", "")):
        town.text(ANN, f"#{initials}")
        town.remember(ANN, **({"first_name": name} if name else {}))  # CD has it in hand
    town.text(CHAMPION, f"ADD {ANN} Ann TO carers")
    town.work()
    assert town.heard(ANN)[0].startswith("AB: Hello Ann. Cleo invites you to Carers")
    for unknown in ("Zoe", ""):
        with pytest.raises(GroupsError, match="give the initials"):
            grouping.appoint(town.service, "carers", ANN, unknown)
    for named in (("Ann", ""), ("", "ab")):
        appointed = grouping.appoint(town.service, "carers", ANN, *named)
        assert appointed.contact_id == rows(town, addresses, initials="AB")[0]["contact_id"]


def test_the_champion_on_a_shared_phone_is_dismissed_whoever_has_it_in_hand(town):
    town.group()
    town.text(CHAMPION, "#CL")
    town.text(CHAMPION, "yes")
    town.text(CHAMPION, "#BO")
    grouping.dismiss(town.service, "carers", CHAMPION)
    assert rows(town, champions) == []
    with pytest.raises(GroupsError, match="does not look after"):
        grouping.dismiss(town.service, "carers", CHAMPION)


@pytest.mark.parametrize("order", ["ADD 07700 900123 Ann TO carers", "REMOVE 07700-900-123 FROM carers"])
def test_who_is_forgotten_stands_in_no_text_of_somebody_who_was_a_champion_then(town, order):
    town.group()
    town.text(ANN, "hello")
    town.text(CHAMPION, order, provider_id="SMorder")
    with town.service.database.transaction() as db:
        groups.dismiss(db, contacts.find(db, town.service.secrets.hash(address(CHAMPION))), "carers")
    town.text(ANN, "forget me")
    assert "deleted" in town.text(ANN, "yes")
    bodies = [row["body"] for row in rows(town, messages)]
    assert "[removed]" in bodies
    assert not [body for body in bodies if "900123" in body.replace("-", "")]
    town.text(CHAMPION, order, provider_id="SMorder")  # the gateway's list still has it whole
    assert rows(town, alerts) == []


def test_removing_takes_a_person_out_and_their_texts_go_on_to_nobody(town):
    town.group()
    town.member(ANN)
    town.remember(ANN, first_name="Ann")
    assert town.text(CHAMPION, "REMOVE Ann FROM carers") == "Ann is no longer in Carers."
    assert town.text(CHAMPION, "REMOVE 07700 900123 FROM carers") == "That number is not in Carers."
    assert "would reach nobody" in town.text(CHAMPION, "SEND visit TO carers")


def test_halt_stops_what_has_not_left(town):
    town.group()
    town.member(ANN)
    town.text(CHAMPION, code_in(town.text(CHAMPION, "SEND visit TO carers")))
    assert town.text(CHAMPION, "HALT visit") == "visit is stopped. Asked before: 0. They may still answer."
    town.work()
    assert town.heard(ANN) == []
    assert town.text(CHAMPION, "HALT visit") == "No visit of yours is being sent."


def test_halt_says_how_many_were_asked_before(town):
    town.group()
    for phone in phones(3):
        town.member(phone)
    town.remember(phones(3)[0], hours="18:00-20:00")
    town.text(CHAMPION, code_in(town.text(CHAMPION, "SEND visit TO carers")))
    town.work()
    assert town.text(CHAMPION, "HALT visit") == "visit is stopped. Asked before: 2. They may still answer."


def test_a_reminder_that_reaches_nobody_says_why(town):
    town.group()
    town.member(ANN)
    assert town.text(CHAMPION, "REMIND visit") == "visit has not been sent to carers yet."
    assert town.text(CHAMPION, "WHO visit") == "visit has not been sent to carers yet."
    town.text(CHAMPION, code_in(town.text(CHAMPION, "SEND visit TO carers")))
    town.work()
    for days in (2, 6):
        town.later(days=days)
        town.work()
    assert town.text(CHAMPION, "REMIND visit") == "1 not yet, but their time to answer is over."


def test_a_reminder_where_everybody_has_answered_says_so(town):
    town.group()
    town.member(ANN)
    town.text(CHAMPION, code_in(town.text(CHAMPION, "SEND visit TO carers")))
    town.work()
    town.text(ANN, "1")
    assert town.text(CHAMPION, "REMIND visit TO carers") == "Everybody who was asked has answered."


def test_a_code_for_a_group_that_was_taken_from_a_champion_sends_nothing(town):
    town.group()
    town.member(ANN)
    town.group("youth")
    code = code_in(town.text(CHAMPION, "SEND visit TO carers"))
    with town.service.database.transaction() as db:
        champion = contacts.find(db, town.service.secrets.hash(address(CHAMPION)))
        groups.dismiss(db, champion, "carers")
    assert town.text(CHAMPION, code) == "Nothing waits for a code."
    town.work()
    assert town.heard(ANN) == []


def test_several_numbers_at_once_are_asked_for_one_by_one(town):
    town.group()
    said = town.text(CHAMPION, "ADD 07700 900123 07700 900124 TO carers")
    assert said == "That is more than one number. Please give one at a time."
