"""What a worker waits for between two claims."""

from __future__ import annotations

from concurrent.futures import Future
from threading import Timer

from bot.sending import outbox
from bot.sending.outbox import CLAIM, Outcome
from storage.messages import Status


def test_where_as_many_sends_are_over_as_a_claim_takes_nobody_waits_for_slower_ones(monkeypatch):
    monkeypatch.setattr(outbox, "GATHER", 60)
    sends = [Future[Outcome]() for _ in range(CLAIM + 1)]
    sent, slow = sends[:CLAIM], sends[CLAIM]
    for each in sent:
        each.set_result(Outcome(1, "token", Status.SENT))
    late = Timer(20, slow.cancel)
    late.start()
    assert outbox._gathered(set(sends)) == set(sent)
    late.cancel()


def test_where_fewer_are_over_those_that_end_in_a_moment_are_recorded_with_them(monkeypatch):
    monkeypatch.setattr(outbox, "GATHER", 60)
    first, second = Future[Outcome](), Future[Outcome]()
    first.set_result(Outcome(1, "token", Status.SENT))
    Timer(0.01, second.set_result, [Outcome(2, "token", Status.SENT)]).start()
    assert outbox._gathered({first, second}) == {first, second}
