from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.champions.language import hear
from bot.champions.orders import Code, Known, Missing, Order, Suggestion, Verb, written
from bot.conversations.joining import JOIN
from flows.files.checks import SERVICE_WORDS

KNOWN = Known(
    flows={"visit": "visit", "fft": "visit", "matters": "matters"},
    groups={"carers": "carers", "young carers": "young-carers", "young-carers": "young-carers"},
)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("SEND visit TO carers", Order(Verb.SEND, "visit", "carers")),
        ("send  Visit to the carers", Order(Verb.SEND, "visit", "carers")),
        ("send visit to carers now please", Order(Verb.SEND, "visit", "carers")),
        ("send visit to the carers group", Order(Verb.SEND, "visit", "carers")),
        ("Send fft to young carers.", Order(Verb.SEND, "visit", "young-carers")),
        ("REMIND visit", Order(Verb.REMIND, "visit")),
        ("HALT visit", Order(Verb.HALT, "visit")),
        ("ADD 07700 900123 Ann TO carers", Order(Verb.ADD, "", "carers", "07700900123", "Ann")),
        ("add Ann O'Neil +44 7700 900123 to carers", Order(Verb.ADD, "", "carers", "+447700900123", "Ann O'Neil")),
        ("ADD 07700900123 TO carers", Order(Verb.ADD, "", "carers", "07700900123")),
        ("REMOVE 07700 900123 FROM carers", Order(Verb.REMOVE, "", "carers", "07700900123")),
        ("remove Ann from carers", Order(Verb.REMOVE, "", "carers", "", "Ann")),
        ("GROUPS", Order(Verb.GROUPS)),
        ("results visit", Order(Verb.RESULTS, "visit")),
        ("RESULTS visit FROM carers", Order(Verb.RESULTS, "visit", "carers")),
        ("RESULTS FOR visit", Order(Verb.RESULTS, "visit")),
        ("WHO", Order(Verb.WHO)),
        ("who visit", Order(Verb.WHO, "visit")),
        ("TALLY visit 12 yes 7 no", Order(Verb.TALLY, "visit", counts=((12, "yes"), (7, "no")))),
        ("TALLY visit 12 very good, 7 poor", Order(Verb.TALLY, "visit", counts=((12, "very good"), (7, "poor")))),
        ("TALLY visit very good 12, poor: 7", Order(Verb.TALLY, "visit", counts=((12, "very good"), (7, "poor")))),
        ("Help", Order(Verb.HELP)),
        ("Groups please", Order(Verb.GROUPS)),
        ("4821", Code("4821")),
        (" code 4821. ", Code("4821")),
        ("48 21", Code("4821")),
        ("Reply 4821", Code("4821")),
        ("send 4821", Code("4821")),
        ("۴۸۲۱", Code("4821")),
        ("ADD 07700 900123, Ann TO carers", Order(Verb.ADD, "", "carers", "07700900123", "Ann")),
        ("ADD \u202a07700 900123\u202c Ann TO carers", Order(Verb.ADD, "", "carers", "07700900123", "Ann")),
        ("ADD 07700\u2011900\u2011123 Ann TO carers", Order(Verb.ADD, "", "carers", "07700900123", "Ann")),
        ("ADD ٠٧٧٠٠٩٠٠١٢٣ آمنہ TO carers", Order(Verb.ADD, "", "carers", "07700900123", "آمنہ")),
        ("ADD 07700 900123 আনিকা দাস TO carers", Order(Verb.ADD, "", "carers", "07700900123", "আনিকা দাস")),
        ("ADD 12345 Eve TO carers", Order(Verb.ADD, "", "carers", "12345", "Eve")),
    ],
)
def test_a_command_is_understood_in_any_case_and_with_small_words(text, order):
    assert hear(text, KNOWN) == order
    assert hear(text, KNOWN, in_conversation=True) == order


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("SNED visit TO carers", "SEND visit TO carers"),
        ("reslts visit", "RESULTS visit"),
        ("GROUPES", "GROUPS"),
        ("add ann to carers", "ADD 07700 900123 NAME TO carers"),
        ("ADD 07700 900123 Ann", "ADD 07700 900123 Ann TO carers"),
        ("TALLY visit yes no", "TALLY visit 12 yes 7 no"),
        ("SEND", "SEND visit TO carers"),
        ("SEND matters", "SEND matters TO carers"),
        ("TALLY matters yes no", "TALLY matters 12 yes 7 no"),
        ("AD 07700 900123 Ann to carers", "ADD 07700900123 Ann TO carers"),
        ("ADD Ann 07700 900123 young carers", "ADD 07700900123 Ann TO young-carers"),
        ("remove Ann carers", "REMOVE Ann FROM carers"),
        ("REMOVE", "REMOVE 07700 900123 FROM carers"),
        ("stop visit", "HALT visit"),
        ("cancel vist", "HALT visit"),
        ("invite 07700 900123 Ann to carers", "ADD 07700900123 Ann TO carers"),
    ],
)
def test_a_slip_is_met_with_what_was_probably_meant(text, meant):
    heard = hear(text, KNOWN)
    assert isinstance(heard, Suggestion)
    assert heard.text == meant
    assert hear(text, KNOWN, in_conversation=True) is None


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("send vist to carers", "SEND visit TO carers"),
        ("SEND visit TO crers", "SEND visit TO carers"),
        ("RESULTS vizit", "RESULTS visit"),
        ("ADD 07700 900123 Ann to careers", "ADD 07700900123 Ann TO carers"),
    ],
)
def test_an_order_with_a_slip_in_a_name_is_no_answer_to_a_question(text, meant):
    for talking in (False, True):
        assert hear(text, KNOWN, in_conversation=talking) == Suggestion(meant, whole=True)


@pytest.mark.parametrize(
    ("text", "what", "given"),
    [("SEND supper TO carers", "flow", "supper"), ("SEND visit TO neighbours", "group", "neighbours")],
)
def test_a_name_nobody_knows_is_named(text, what, given):
    assert hear(text, KNOWN) == Missing(Verb.SEND, what, given)


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "visit", "thank you", "1", "12345", "very good", "They should send more nurses round",
        "Add more chairs to the waiting room please, there are never enough", "who is this?", "x" * 400,
        "remind me to call the surgery tomorrow", "help me with my form", "hi", "no", "ok", "cancel my appointment",
    ],
)  # fmt: skip
def test_any_other_text_is_none_of_ours(text):
    assert hear(text, KNOWN) is None


def test_a_near_miss_of_two_names_is_not_guessed():
    known = Known({"visit": "visit"}, {"carers": "carers", "cavers": "cavers"})
    assert hear("SEND visit TO caters", known) == Missing(Verb.SEND, "group", "caters")


@given(st.text(max_size=400), st.booleans())
def test_nothing_that_can_be_written_makes_it_fail(text, talking):
    hear(text, KNOWN, in_conversation=talking)


@given(st.sampled_from(["SEND", "ADD", "REMOVE", "TALLY", "RESULTS", "WHO", "REMIND", "HALT"]), st.text(max_size=60))
def test_an_order_written_out_is_heard_as_itself(verb, rest):
    heard = hear(f"{verb} {rest}", KNOWN)
    if isinstance(heard, Order) and not heard.name:
        assert hear(written(heard), KNOWN) == heard


def test_authors_of_flows_and_groups_are_warned_of_every_order():
    assert {JOIN, *Verb} == SERVICE_WORDS
