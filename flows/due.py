"""When a run that waits must be looked at next, and why."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum

from flows.definition import Flow
from flows.run import Run


class Due(StrEnum):
    """What time brings to a run."""

    END = "end"
    QUESTION = "question"
    """The question that was put off to another day."""
    REMINDER = "reminder"


def next_due(flow: Flow, run: Run) -> tuple[int, Due]:
    """When, in microseconds since the epoch, something happens to an open run though nobody texts, and what it is."""
    end = run.heard_at + span(flow.expires)
    if run.paused:
        return end, Due.END
    if run.later:
        return min((end, Due.END), (run.later, Due.QUESTION))
    if run.reminders >= len(flow.remind):
        return end, Due.END
    return min((end, Due.END), (run.waits_since + span(flow.remind[run.reminders]), Due.REMINDER))


def span(time: timedelta) -> int:
    """A time span in microseconds."""
    return int(time.total_seconds() * 1_000_000)
