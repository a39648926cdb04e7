"""TwiML, the answer to a webhook: written by hand, well-formed for any text, inside Twilio's limits."""

from __future__ import annotations

import unicodedata

from flows.text import clean

LONGEST_MESSAGE = 1600
"""Characters; Twilio refuses more (21617)."""
MOST_MESSAGES = 10
"""An answer with more is refused whole (14109)."""
LONGEST_DOCUMENT = 64_000
"""Bytes; Twilio refuses more than 64 kB (11750)."""

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'
_EMPTY = f"{_HEAD}<Response/>".encode()
_JOINER = "\u200d"


def twiml(text: str | None, status_callback: str | None = None) -> bytes:
    """The document that answers with a text, or acknowledges without answering where there is none.

    A text over 1,600 characters becomes several messages, cut between words, at most ten and 64 kB: what is beyond is
    left out, because an answer over the limit would be refused whole.

    Args:
        text: what to say.
        status_callback: where Twilio reports what became of the (first) message.
    """
    text = clean(text) if text else ""
    if not text.strip():
        return _EMPTY
    attribute = f' statusCallback="{_escaped(clean(status_callback))}"' if status_callback else ""
    if len(text) <= LONGEST_MESSAGE:
        return f"{_HEAD}<Response><Message{attribute}>{_escaped(text)}</Message></Response>".encode()
    return _several(text, attribute)


def _several(text: str, attribute: str) -> bytes:
    room = LONGEST_DOCUMENT - len(_HEAD) - len("<Response></Response>") - len(attribute.encode())
    messages: list[bytes] = []
    for part in split(text)[:MOST_MESSAGES]:
        message = f"<Message{attribute if not messages else ''}>{_escaped(part)}</Message>".encode()
        room -= len(message)
        if room < 0:
            break
        messages.append(message)
    return f"{_HEAD}<Response>".encode() + b"".join(messages) + b"</Response>"


def split(text: str, longest: int = LONGEST_MESSAGE) -> list[str]:
    """The text in parts of at most `longest` characters, cut at white space where there is any."""
    parts = []
    while len(text) > longest:
        cut = _last_space(text, longest)
        parts.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    parts.append(text)
    return [part for part in parts if part.strip()]


def _last_space(text: str, longest: int) -> int:
    """Where to cut: at the last white space, or else before a whole letter with its marks."""
    # Half a part at least, so that one long word at the end does not leave a message of one word before it.
    for place in range(longest, longest // 2, -1):
        if text[place].isspace():
            return place
    for place in range(longest, longest // 2, -1):
        if not unicodedata.category(text[place]).startswith("M") and _JOINER not in text[place - 1 : place + 1]:
            return place
    return longest


def _escaped(text: str) -> str:
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    return text.replace('"', "&quot;") if '"' in text else text
