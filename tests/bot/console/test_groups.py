from __future__ import annotations

import pytest

from bot.console import group_pages
from storage.community import contacts, groups
from storage.team import audit
from tests.workers.surroundings import say

PAGE = "/console/groups/carers"


@pytest.fixture
def carers(bob) -> str:
    answer = bob.post("/console/groups", name="Carers", title="Carers of Newham", keyword="care")
    assert answer.headers["Location"] == PAGE
    return PAGE


def test_an_empty_list_says_what_to_do_first(bob):
    assert "Make one for people who belong together" in bob.get("/console/groups").text


def test_a_group_is_made_and_changed_and_the_audit_trail_keeps_it(service, bob, carers):
    bob.post(carers, title="Carers", keyword="carer")
    page = bob.get(carers).text
    assert ">Carers<" in page
    assert "CARER<" in page
    with service.database.reading() as db:
        assert [each.action for each in audit.page(db, None, 2)] == ["changed a group", "made a group"]


@pytest.mark.parametrize(
    ("name", "keyword", "problem"),
    [
        ("two words", "", "one short word"),
        ("carers", "", "is a group carers already"),
        ("carers", "care", "is a group carers already"),
        ("others", "care", "belongs to another group"),
        ("others", "visit", "A flow begins with VISIT"),
        ("others", "Stop!", "STOP means something else"),
        ("stop", "", "STOP means something else"),
        ("others", "tak", "TAK means something else"),
        ("others", "my data", "MY DATA means something else"),
        ("others", "Results", "RESULTS means something else"),
        ("others", "4821", "4821 means something else"),
        ("others", "all of us who care", "1 to 4 short words"),
        ("others", "...", "1 to 4 short words"),
    ],
)
def test_a_name_or_word_that_cannot_be_is_refused_with_the_reason(bob, carers, name, keyword, problem):
    answer = bob.post("/console/groups", name=name, keyword=keyword)
    assert answer.status_code == 400
    assert problem in answer.text


def test_a_champion_is_appointed_by_number_and_dismissed(service, bob, carers):
    assert "not a phone number" in bob.post(f"{carers}/champions", page=carers, number="hello").text
    bob.post(f"{carers}/champions", page=carers, number="07700 900002", first_name="Amina")
    assert "Amina" in bob.get(carers).text
    with service.database.reading() as db:
        contact_id = contacts.find(db, service.secrets.hash("sms:+447700900002"))
        assert [group.name for group in groups.of_champion(db, contact_id)] == ["carers"]
    dismissal = f"{carers}/champions/{contact_id}/dismiss"
    assert "Dismiss Amina?" in bob.get(dismissal).text
    assert bob.post(dismissal).status_code == 303
    assert "Amina" not in bob.get(carers).text
    assert bob.post(dismissal, page=carers).status_code == bob.get(dismissal).status_code == 404


def test_people_are_shown_by_code_name_with_what_they_need_and_never_their_number(service, bob, carers):
    say(service, "care")
    with service.database.transaction() as db:
        contact_id = contacts.find(db, service.secrets.hash("sms:+447700900001"))
        contacts.set_attributes(db, contact_id, {"first_name": "Zeinab", "access_needs": "large <print>"})
    page = bob.get(carers).text
    assert "large &lt;print&gt;" in page
    assert "Person " in page
    assert "Zeinab" not in page
    assert "7700" not in page.replace("07700 900123", "")


def test_a_large_group_is_shown_page_by_page(service, bob, carers, monkeypatch):
    monkeypatch.setattr(group_pages, "PAGE", 2)
    with service.database.transaction() as db:
        for number in range(3):
            address = f"sms:+44770090010{number}"
            contact_id = contacts.add(db, service.secrets, address, "simulator", "en", service.midnight(service.now()))
            groups.join(db, contact_id, "carers", 1)
    first = bob.get(carers).text
    following = next(part for part in first.split('"') if "?after=" in part)
    assert first.count("Person ") == 2
    assert bob.get(following).text.count("Person ") == 1


def test_a_group_that_is_not_there_is_not_found(bob):
    assert bob.get("/console/groups/nobody").status_code == 404


def test_a_group_with_invitations_says_where_to_try_answering_them(bob, service):
    bob.post("/console/groups", page="/console/groups", name="walkers")
    page = "/console/groups/walkers"
    assert 'href="/phone"' not in bob.get(page).text
    bob.post(f"{page}/champions", page=page, number="07700 900123", first_name="Bea")
    assert ('href="/phone"' in bob.get(page).text) is service.settings.phone
