from __future__ import annotations

import pytest

from bot.console import contact_pages
from storage.community import contacts, groups, phones
from storage.team import audit
from tests.workers.surroundings import say

LIST = "/console/contacts"
NUMBER = "sms:+447700900001"


@pytest.fixture
def zeinab(service) -> int:
    """Somebody with a first name who needs something, has texted, and is in no group."""
    say(service, "visit", "it was awful")
    with service.database.transaction() as db:
        contact_id = contacts.find(db, service.secrets.hash(NUMBER))
        contacts.set_attributes(
            db, contact_id, {"first_name": "Zeinab", "access_needs": "large <print>", "area": "E13"}
        )
    return contact_id


@pytest.fixture
def card(bob, zeinab) -> str:
    """Her page, which Bob has given a reason for."""
    path = f"{LIST}/{zeinab}"
    bob.post(f"/console/conversations/{zeinab}/look", page=path, what="contact", reason="rights")
    return path


def met(service, db, address: str) -> int:
    """Somebody who may be texted."""
    key, sealed = service.secrets.hash(address), service.secrets.seal(address.encode())
    given = {"channel": "sms", "gateway": "simulator", "language": "en", "initials": "", "agreed_at": 1}
    return phones.join(db, key, sealed, now=1, **given).contact_id


def actions(service, count: int) -> list[str]:
    with service.database.reading() as db:
        return [entry.action for entry in audit.page(db, None, count)]


def test_an_empty_list_says_how_people_come(bob):
    assert "People come by texting a word" in bob.get(LIST).text


@pytest.mark.usefixtures("zeinab")
def test_the_list_shows_no_name_and_no_number_but_what_people_need(bob):
    page = bob.get(LIST).text
    assert "Person " in page
    assert "large &lt;print&gt;" in page
    assert "Zeinab" not in page
    assert "7700" not in page


def test_the_list_goes_page_by_page_and_by_group(service, bob, monkeypatch):
    monkeypatch.setattr(contact_pages, "PAGE", 2)
    bob.post("/console/groups", name="carers")
    with service.database.transaction() as db:
        for number in range(3):
            address = f"sms:+44770090010{number}"
            contact_id = contacts.add(db, service.secrets, address, "simulator", "en", service.midnight(service.now()))
        groups.join(db, contact_id, "carers", 1)
    first = bob.get(LIST).text
    following = next(part for part in first.split('"') if "before=" in part).replace("&amp;", "&")
    assert first.count("Person ") == 2
    assert bob.get(following).text.count("Person ") == 1
    assert bob.get(f"{LIST}?group=carers").text.count("Person ") == 1


@pytest.mark.parametrize("number", ["07700 900001", "+44 7700 900001"])
def test_somebody_is_found_by_number_and_the_address_of_the_page_holds_none(bob, zeinab, number):
    answer = bob.post(f"{LIST}/find", page=LIST, q=number)
    assert answer.headers["Location"] == f"{LIST}/{zeinab}"


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("zeinab", "Person "), ("Zein", "Nobody found"), ("07700 900009", "Nobody found"), ("077", "too few")],
)
@pytest.mark.usefixtures("zeinab")
def test_somebody_is_found_by_first_name_whatever_its_case(bob, wanted, found):
    assert found in bob.post(f"{LIST}/find", page=LIST, q=wanted).text


def test_a_page_about_somebody_opens_only_with_a_reason_that_the_audit_trail_keeps(service, bob, zeinab):
    path = f"{LIST}/{zeinab}"
    assert "Zeinab" not in bob.get(path).text
    look = f"/console/conversations/{zeinab}/look"
    assert bob.post(look, page=path, what="contact", reason="because").status_code == 400
    assert bob.post(look, page=path, what="team", reason="rights").status_code == 400
    assert bob.post(look, page=path, what="contact", reason="rights").headers["Location"] == path
    assert "Zeinab" in bob.get(path).text
    with service.database.reading() as db:
        entry = audit.page(db, None, 1)[0]
    assert (entry.action, entry.target) == ("looked at a person", f"contact:{zeinab}")
    assert entry.reason == "They asked what we know, or to change or delete it"


