"""Several people on one phone, told apart by initials; and people whom somebody else answers for. On both stores."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace

import pytest
from sqlalchemy import select

from bot.commands.contacts import run as contacts_command
from bot.conversations.manual import reply_by_hand, take_over
from bot.conversations.sharing import initials_in, signed
from bot.phone.thread import read_thread
from storage.counting import tallies
from storage.tables import addresses, answers, consents, contacts, marks, messages, runs
from tests import tallying
from tests.journeys.reaching import CHAMPION, Town, address, code_in
from tests.workers.surroundings import inbound

HOME = "07700 900123"
WHO = "Who is answering? Reply # and your initials, like #AB. To answer for somebody else: ## and their initials."


@pytest.fixture
def town(store, tmp_path):
    town = Town(store, tmp_path)
    yield town
    town.service.close()


def rows(town, table, **where):
    with town.service.database.reading() as db:
        query = select(table).where(*(table.c[name] == value for name, value in where.items()))
        return [dict(row) for row in db.execute(query.order_by(*table.primary_key)).mappings()]


def person(town, initials):
    """The contact with these initials."""
    return rows(town, addresses, initials=initials)[0]["contact_id"]


def test_two_people_on_one_phone_have_a_conversation_each(town):
    assert town.text(HOME, "#AB") == "Thank you. Now AB is answering."
    first = town.text(HOME, "visit")
    assert "how was your experience" in first
    town.text(HOME, "2")
    assert town.text(HOME, "#cd.") == "Thank you. Now CD is answering."
    assert town.text(HOME, "visit") == first
    town.text(HOME, "5")
    back = town.text(HOME, "# a b")
    assert back.startswith("Thank you. Now AB is answering.\n")
    assert "how was your experience" not in back  # AB goes on where AB was
    given = {row["contact_id"]: row["value"] for row in rows(town, answers)}
    assert given == {person(town, "AB"): "good", person(town, "CD"): "very_poor"}


def test_who_was_here_before_may_say_so_and_else_nothing_of_theirs_is_shown(town):
    town.text(HOME, "visit")
    town.text(HOME, "1")
    asked = "AB, was it you who texted us from this phone before? Reply YES or NO."
    assert town.text(HOME, "#AB") == asked
    assert town.text(HOME, "no") == "Thank you. Now AB is answering."
    assert "answers: 0" in town.text(HOME, "MY DATA")
    assert town.text(HOME, "#CD").startswith("CD, was it you")
    assert town.text(HOME, "yes").startswith("Thank you. Now CD is answering.\n")
    assert "answers: 1" in town.text(HOME, "MY DATA")
    assert len(rows(town, contacts)) == 2


def test_back_never_leads_to_another_persons_answer(town):
    town.text(HOME, "#AB")
    town.text(HOME, "visit")
    town.text(HOME, "1")
    town.text(HOME, "#CD")
    town.text(HOME, "visit")
    assert town.text(HOME, "BACK").startswith("This is the first question, so we cannot go back.")
    assert [row["withdrawn"] for row in rows(town, answers)] == [False]


def test_a_sign_alone_asks_who_is_there_and_bare_initials_answer(town):
    town.text(HOME, "hi")
    assert town.text(HOME, "#") == WHO
    assert town.text(HOME, "AB") == "Thank you. Now AB is answering."  # they only said hi: nothing to be shown
    assert len(rows(town, contacts)) == 1


def test_a_beginning_that_may_be_anybodys_waits_until_we_know_who_writes(town):
    town.text(HOME, "#AB")
    town.text(HOME, "#CD")
    town.later(hours=2)
    assert town.text(HOME, "visit") == WHO
    begun = town.text(HOME, "ab")
    assert begun.startswith("Thank you. Now AB is answering.\n")
    assert "how was your experience" in begun
    assert [row["contact_id"] for row in rows(town, runs)] == [person(town, "AB")]


def test_after_a_long_silence_an_answer_is_not_put_on_whoever_wrote_last(town):
    town.text(HOME, "#AB")
    town.text(HOME, "visit")
    town.later(hours=25)
    assert town.text(HOME, "3") == WHO
    assert rows(town, answers) == []
    assert town.text(HOME, "HELP") != WHO  # what is about us is heard first
    town.text(HOME, "#")
    assert "how was your experience" in town.text(HOME, "AB")


def test_words_that_mean_something_else_are_no_initials(town):
    town.text(HOME, "#AB")
    town.text(HOME, "#")
    town.text(HOME, "STOP")
    assert [row["initials"] for row in rows(town, addresses)] == ["AB"]


def test_stop_is_for_the_phone_and_start_for_who_says_it(town):
    town.text(HOME, "#AB")
    town.text(HOME, "visit")
    town.text(HOME, "#CD")
    town.text(HOME, "STOP")
    assert all(row["stopped_at"] for row in rows(town, contacts))
    assert [row["status"] for row in rows(town, runs)] == ["stopped"]
    assert {row["contact_id"] for row in rows(town, consents, kind="stop")} == {person(town, "AB"), person(town, "CD")}
    assert town.text(HOME, "#AB") == ""
    town.text(HOME, "START")
    assert [bool(row["stopped_at"]) for row in rows(town, contacts)] == [True, False]


def test_forgetting_one_leaves_the_other_and_their_phone(town):
    town.text(HOME, "#AB")
    town.text(HOME, "visit")
    town.text(HOME, "1")
    town.text(HOME, "#CD")
    town.text(HOME, "visit")
    town.text(HOME, "2")
    town.text(HOME, "FORGET ME")
    assert town.text(HOME, "yes").startswith("Done.")
    assert [row["initials"] for row in rows(town, addresses)] == ["AB"]
    assert [row["in_hand"] for row in rows(town, addresses)] == [1]
    assert [row["value"] for row in rows(town, answers)] == ["very_good"]
    assert "how was your experience" not in town.text(HOME, "again")


def test_a_text_that_comes_again_after_the_phone_changed_hands_gets_its_own_reply(town):
    town.text(HOME, "#AB")
    first = town.text(HOME, "visit")
    sent = rows(town, messages, body="visit")[0]["provider_id"]
    town.text(HOME, "#CD")
    assert town.text(HOME, "visit", provider_id=sent) == first
    assert len(rows(town, runs)) == 1


def test_each_is_asked_by_their_initials_and_one_after_the_other(town):
    town.group()
    town.text(HOME, "#AB")
    town.member(HOME)
    town.text(HOME, "#CD")
    town.member(HOME)
    code = code_in(town.text(CHAMPION, "SEND visit TO carers"))
    assert "2 people" in town.text(CHAMPION, code)
    town.work()
    bodies = [row["body"] for row in rows(town, messages, kind="survey") if row["provider_id"]]
    assert len(bodies) == 1  # the other waits until this conversation is over
    asked = bodies[0][:2]
    other = {"AB": "CD", "CD": "AB"}[asked]
    assert bodies[0][2:4] == ": "
    town.text(HOME, "1")
    town.text(HOME, "kind people")
    assert rows(town, answers)[0]["contact_id"] == person(town, asked)
    town.later(minutes=15)
    town.work()
    assert all(row["provider_id"] for row in rows(town, messages, kind="survey"))
    town.text(HOME, "4")
    assert rows(town, answers)[-1]["contact_id"] == person(town, other)


def test_what_a_person_of_the_team_writes_names_whom_it_is_for_and_their_reply_is_theirs(town):
    town.text(HOME, "#AB")
    town.text(HOME, "visit")
    town.text(HOME, "#CD")
    take_over(town.service, person(town, "AB"), "user:1")
    reply_by_hand(town.service, person(town, "AB"), "What happened at the clinic?", "user:1", b"page")
    town.work()
    assert town.heard(HOME) == ["AB: What happened at the clinic?"]
    assert town.text(HOME, "they lost my notes") == ""
    (told,) = rows(town, messages, body="they lost my notes")
    assert told["contact_id"] == person(town, "AB")


def test_while_one_is_answered_by_a_person_another_takes_the_phone_and_goes_on(town):
    town.text(HOME, "#CD")
    first = town.text(HOME, "visit")
    town.text(HOME, "#AB")
    take_over(town.service, person(town, "AB"), "user:1")
    assert town.text(HOME, "#CD").endswith(first.partition("\n")[2])
    reply_by_hand(town.service, person(town, "AB"), "Are you all right?", "user:1", b"page")
    town.work()  # CD is in the middle of a conversation, and stays in it
    town.text(HOME, "1")
    assert [row["contact_id"] for row in rows(town, answers)] == [person(town, "CD")]
    assert town.text(HOME, "#AB") == "Thank you. Now AB is answering."
    assert town.text(HOME, "yes thanks") == ""


def test_answers_for_somebody_else_are_marked_and_counted_apart(town):
    town.text(HOME, "visit")
    town.text(HOME, "1")
    assert town.text(HOME, "##MUM") == "Thank you. You are answering for MUM now, and we note that."
    assert rows(town, contacts, id=person(town, "MUM"))[0]["agreed_at"] is None
    town.text(HOME, "visit")
    town.text(HOME, "4")
    tallies.fold(town.service.database, 100)
    counted = {
        (key[6], key[7], key[9]): count
        for key, count in tallying.stored(town.service.database).items()
        if key[2] == "rating"
    }
    assert counted == {
        ("", "", "very_good"): 1,
        ("", "", "poor"): 1,
        ("answered_for", "another person", "poor"): 1,
    }
    assert rows(town, contacts, id=person(town, "MUM"))[0]["agreed_at"] is None  # MUM has agreed to nothing
    assert town.text(HOME, "#MUM").startswith("Thank you. Now MUM is answering.")


def test_who_is_always_answered_for_is_marked_without_a_word(town):
    town.group()
    town.member(HOME)
    town.remember(HOME, needs="proxy, large print")
    town.text(CHAMPION, code_in(town.text(CHAMPION, "SEND visit TO carers")))
    town.work()
    borne = {(row["dimension"], row["part"]) for row in rows(town, marks)}
    assert borne == {("group", "carers"), ("answered_for", "another person")}


def test_everybody_on_a_number_is_shown_and_erased_together(town, capsys, monkeypatch):
    town.text(HOME, "#AB")
    town.text(HOME, "#CD")
    environ = {
        "SAYSO_DATA": str(town.service.settings.data),
        "DATABASE_URL": town.service.settings.database_url,
        "SAYSO_SECRET_KEY": town.service.settings.secret_key.hex(),
    }
    contacts_command(Namespace(what="erase", number=HOME, why="asked", yes=True), environ)
    assert capsys.readouterr().out.count("Erased:") == 2
    assert rows(town, addresses) == []


@pytest.mark.parametrize(
    ("text", "initials"),
    [("#AB", "AB"), (" # a. b. ", "AB"), ("＃ＡＢ", "AB"), ("#ঋত", "ঋত"), ("#ABCDE", ""), ("#1", ""), ("AB", "")],
)
def test_initials_are_read_in_any_script(text, initials):
    assert signed(text)[1] == initials


def test_initials_compare_however_they_are_written():
    assert initials_in("é") == initials_in("E\u0301")
    assert initials_in("\u0301") == ""


def test_the_phone_page_shows_the_whole_phone(town):
    town.text(HOME, "#AB")
    town.text(HOME, "#CD")
    shown = [bubble.body for bubble in read_thread(town.service, address(HOME), "sms") if bubble.mine]
    assert shown == ["#AB", "#CD"]


def test_a_missed_call_from_a_shared_phone_asks_who_rings_and_begins_once_that_is_known(town):
    for initials in ("#AB", "#CD"):
        town.text(HOME, initials)
    town.later(minutes=1)
    assert town.text(HOME, "", missed_call=True) == WHO
    said = town.text(HOME, "AB")
    assert said.startswith("Thank you. Now AB is answering.\n")
    begun = rows(town, runs)
    assert [(run["contact_id"], run["trigger"]) for run in begun] == [(person(town, "AB"), "missed call")]


def test_a_missed_call_of_one_person_begins_at_once(town):
    town.text(HOME, "", missed_call=True)
    assert [run["trigger"] for run in rows(town, runs)] == ["missed call"]


def test_forgetting_one_takes_their_kept_texts_and_leaves_the_others(town):
    town.text(HOME, "#CD")
    town.text(HOME, "#AB")
    spool = town.service.spool
    for words in ("mine", "#CD", "theirs", "#ab", "mine again"):
        town.later(seconds=1)
        spool.keep(replace(inbound(town.service, words), address=address(HOME)))
    town.text(HOME, "FORGET ME")
    town.text(HOME, "YES")
    assert [kept.body for _, kept in spool.waiting()] == ["#CD", "theirs"]


def test_a_picture_that_waits_for_a_name_is_no_missed_call(town):
    town.text(HOME, "#AB")
    town.text(HOME, "#CD")
    town.later(days=2)
    assert town.text(HOME, "", kinds=("photo",)) == WHO
    assert town.text(HOME, "AB") == "Thank you. Now AB is answering."
    assert rows(town, runs) == []
