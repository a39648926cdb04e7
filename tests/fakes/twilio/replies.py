"""Reads the TwiML we answer with as Twilio does, and names Twilio's error code for what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from xml.etree import ElementTree

TYPES = ("text/xml", "application/xml", "text/html")
MOST_BYTES = 64_000
MOST_MESSAGES = 10
LONGEST = 1600
RETRIEVAL_FAILED, TOO_LARGE, EMPTY_BODY, BAD_XML, BAD_SCHEMA, BAD_TYPE = 11200, 11750, 11770, 12100, 12200, 12300
EMPTY_MESSAGE, TOO_LONG, LOOP, TOO_MANY = 14103, 21617, 14107, 14109


@dataclass(frozen=True, slots=True)
class Said:
    """One `<Message>`."""

    text: str
    callback: str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What Twilio makes of an answer; with a problem nothing is sent."""

    said: tuple[Said, ...] = ()
    problem: int | None = None
    why: str = ""


def read(status: int | None, content_type: str, body: bytes) -> Reading:
    """Read an answer to an inbound webhook."""
    if status is None or not 200 <= status < 300:
        return Reading(problem=RETRIEVAL_FAILED, why=f"the webhook answered {status}")
    if status == 204 and not body:
        return Reading()
    if not body:
        return Reading(problem=EMPTY_BODY, why="the answer is empty")
    if content_type.partition(";")[0].strip().lower() not in TYPES:
        return Reading(problem=BAD_TYPE, why=f"the content type is {content_type!r}")
    if len(body) > MOST_BYTES:
        return Reading(problem=TOO_LARGE, why=f"the answer has {len(body)} bytes")
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        return Reading(problem=BAD_XML, why=str(error))
    return _read_response(root)


def _read_response(root: ElementTree.Element) -> Reading:
    if root.tag != "Response" or any(child.tag != "Message" for child in root):
        return Reading(problem=BAD_SCHEMA, why="only <Response> with <Message> inside is expected")
    said = tuple(_said(child) for child in root)
    if len(said) > MOST_MESSAGES:
        return Reading(problem=TOO_MANY, why=f"{len(said)} messages")
    for message in said:
        if not message.text.strip():
            return Reading(problem=EMPTY_MESSAGE, why="a message is empty")
        if len(message.text) > LONGEST:
            return Reading(problem=TOO_LONG, why=f"a message has {len(message.text)} characters")
    return Reading(said)


def _said(element: ElementTree.Element) -> Said:
    body = element.find("Body")
    text = "".join((element if body is None else body).itertext())
    return Said(text, element.get("statusCallback"))