def test_every_look_under_one_reason_is_noted_with_it_each_page_once(service, bob, card, zeinab):
    for _ in range(2):
        assert bob.get(card).status_code == bob.get(f"/console/conversations/{zeinab}").status_code == 200
    bob.post(f"{card}/addresses", page=card)
    with service.database.reading() as db:
        entries = audit.page(db, None, 3)
    assert [entry.action for entry in entries] == [
        "looked at a number", "looked at a conversation", "looked at a person",
    ]  # fmt: skip
    assert {entry.reason for entry in entries} == {"They asked what we know, or to change or delete it"}


def test_a_browser_keeps_the_newest_looks_only_so_that_its_cookie_holds_them(service, bob, clock):
    with service.database.transaction() as db:
        everybody = [met(service, db, f"sms:+4477009000{number:02d}") for number in range(40)]
    for contact_id in everybody:
        clock.later(seconds=1)
        path = f"{LIST}/{contact_id}"
        bob.post(f"/console/conversations/{contact_id}/look", page=path, what="contact", reason="quality")
        bob.get(f"/console/conversations/{contact_id}")
    assert len(bob.client.get_cookie("sayso").value) < 3500
    assert "Why do you look" in bob.get(f"{LIST}/{everybody[0]}").text
    assert "Why do you look" not in bob.get(f"{LIST}/{everybody[-1]}").text


def test_the_page_shows_what_is_known_and_the_number_only_when_asked_for(service, bob, card):
    page = bob.get(card).text
    for each in ("Zeinab", "large &lt;print&gt;", "E13", "may be texted"):
        assert each in page
    assert "7700" not in page
    assert "+447700900001" in bob.post(f"{card}/addresses", page=card).text
    assert actions(service, 1) == ["looked at a number"]


def test_the_page_shows_what_they_agreed_to(service, bob, card):
    say(service, "STOP")
    page = bob.get(card).text
    assert "all texts" in page
    assert "Nothing can be sent" in page


def test_what_nobody_gave_a_reason_for_cannot_be_done(alice, zeinab):
    path = f"{LIST}/{zeinab}"
    assert alice.post(f"{path}/addresses", page=path).status_code == 403
    assert alice.get(f"{path}/erase").status_code == 403
    assert alice.post(f"{path}/erase", page=path).status_code == 403


def test_somebody_is_erased_after_one_question(service, bob, card):
    assert "cannot be undone" in bob.get(f"{card}/erase").text
    answer = bob.post(f"{card}/erase")
    assert "Erased for good: 1 conversations" in bob.get(answer.headers["Location"]).text
    assert bob.get(card).status_code == 404
    with service.database.reading() as db:
        assert contacts.find(db, service.secrets.hash(NUMBER)) is None
        entry = audit.page(db, None, 1)[0]
    assert entry.action == "erased"
    assert "7700" not in entry.target


def test_somebody_who_is_not_there_is_not_found(bob):
    assert bob.get(f"{LIST}/1").status_code == 404


def test_champions_are_listed_with_their_groups_page_by_page(bob, monkeypatch):
    monkeypatch.setattr("bot.console.group_pages.PAGE", 1)
    assert "No champion yet" in bob.get("/console/champions").text
    for name in ("carers", "youth"):
        bob.post("/console/groups", name=name)
        bob.post(f"/console/groups/{name}/champions", page=f"/console/groups/{name}", number="07700 900002")
    bob.post("/console/groups/youth/champions", page="/console/groups/youth", number="07700 900003")
    page = bob.get("/console/champions").text
    assert "/groups/carers" in page
    assert "/groups/youth" in page
    following = next(part for part in page.split('"') if "after=" in part)
    assert "/groups/carers" not in bob.get(following).text


def test_a_persons_page_shows_what_flows_remember_and_none_of_our_own_marks(service, bob, card, zeinab):
    with service.database.transaction() as db:
        known = {"tea": "with milk", "carer": True, "last_visit": "2026-11-25", "code": "2026-99-99"}
        contacts.set_attributes(db, zeinab, {**known, "_asked": "1764000000", "_who": "AB"})
    page = bob.get(card).text
    for said in ("with milk", "yes", "25 November 2026", "2026-99-99"):
        assert f"<bdi>{said}</bdi>" in page
    assert "1764000000" not in page
