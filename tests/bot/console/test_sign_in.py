from __future__ import annotations

import re

import pytest

from bot.app import create_app
from bot.console.access import Role
from bot.console.invitations import invite
from bot.console.passwords import password_problem
from storage.team import audit
from tests.bot.console.cast import HTTPS, PASSWORD, Browser, join, service_on_https
from tests.clients import Client


def sign_in(browser, name: str, password: str = PASSWORD, **fields: str):
    return browser.post("/console/sign-in", name=name, password=password, **fields)


def test_an_invited_person_chooses_a_password_and_a_second_lock_and_is_in(alice):
    page = alice.get("/console/").text
    assert "Home" in page
    assert "Alice" in page


def test_an_invitation_works_once(service, app, stranger):
    link = invite(service, "Dora", Role.COORDINATOR, "command line").partition("/console")[2]
    assert "Welcome, Dora" in stranger.get(f"/console{link}").text
    join(service, Client(app), "Dora", Role.COORDINATOR)
    assert stranger.get(f"/console{link}").status_code == 410


def test_an_invitation_is_over_after_two_days_and_a_changed_one_is_none(service, stranger, clock):
    link = "/console" + invite(service, "Dora", Role.COORDINATOR, "command line").partition("/console")[2]
    assert stranger.get(link[:30] + ("A" if link[30] != "A" else "B") + link[31:]).status_code == 410
    clock.later(days=2, minutes=1)
    assert stranger.get(link).status_code == 410


def test_signing_in_takes_the_password_and_the_code(app, alice, stranger, clock):
    clock.later(minutes=2)
    stranger.secret = alice.secret
    assert sign_in(stranger, "alice").headers["Location"] == "/console/sign-in/code"
    assert stranger.get("/console/").status_code == 303
    assert stranger.post("/console/sign-in/code", code=stranger.code()).headers["Location"] == "/console/"
    assert stranger.get("/console/").status_code == 200


def test_a_code_works_once_even_within_its_half_minute(app, alice, stranger, clock):
    clock.later(minutes=2)
    stranger.secret = alice.secret
    sign_in(stranger, "Alice")
    code = stranger.code()
    assert stranger.post("/console/sign-in/code", code=code).status_code == 303
    again = type(stranger)(Client(app), clock)
    sign_in(again, "Alice")
    assert again.post("/console/sign-in/code", code=code).status_code == 401


def test_a_recovery_code_stands_in_for_a_lost_phone_once(service, app, stranger, clock):
    link = "/console" + invite(service, "Dora", Role.COORDINATOR, "command line").partition("/console")[2]
    dora = Browser(Client(app), clock)
    dora.post(link, password=PASSWORD, again=PASSWORD)

    page = dora.get(f"{link}/code").text
    dora.secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)[1].replace(" ", "")
    codes = re.findall(r"<li><code>([a-z0-9-]+)</code>", dora.post(f"{link}/code", code=dora.code()).text)
    assert len(set(codes)) == 8
    for expected in (303, 401):
        browser = Browser(Client(app), clock)
        sign_in(browser, "Dora")
        assert browser.post("/console/sign-in/code", code=codes[0].upper()).status_code == expected


def test_a_wrong_name_and_a_wrong_password_are_told_in_the_same_words(alice, stranger):
    wrong_password = sign_in(stranger, "Alice", "something else entirely")
    wrong_name = sign_in(stranger, "Zoe", "something else entirely")
    assert wrong_password.status_code == wrong_name.status_code == 401
    told = [re.sub(r'name="csrf_token".*?>|Alice|Zoe', "", answer.text) for answer in (wrong_password, wrong_name)]
    assert told[0] == told[1]


def test_guessing_is_stopped_after_five_tries_and_let_go_after_fifteen_minutes(alice, stranger, clock):
    for _ in range(5):
        assert sign_in(stranger, "Alice", "wrong wrong wrong").status_code == 401
    assert sign_in(stranger, "Alice").status_code == 429
    clock.later(minutes=15, seconds=1)
    assert sign_in(stranger, "Alice").status_code == 303


def test_whoever_is_stopped_is_told_when_to_come_back(stranger):
    answers = [sign_in(stranger, "Nobody", "wrong wrong wrong") for _ in range(6)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["Retry-After"] == "900"


def test_signing_in_rightly_again_and_again_locks_nobody_out(app, alice, clock):
    clock.later(minutes=1)
    for _ in range(7):
        browser = Browser(Client(app), clock, alice.secret)
        assert sign_in(browser, "Alice").status_code == 303
        assert browser.post("/console/sign-in/code", code=browser.code()).status_code == 303
        clock.later(minutes=1)


def test_a_session_ends_after_half_an_hour_of_rest_and_after_twelve_hours_of_work(alice, bob, clock):
    clock.later(minutes=31)
    assert alice.get("/console/").status_code == 303
    for _ in range(24):
        clock.later(minutes=29)
    assert bob.get("/console/").status_code == 303


def test_work_keeps_a_session_open(bob, clock):
    for _ in range(4):
        clock.later(minutes=29)
        assert bob.get("/console/").status_code == 200


def test_a_page_that_moves_by_itself_keeps_no_session_open_and_leads_to_the_sign_in(bob, clock):
    moving = {"HX-Request": "true"}
    for _ in range(3):
        clock.later(minutes=9)
        assert bob.client.get("/console/results/visit", headers=moving).status_code == 200
    clock.later(minutes=9)
    answer = bob.client.get("/console/results/visit", headers=moving)
    assert answer.status_code == 204
    assert answer.headers["HX-Redirect"] == "/console/sign-in?next=/console/results/visit"


def test_signing_out_ends_the_session_for_a_copy_of_the_cookie_too(app, alice):
    cookie = alice.client.get_cookie("sayso").value
    alice.post("/console/sign-out", page="/console/")
    thief = Client(app)
    thief.set_cookie("sayso", cookie)
    assert thief.get("/console/").status_code == 303


def test_the_name_of_the_session_changes_at_sign_in(app, alice, stranger, clock):
    clock.later(minutes=2)
    stranger.get("/console/sign-in")
    before = stranger.client.get_cookie("sayso").value
    stranger.secret = alice.secret
    sign_in(stranger, "Alice")
    stranger.post("/console/sign-in/code", code=stranger.code())
    planted = Client(app)
    planted.set_cookie("sayso", before)
    assert planted.get("/console/").status_code == 303


@pytest.mark.parametrize("goes_on", [True, False])
def test_signing_in_over_a_sign_in_ends_the_earlier_one(app, alice, clock, goes_on):
    clock.later(minutes=2)
    copy = Client(app)
    copy.set_cookie("sayso", alice.client.get_cookie("sayso").value)
    assert copy.get("/console/").status_code == 200
    sign_in(alice, "Alice")
    if goes_on:
        alice.post("/console/sign-in/code", code=alice.code())
        assert alice.get("/console/").status_code == 200
    assert copy.get("/console/").status_code == 303


def test_behind_a_proxy_tries_are_counted_by_whom_the_proxy_saw_and_not_by_what_they_say(store, tmp_path, clock):
    service = service_on_https(store, tmp_path, clock)
    app = create_app(service)

    def tries(name: str, seen: str) -> int:
        client = Client(app)
        page = client.get("/console/sign-in", base_url=HTTPS).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        form = {"csrf_token": token and token[1], "name": name, "password": PASSWORD}
        return client.post(
            "/console/sign-in",
            base_url=HTTPS,
            data=form,
            headers={
                "X-Forwarded-For": seen,
                "Referer": f"{HTTPS}/console/sign-in",
            },
        ).status_code

    assert {tries(f"nobody {each}", f"192.0.2.{each}, 203.0.113.1") for each in range(30)} == {401}
    assert tries("nobody", "192.0.2.99, 203.0.113.1") == 429
    assert tries("nobody", "203.0.113.2") == 401
    service.close()


def test_a_stranger_who_guesses_locks_out_the_stranger_and_not_whose_name_it_is(store, tmp_path, clock):
    service = service_on_https(store, tmp_path, clock)
    app = create_app(service)

    def tries(seen: str) -> int:
        client = Client(app)
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/console/sign-in", base_url=HTTPS).text)
        form = {"csrf_token": token and token[1], "name": "Alice", "password": PASSWORD}
        headers = {"X-Forwarded-For": seen, "Referer": f"{HTTPS}/console/sign-in"}
        return client.post("/console/sign-in", base_url=HTTPS, data=form, headers=headers).status_code

    assert [tries("203.0.113.1") for _ in range(6)] == [401] * 5 + [429]
    assert tries("203.0.113.2") == 401
    assert {tries(f"198.51.100.{each}") for each in range(43)} == {401}
    assert tries("198.51.100.99") == 429, "from everywhere together fifty are enough"
    service.close()


def test_somebody_taken_off_the_team_is_out_at_once(alice, bob, service):
    page = alice.get("/console/team").text

    (path,) = [path for path in re.findall(r"/console/team/\d+/remove", page) if "Bob" in alice.get(path).text]
    assert bob.get("/console/").status_code == 200
    assert alice.post(path).status_code == 303
    assert bob.get("/console/").status_code == 303
    with service.database.reading() as db:
        assert [entry.action for entry in audit.page(db, None, 1)] == ["took off the team"]


def test_the_last_administrator_cannot_be_taken_off_or_demoted(alice):

    page = alice.get("/console/team").text
    (path,) = set(re.findall(r"/console/team/\d+/remove", page))
    assert "must be one administrator" in alice.client.get(alice.post(path).headers["Location"]).text
    alice.post(path.replace("remove", "role"), page="/console/team", role="coordinator")
    assert alice.get("/console/team").status_code == 200
    assert "Administrator" in alice.get("/console/account").text


@pytest.mark.parametrize(
    "target", ["https://evil.example", "//evil.example", "/\\evil.example", "/phone", "/console\\..//evil", "x"]
)
def test_after_signing_in_nobody_is_sent_to_another_site(alice, stranger, clock, target):
    clock.later(minutes=2)
    stranger.secret = alice.secret
    sign_in(stranger, "Alice", next=target)
    assert stranger.post("/console/sign-in/code", code=stranger.code()).headers["Location"] == "/console/"


def test_the_page_that_was_asked_for_comes_after_signing_in(alice, stranger, clock):
    clock.later(minutes=2)
    stranger.secret = alice.secret
    assert stranger.get("/console/team").headers["Location"] == "/console/sign-in?next=/console/team"
    sign_in(stranger, "Alice", next="/console/team")
    assert stranger.post("/console/sign-in/code", code=stranger.code()).headers["Location"] == "/console/team"


@pytest.mark.parametrize("password", ["short", "password1234", "aaaaaaaaaaaaaa", "I am Alice 2026", "Welcome12345!"])
def test_a_password_that_is_easy_to_guess_is_refused_with_a_reason(password):
    assert password_problem(password, "Alice")


def test_a_password_of_some_words_will_do():
    assert password_problem(PASSWORD, "Alice") is None
