"""Texts as compared, stored, priced and filled."""

from __future__ import annotations

from xml.etree import ElementTree
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.text import Segments, clean, fill, fold, inserted, segments, smart


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("  Very   GOOD!! ", "very good"),
        ("Don’t know", "dont know"),
        ("don't", "dont"),
        ("Café", "cafe"),
        ("ŁÓDŹ", "lodz"),
        ("straße", "strasse"),
        ("ＶＥＲＹ\u3000good", "very good"),
        ("3️⃣", "3"),
        ("👍🏽", "👍"),
        ("st\u200bop", "stop"),
        ("\u202egood\u202c", "good"),
        ("?", "?"),
        ("...", "..."),
        ("\u200b", ""),
        ("", ""),
        ("ভালো", "ভালো"),
        ("«bien»", "bien"),
        ("a\x00b\nc", "ab c"),
        ("½", "1⁄2"),
    ],
)
def test_folding_keeps_only_what_is_said(text: str, folded: str):
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str):
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(max_codepoint=0x10FFFF, exclude_categories=[])))
def test_clean_text_can_always_be_stored_and_put_into_xml(text: str):
    cleaned = clean(text)
    cleaned.encode("utf-8")
    parsed = ElementTree.fromstring(f"<Message>{escape(cleaned)}</Message>").text or ""
    assert parsed == cleaned


def test_cleaning_keeps_the_words_of_people_who_write_right_to_left():
    assert clean("\u202bشكرا\u202c\r\nyes\rno\u2028x\x00\ufffe\ud800\U0001fffe") == "\u202bشكرا\u202c\nyes\nno\nx"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", Segments("GSM-7", 0, 0)),
        ("a" * 160, Segments("GSM-7", 160, 1)),
        ("a" * 161, Segments("GSM-7", 161, 2)),
        ("a" * 306, Segments("GSM-7", 306, 2)),
        ("a" * 307, Segments("GSM-7", 307, 3)),
        ("€" * 80, Segments("GSM-7", 160, 1)),
        ("a" + "€" * 80, Segments("GSM-7", 161, 2)),
        ("a" * 152 + "€" + "a" * 152, Segments("GSM-7", 306, 3)),
        ("ŵ" * 70, Segments("UCS-2", 70, 1, "ŵ")),
        ("ŵ" * 71, Segments("UCS-2", 71, 2, "ŵ")),
        ("a" * 66 + "😀" + "a" * 10, Segments("UCS-2", 78, 2, "😀")),
        ("a" * 66 + "😀" + "a" * 66, Segments("UCS-2", 134, 3, "😀")),
        ("é ’ ê’", Segments("UCS-2", 6, 1, "’ê")),
    ],
)
def test_a_text_costs_what_networks_charge_for_it(text: str, expected: Segments):
    assert segments(text) == expected


def slow_count(text: str) -> int:
    """Segments by laying out one unit after another, as a phone would."""
    basic = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    basic += "abcdefghijklmnopqrstuvwxyzäöñüà"
    extended = "\f^{}\\[~]|€"
    gsm = all(character in basic + extended for character in text)
    sizes = [
        (2 if character in extended else 1) if gsm else len(character.encode("utf-16-be", "surrogatepass")) // 2
        for character in text
    ]
    if sum(sizes) <= (160 if gsm else 70):
        return 1 if text else 0
    parts = [0]
    for size in sizes:
        if parts[-1] + size > (153 if gsm else 67):
            parts.append(0)
        parts[-1] += size
    return len(parts)


@given(
    st.text(alphabet="ab€[]^~é\n", max_size=700)
    | st.text(alphabet="ab😀ŵ", max_size=400)
    | st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=300)
)
def test_counting_segments_agrees_with_laying_them_out(text: str):
    assert segments(text).count == slow_count(text)


def test_smart_marks_become_cheap_and_letters_stay():
    assert smart("“It’s” – fine…\u00a0ok`") == "\"It's\" - fine... ok'"
    assert smart("ŵ ŷ ę ț é ½") == "ŵ ŷ ę ț é ½"
    assert segments(smart("We’re sorry – really…")).encoding == "GSM-7"


@given(st.text(alphabet="aŵ“”’–…\u00a0 é", max_size=200))
def test_making_a_text_cheap_never_makes_it_dearer_in_encoding(text: str):
    assert not set(segments(smart(text)).forced_by) - set(segments(text).forced_by)


def test_placeholders_are_filled_once_and_only_by_name():
    values = {"name": "{secret} {name}", "contact.first_name": "", "organisation": "sayso.org.uk", "n": 0}
    assert fill("Hi {name}!", values) == "Hi {secret} {name}!"
    assert fill("Hi {contact.first_name|there}, {missing}{missing|x}", values) == "Hi there, x"
    assert fill("From {organisation}, {n}", values) == "From sayso.org.uk, 0"
    assert fill("{x.__class__} {0} {name!r} {}", values) == "{x.__class__} {0} {name!r} {}"


@pytest.mark.parametrize(
    "link", ["http://evil.com/x", "https://evil.co.uk", "www.evil.com", "evil.com", "evil。com", "a@evil.io"]
)
def test_a_link_in_a_residents_words_is_no_link_in_ours(link: str):
    shown = inserted(f"see {link} now")
    assert "://" not in shown
    assert "evil.c" not in shown
    assert "evil.io" not in shown
    assert "evil。" not in shown


def test_a_residents_words_are_cut_and_kept_on_one_line():
    assert inserted("a\nb\r\n c\u202e") == "a b c"
    assert len(inserted("x" * 5_000)) == 160
    assert inserted("3.5 hours e.g. later") == "3.5 hours e.g. later"
