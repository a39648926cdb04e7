from __future__ import annotations

import pytest
from flask import Flask

from bot.app import create_app
from bot.console import blueprint, home
from bot.console.blueprint import register_console
from tests.bot.console.cast import HTTPS, service_on_https
from tests.clients import Client


def test_every_answer_forbids_inline_script_and_style_frames_and_copies(alice, stranger):
    for browser, path in ((alice, "/console/"), (stranger, "/console/sign-in"), (alice, "/console/team/1/remove")):
        headers = browser.get(path).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_design_may_be_kept_and_needs_no_sign_in(stranger):
    answer = stranger.get("/console/static/nhsuk.css")
    assert answer.status_code == 200
    assert "max-age" in answer.headers["Cache-Control"]
    assert b"assets.nhs.uk" not in answer.data
    answer.close()


def test_a_post_without_the_pages_token_is_refused(alice):
    assert alice.client.post("/console/team/invite", data={"name": "Eve", "role": "administrator"}).status_code == 400


@pytest.mark.parametrize("path", ["/console/sign-in", "/console/static/nhsuk.css", "/results/visit", "/", "/nothing"])
def test_another_host_name_is_refused_and_told_what_to_do(stranger, path):
    answer = stranger.client.get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "PUBLIC_URL" in answer.text


@pytest.mark.parametrize("number", [2**63, 2**64, 10**30])
def test_a_number_no_store_counts_to_is_no_page_and_no_mistake_of_ours(alice, number):
    for page in ("contacts/{}", "conversations/{}", "broadcasts/{}", "team/{}/remove"):
        assert alice.get(f"/console/{page.format(number)}").status_code == 404
    lists = ("audit", "conversations", "contacts", "broadcasts", "results/visit/words", "results/visit/sorting")
    for page in lists:
        assert alice.get(f"/console/{page}?before={number}").status_code == 200
    assert alice.get(f"/console/champions?after={number}").status_code == 200


def test_a_nul_is_refused_before_it_reaches_the_store(alice, stranger):
    for path in (
        "/console/contacts?group=a%00",
        "/results/%00",
        "/console/groups/a%00b",
        "/console/results/visit?by=%00",
    ):
        assert alice.get(path).status_code == 400
    assert stranger.post("/console/sign-in", name="Al\0ice", password="x").status_code == 400


def test_on_https_the_cookie_is_bound_to_the_host_and_hidden_from_scripts(store, tmp_path, clock):
    service = service_on_https(store, tmp_path, clock)
    # As a proxy on another machine hands it on: over plain http.
    answer = Client(create_app(service)).get("/console/sign-in", base_url=HTTPS.replace("https", "http"))
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-sayso=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    for path in ("/console/sign-in", "/results/visit", "/"):
        answer = Client(create_app(service)).get(path, base_url=HTTPS)
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    service.close()


def test_a_route_that_does_not_say_who_may_open_it_stops_the_start(service, monkeypatch):
    class Careless:
        @staticmethod
        def add_pages(routes, _service):
            routes.add_url_rule("/careless", "careless", lambda: "hello")

    monkeypatch.setattr(blueprint, "PAGES", (home, Careless))
    with pytest.raises(RuntimeError, match="careless"):
        register_console(Flask("test"), service)


def test_a_coordinator_sees_the_team_but_cannot_change_it(bob):
    page = bob.get("/console/team")
    assert page.status_code == 200
    assert "Invite somebody" not in page.text
    assert bob.post("/console/team/invite", page="/console/team", name="Eve", role="administrator").status_code == 403


def test_a_mistake_of_ours_is_told_without_its_words(app, alice, service, monkeypatch, caplog):
    def broken(*_: object) -> None:
        raise ValueError("somebody's secret words")

    monkeypatch.setattr("storage.team.users.everybody", broken)
    answer = alice.get("/console/team")
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert [record.getMessage() for record in caplog.records if "secret" in record.getMessage()] == []


def test_the_bare_address_leads_to_the_console(stranger):
    assert stranger.client.get("/").headers["Location"].endswith("/console/")
