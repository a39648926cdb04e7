"""Answers to tap on WhatsApp: when a question is sent with buttons or a list, and what a tap means.

What is tapped carries the run, the question and the answer: `run.question.key`. A tap may come days later; it counts
only for the question it was shown with.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from bot import sentences
from bot.channels import PAYLOAD, Choices
from flows.calls import Flows
from flows.definition import Flow
from flows.offering import offer_of
from flows.run import Context, Run, Status
from flows.words import Words

FIELD = "choices"
MOST_BUTTONS, MOST_ROWS = 3, 10
LONGEST_BUTTON, LONGEST_ROW = 20, 24
"""Characters of a title; a longer one is refused, so that the question goes out as numbered text."""
LONGEST_BODY = 1024
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the engine needs to know of a person to say something, at one moment."""

    context: Context
    words: Words
    now: datetime
    others: Flows


def content(text: str, run_id: int, flow: Flow, run: Run, around: Surroundings) -> str | None:
    """The buttons or the list for a text that ends with the question a run waits at, as it is stored with a message;
    None where there is nothing to tap, or it does not fit."""
    if around.context.channel != "whatsapp" or run.status is not Status.OPEN or not text:
        return None
    offer = offer_of(flow, run, around.context, around.words, around.now, around.others)
    if offer is None or not 1 <= len(offer.options) <= MOST_ROWS:
        return None
    longest = LONGEST_BUTTON if len(offer.options) <= MOST_BUTTONS else LONGEST_ROW
    titles = list(offer.options.values())
    body = "\n".join(line for line in text.split("\n") if line not in offer.numbered)
    if len(set(titles)) < len(titles) or any(not 0 < len(title) <= longest for title in titles):
        return None
    if not 0 < len(body) <= LONGEST_BODY:
        return None
    options = [[f"{_base36(run_id)}.{offer.mark}.{key}", title] for key, title in offer.options.items()]
    if not all(PAYLOAD.fullmatch(payload) for payload, _ in options):
        return None
    fields = {"body": body, "button": around.words.say(sentences.CHOOSE)[:LONGEST_BUTTON], "options": options}
    return json.dumps({FIELD: fields}, ensure_ascii=False)


def read(stored: Mapping[str, object]) -> Choices | None:
    """What `content` stored; None for a template."""
    fields = stored.get(FIELD)
    if not isinstance(fields, dict):
        return None
    return Choices(fields["body"], fields["button"], tuple((payload, title) for payload, title in fields["options"]))


def tapped_key(payload: str, run_id: int, flow: Flow, run: Run, around: Surroundings) -> str | None:
    """The key of the answer that was tapped, where it belongs to the question that a run waits at; else None."""
    whose, mark, key = payload.split(".")
    offer = offer_of(flow, run, around.context, around.words, around.now, around.others)
    if offer is None or whose != _base36(run_id) or mark != str(offer.mark) or key not in offer.options:
        return None
    return key


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits
