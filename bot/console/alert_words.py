"""What waits for a person, in a coordinator's words."""

from __future__ import annotations

from bot.console.dates import day_in_words
from bot.console.language import say
from bot.console.shelf import title_of
from bot.conversations import safeguarding
from bot.conversations.follow_ups import NOTICE
from bot.marks import later
from bot.service import Service
from flows.understanding.crisis import Danger
from storage.team.alerts import SUSPECTED, UNREADABLE, Alert

KINDS = {
    safeguarding.ALERT: later("Somebody may be in danger or distress. They were given numbers to ring."),
    NOTICE: later("A flow asks that somebody looks after this person."),
    "provider id reused": later("A text came twice under one id with other words. The first was kept."),
    "flow failed": later("A conversation broke off because of a mistake in the flow."),
    "late text": later("A text came so late that it was not answered."),
    "muted": later("Their texts look automatic, so they are not answered for a day."),
    "daily spend reached": later("The day's limit of spending is reached: prompts wait until tomorrow."),
    "gateway away": later("Nothing has left for five minutes. Texts wait, and leave once the gateway is back."),
    UNREADABLE: later("A text waits because its conversation cannot be read. Whoever runs Sayso must look at its log."),
    SUSPECTED: later("The gateway takes our texts for fraud and blocks them. See the gateway's own page."),
    "sender refused": later("The gateway refuses our number: nothing leaves by it. See the gateway's own page."),
}
DETAILS = {
    Danger.SUICIDE: later("suicide"),
    Danger.CHILD: later("a child in danger"),
    Danger.ABUSE: later("abuse"),
    Danger.SELF_HARM: later("self-harm"),
    Danger.EMERGENCY: later("an emergency"),
    Danger.UNDER_16: later("under 16"),
    "the same text again and again": later("the same text again and again"),
    "too many texts in an hour": later("too many texts in an hour"),
}


def what(alert: Alert) -> str:
    """What happened; a kind that nobody put into words is called by its name."""
    return say(KINDS.get(alert.kind, alert.kind))


def detail(service: Service, alert: Alert, language: str) -> str:
    """What more there is to say of it: which dangers, which flow and what its author wrote, which day."""
    if alert.kind in (NOTICE, "flow failed", UNREADABLE):
        flow, _, words = alert.detail.partition(": ")
        return " · ".join(filter(None, (title_of(service, flow), words)))
    if alert.kind == "daily spend reached":
        return day_in_words(alert.detail, language)
    return ", ".join(say(DETAILS[each]) for each in alert.detail.split(", ") if each in DETAILS)
