from __future__ import annotations

import logging

import pytest

from bot.logs import log, set_up_logs, without_numbers


@pytest.fixture
def lines(capsys):
    root, ours = logging.getLogger(), logging.getLogger("sayso")
    before = ([*root.handlers], root.level, ours.level)
    set_up_logs()
    yield lambda: capsys.readouterr().err.splitlines()
    root.handlers = before[0]
    root.setLevel(before[1])
    ours.setLevel(before[2])


def test_an_event_is_one_line_with_its_fields(lines):
    log.warning("message not sent", message=12, kind="retry_later", reason="two words")
    (line,) = lines()
    assert line.endswith(' warning message not sent message=12 kind=retry_later reason="two words"')


@pytest.mark.parametrize("number", ["+447700900123", "whatsapp:+447700900123", "07700900123", "00447700900123"])
def test_a_number_never_reaches_the_log_whoever_wrote_it(lines, number):
    log.info("careless", who=number)
    logging.getLogger("somebody.else").warning("from %s to us", number)
    assert not any(number[-9:] in line for line in lines())


def test_ids_and_counts_stay_readable():
    text = "message=180143985094819840 at=2026-11-24T10:00:00Z port=8000 took=0.0123456789"
    assert without_numbers(text) == text


def test_an_unforeseen_error_leaves_its_kind_and_place_but_not_its_words(lines):
    try:
        int("my dad died in there")
    except ValueError as error:
        log.failure("job failed", error, job="tidy")
    text = "\n".join(lines())
    assert "job failed job=tidy error=ValueError at=test_logs.py:" in text
    assert "dad" not in text


def test_a_line_break_in_a_field_cannot_forge_a_line(lines):
    log.info("event", name="x\n2026-01-01T00:00:00Z error forged")
    assert len(lines()) == 1
