"""Our signature check beside Twilio's own library, over cases nobody would think of."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from bot.channels.twilio_webhook import SignatureCheck, signature

TOKEN = "12345678901234567890123456789012"
PUBLIC = "https://sayso.example.org"
FORM = [("Body", "YES"), ("From", "+447700900001"), ("MessageSid", "SM1")]

words = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
forms = st.dictionaries(words, words, max_size=25)
bases = st.sampled_from(
    ["https://sayso.example.org", "http://sayso.example.org", "https://sayso.example.org:8443",
     "http://127.0.0.1:8000", "https://sayso.example.org:443", "http://sayso.example.org:80"]
)  # fmt: skip
queries = st.lists(st.tuples(words, words), max_size=4).map(
    lambda pairs: "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in pairs)
)
paths = st.lists(words.filter(bool), min_size=1, max_size=3).map(
    lambda parts: "/" + "/".join(quote(part, safe="") for part in parts)
)


def target(path, query):
    return f"{path}?{query}" if query else path


@settings(max_examples=500)
@given(forms, bases, paths, queries)
@example({"Body": "🎉", "From": "+44"}, "https://sayso.example.org:8443", "/twilio/inbound", "x=%2F&x=%E2%9C%93")
def test_the_signature_is_the_librarys(form, base, path, query):
    url = base + target(path, query)
    theirs = RequestValidator(TOKEN).compute_signature(url, form)
    assert signature(TOKEN, url, form.items()) == theirs


@settings(max_examples=500)
@given(forms, bases, paths, queries, st.booleans(), st.booleans())
def test_what_the_library_accepts_we_accept_and_the_other_way_round(form, base, path, query, right_token, with_port):
    tail = target(path, query)
    scheme, _, host = base.partition("://")
    name, _, port = host.partition(":")
    port = port or {"https": "443", "http": "80"}[scheme]
    signed = f"{scheme}://{name}:{port}{tail}" if with_port else f"{scheme}://{name}{tail}"
    header = signature(TOKEN if right_token else "another", signed, form.items())
    ours = SignatureCheck((TOKEN,), base).valid(tail, list(form.items()), header)
    assert ours == RequestValidator(TOKEN).validate(base + tail, form, header)
    assert ours == right_token


@settings(max_examples=300)
@given(st.text(), st.text(), st.lists(st.tuples(st.text(), st.text()), max_size=5))
def test_nothing_makes_the_check_raise(path, header, pairs):
    assert SignatureCheck((TOKEN,), PUBLIC).valid(path, pairs, header) is False


@pytest.mark.parametrize("header", [None, "", "x", "é", "=" * 10_000, "\ud800"])
def test_a_missing_or_odd_header_is_not_valid(header):
    assert SignatureCheck((TOKEN,), PUBLIC).valid("/twilio/inbound", FORM, header) is False


def test_the_old_and_the_new_token_are_both_good_while_one_is_replaced():
    check = SignatureCheck(("new", "old"), PUBLIC)
    for token in ("new", "old"):
        assert check.valid("/in", FORM, signature(token, f"{PUBLIC}/in", FORM))
    assert not check.valid("/in", FORM, signature("older", f"{PUBLIC}/in", FORM))


def test_an_empty_token_signs_nothing():
    assert not SignatureCheck(("",), PUBLIC).valid("/in", FORM, signature("", f"{PUBLIC}/in", FORM))


def test_the_request_says_nothing_about_its_own_host():
    header = signature(TOKEN, "https://attacker.example/in", FORM)
    assert not SignatureCheck((TOKEN,), PUBLIC).valid("/in", FORM, header)


def test_a_captured_signature_does_not_cover_a_repeated_parameter():
    captured = [("Body", "YESFrom+447700900001"), ("From", "+447700900002")]
    header = signature(TOKEN, f"{PUBLIC}/in", captured)
    check = SignatureCheck((TOKEN,), PUBLIC)
    assert check.valid("/in", captured, header)
    forged = [("Body", "YES"), ("From", "+447700900001"), ("From", "+447700900002")]
    assert not check.valid("/in", forged, header)


@pytest.mark.parametrize("path", ["/in?x=%31", "/in?x=%E2%9C%93", "/in?x=%2F", "/in?a=1&a=2", "/in?a?b?"])
def test_the_query_counts_as_it_was_sent(path):
    check = SignatureCheck((TOKEN,), PUBLIC)
    assert check.valid(path, FORM, signature(TOKEN, PUBLIC + path, FORM))
    assert not check.valid(path + "x", FORM, signature(TOKEN, PUBLIC + path, FORM))


def test_a_bare_question_mark_changes_nothing():
    assert SignatureCheck((TOKEN,), PUBLIC).valid("/in?", FORM, signature(TOKEN, f"{PUBLIC}/in", FORM))


def test_a_public_address_without_a_scheme_is_refused_at_start():
    with pytest.raises(ValueError, match="https://"):
        SignatureCheck((TOKEN,), "sayso.example.org")
