"""What one person of a broadcast is sent: the beginning of a flow in their language, one text, or a reminder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from secrets import randbits

from bot import sentences
from bot.broadcasts.draft import Kind
from bot.broadcasts.rules import Rules, window_open
from bot.conversations import buttons, discretion
from bot.conversations.sharing import prefixed
from bot.service import Service
from flows import engine
from flows.definition import Flow
from flows.run import Context, Run, Trigger
from flows.text import fill, smart
from flows.values import Value
from flows.words import Words
from storage.ids import new_id
from storage.sending.audience import Person, Way

MOST_REMINDERS = 2


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words, the run they begin or go on with, and what stands in for them on WhatsApp."""

    text: str
    language: str
    run: Run | None = None
    run_id: int | None = None
    content: str | None = None


def render(
    service: Service, rules: Rules, kind: Kind, revision_id: int | None, body: str | None, person: Person, way: Way,
    now: datetime,
) -> Rendered:  # fmt: skip
    """The text for a person, and the run it begins."""
    language = person.language
    if kind is Kind.TEXT or revision_id is None:
        values: Mapping[str, Value] = {
            "organisation": discretion.organisation_for(person.attributes, service.settings.organisation),
            **{f"contact.{name}": value for name, value in person.attributes.items()},
        }
        text = fill(body or "", values)
        return Rendered(prefixed(way.initials, smart(text) if way.channel == "sms" else text), language)
    flow = service.shelf.revision(revision_id, language)
    words, others = service.words(flow.language), service.shelf.others(flow.language)
    context = Context(
        channel=way.channel,
        language=flow.language,
        organisation=discretion.organisation_for(person.attributes, service.settings.organisation),
        contact=person.attributes,
        groups=person.groups,
    )
    local = service.local(now)
    around = buttons.Surroundings(context, words, local, others)
    if kind is Kind.REMINDER:
        run = Run.from_json(person.run_state or "{}")
        turn = engine.ask_again(flow, run, context, words, local, others)
        if turn.text and discretion.rings(person.attributes, flow):
            return _doorbell(words, flow, turn.run, person.run_id, way, _template(rules, flow, person, way, now))
        text, run_id = prefixed(way.initials, turn.text), person.run_id
        return Rendered(
            text, flow.language, turn.run, run_id, buttons.content(text, run_id or 0, flow, turn.run, around)
        )
    turn = engine.start(flow, Trigger("broadcast", context, chance=randbits(32)), words, local, others)
    text, run_id = prefixed(way.initials, turn.text), new_id()
    if discretion.rings(person.attributes, flow):
        discretion.ring(turn.run, seen=False)
        return _doorbell(words, flow, turn.run, run_id, way, _template(rules, flow, person, way, now))
    content = _template(rules, flow, person, way, now) or buttons.content(text, run_id, flow, turn.run, around)
    return Rendered(text, flow.language, turn.run, run_id, content)


def _doorbell(words: Words, flow: Flow, run: Run, run_id: int | None, way: Way, content: str | None) -> Rendered:
    return Rendered(prefixed(way.initials, words.say(sentences.DOORBELL)), flow.language, run, run_id, content)


def _template(rules: Rules, flow: Flow, person: Person, way: Way, now: datetime) -> str | None:
    """What may begin a conversation on WhatsApp with somebody who has not written for a day."""
    if way.channel != "whatsapp" or window_open(person.heard_at, now):
        return None
    name = discretion.template_of(person.attributes, flow)
    # Who was silent for months may have given the number up: whoever has it now learns no name.
    known = {} if person.silent or name == discretion.TEMPLATE else person.attributes
    return template_content(rules.template(name, flow.language), known)


def template_content(content_sid: str | None, attributes: Mapping[str, Value]) -> str | None:
    """An approved template as it is stored with a message; its first gap is the person's first name."""
    if content_sid is None:
        return None
    name = attributes.get("first_name")
    return json.dumps({"template": content_sid, "variables": {"1": str(name)} if name else {}})
