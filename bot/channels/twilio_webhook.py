"""What Twilio posts to us, and what it hears back: pure functions over the raw parts of a request.

Neither a web framework nor Twilio's library is needed, so the web process stays small and this file can be tried with
tables of cases. `SignatureCheck`, `signature` and `twiml` have files of their own and are offered here as well.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl, unquote_to_bytes

from bot.channels import PAYLOAD, BadRequestError, Inbound, RepeatedParameterError, StatusUpdate
from bot.channels.twilio_codes import failure_in
from bot.channels.twilio_signature import SignatureCheck, signature
from bot.channels.twiml import twiml
from flows.text import clean

__all__ = [
    "SignatureCheck",
    "parse_call",
    "parse_form",
    "parse_inbound",
    "parse_status",
    "signature",
    "twiml",
]

LONGEST_FORM = 64 * 1024
"""Bytes. Twilio's own webhooks stay under 20 KiB."""
MOST_PARAMETERS = 200
"""Twilio sends about 25, and 20 more with ten pictures."""

GATEWAY = "twilio"
OPT_OUT_TYPES = frozenset({"STOP", "START", "HELP"})
STOP_WORDS = frozenset({"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout"})
"""The single words on which Twilio itself blocks us and answers, on SMS."""

_ADDRESS = re.compile(
    r"\+[1-9][0-9]{2,14}"  # E.164
    r"|[0-9]{3,8}"  # a short code: heard, never answered
    r"|(?=.*[A-Za-z])[A-Za-z0-9 &+_.-]{1,11}"  # a sender name: heard, never answered
    # WhatsApp: a number, or the id of a sender whose number is hidden
    r"|whatsapp:(?:\+[1-9][0-9]{2,14}|[A-Z]{2}\.[A-Za-z0-9]{1,128})",
    re.ASCII,
)
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
WITHHELD = frozenset({"+266696687", "+7378742883", "+2562533", "+8656696", "+86282452253"})
"""ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN and UNAVAILABLE on a telephone's keys."""
_PROVIDER_ID = re.compile(r"[A-Za-z0-9]{2,64}", re.ASCII)
_STATUS = re.compile(r"[a-z_-]{2,32}", re.ASCII)
_SMALL_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_OUR_ID = re.compile(r"[1-9][0-9]{0,18}", re.ASCII)
_LARGEST_ID = 2**63 - 1
_BASE64 = re.compile(r"[A-Za-z0-9+/]+={0,2}", re.ASCII)
_UNDECODED = re.compile("[\udc80-\udcff]")


def parse_form(body: bytes) -> list[tuple[str, str]]:
    """The pairs of an urlencoded form, decoded, in their order. Bytes that are not UTF-8 stay percent-encoded.

    Raises:
        RepeatedParameterError: a name came twice.
        BadRequestError: over 64 KiB or over 200 parameters.
    """
    if len(body) > LONGEST_FORM:
        raise BadRequestError("The form is larger than 64 KiB.")
    # A character for each byte: most pieces hold nothing that must be decoded further.
    text = body.replace(b"+", b" ").decode("latin-1")
    pieces, is_plain = text.split("&"), text.isascii()
    if len(pieces) > MOST_PARAMETERS:
        raise BadRequestError(f"The form has more than {MOST_PARAMETERS} parameters.")
    pairs = []
    for piece in pieces:
        if piece:
            name, _, value = piece.partition("=")
            pairs.append((name, value) if is_plain and "%" not in piece else (_decoded(name), _decoded(value)))
    if len(dict(pairs)) != len(pairs):
        raise RepeatedParameterError("The form has a parameter twice.")
    return pairs


def _decoded(part: str) -> str:
    if "%" not in part and part.isascii():
        return part
    raw = unquote_to_bytes(part.encode("latin-1"))
    try:
        return raw.decode()
    except UnicodeDecodeError:
        kept = raw.decode("utf-8", "surrogateescape")
        return _UNDECODED.sub(lambda match: f"%{ord(match.group()) - 0xDC00:02X}", kept)


def parse_inbound(pairs: Sequence[tuple[str, str]], received_at: datetime, *, recovered: bool = False) -> Inbound:
    """The text that a signed form carries. Profile names and media addresses are left behind here.

    Args:
        pairs: the form; unknown parameters are fine, Twilio adds new ones at any time.
        received_at: now, aware, in UTC.
        recovered: it was found in Twilio's list, not posted.

    Raises:
        BadRequestError: a required parameter is missing or not what Twilio sends; the sentence names it.
    """
    form = dict(pairs)
    provider_id = _required(form, "MessageSid", _PROVIDER_ID)
    # A WhatsApp sender with a hidden number has an id instead; it rides in From, or alone in ExternalUserId.
    sender = _required(form, "From" if form.get("From") else "ExternalUserId", _ADDRESS, shown="From")
    if sender == form.get("To"):
        raise BadRequestError("From and To are the same: we do not talk to ourselves.")
    if "Body" not in form:
        raise BadRequestError("The parameter Body is missing.")
    channel = "whatsapp" if sender.startswith("whatsapp:") else "sms"
    received = form["Body"]
    body = clean(_unwrapped(received))
    opt_out = form.get("OptOutType", "").upper()
    known_opt_out = opt_out if opt_out in OPT_OUT_TYPES else None
    return Inbound(
        provider_id=provider_id,
        address=sender if channel == "whatsapp" else f"sms:{sender}",
        channel=channel,
        gateway=GATEWAY,
        body=body,
        raw=None if body == received else received.encode("utf-8", "surrogatepass"),
        media=_media(form.get("NumMedia", "")),
        opt_out=known_opt_out,
        received_at=received_at,
        confirms_stop=channel == "sms" and (known_opt_out == "STOP" or body.strip().lower() in STOP_WORDS),
        recovered=recovered,
        tapped=_tapped(form),
        kinds=_kinds(form),
        location=_location(form),
    )


@dataclass(frozen=True, slots=True)
class Call:
    """Somebody rang our number. `address` is None where the number was withheld."""

    provider_id: str
    address: str | None


def parse_call(pairs: Sequence[tuple[str, str]]) -> Call:
    """Who rang, from the form of a voice webhook.

    Raises:
        BadRequestError: the call's id or the caller is missing or not what Twilio sends.
    """
    form = dict(pairs)
    provider_id = _required(form, "CallSid", _PROVIDER_ID)
    caller = form.get("From", "")
    # Twilio names a withheld number by words, or by a number that spells them.
    shown = _NUMBER.fullmatch(caller) and caller not in WITHHELD and caller != form.get("To")
    return Call(provider_id, f"sms:{caller}" if shown else None)


REJECT = b'<?xml version="1.0" encoding="UTF-8"?><Response><Reject reason="busy"/></Response>'
"""The answer to a call: nobody picks up, and nobody pays."""


def of_call(call: Call, received_at: datetime) -> Inbound:
    """A missed call as what it is to us: a text without words that asks to be texted."""
    assert call.address is not None  # noqa: S101 -- for the type checker; a withheld number is no caller
    return Inbound(
        provider_id=call.provider_id,
        address=call.address,
        channel="sms",
        gateway=GATEWAY,
        body="",
        raw=None,
        media=0,
        opt_out=None,
        received_at=received_at,
        missed_call=True,
    )


def _tapped(form: dict[str, str]) -> str | None:
    """The payload of a button, or the id of a row of a list."""
    payload = form.get("ButtonPayload") or form.get("ListId") or ""
    return payload if PAYLOAD.fullmatch(payload) else None


def parse_status(pairs: Sequence[tuple[str, str]], query: str) -> StatusUpdate:
    """What a status callback says.

    Args:
        pairs: the form.
        query: the raw query of the callback; `m` is our own id of the message.

    Raises:
        BadRequestError: the message's id or status is missing or not what Twilio sends.
    """
    form = dict(pairs)
    provider_id = _required(form, "MessageSid" if "MessageSid" in form else "SmsSid", _PROVIDER_ID, shown="MessageSid")
    status_name = "MessageStatus" if "MessageStatus" in form else "SmsStatus"
    status = _required(form, status_name, _STATUS, shown="MessageStatus")
    written = form.get("ErrorCode", "")
    code = int(written) if _SMALL_NUMBER.fullmatch(written) and int(written) else None
    return StatusUpdate(
        message_id=_our_id(query),
        provider_id=provider_id,
        status=status,
        error_code=code,
        failure=failure_in(code),
    )


def _required(form: dict[str, str], name: str, shape: re.Pattern[str], shown: str | None = None) -> str:
    value = form.get(name)
    if not value:
        raise BadRequestError(f"The parameter {shown or name} is missing.")
    if not shape.fullmatch(value):
        raise BadRequestError(f"The parameter {shown or name} is not of the form that Twilio sends.")
    return value


def _media(count: str) -> int:
    """How many files came along. Anything but a number from 0 to 10 counts as one: something came."""
    if not count or count == "0":
        return 0
    return int(count) if _SMALL_NUMBER.fullmatch(count) and int(count) <= 10 else 1


_KINDS = {"image": "photo", "audio": "voice", "video": "video"}


def _kinds(form: Mapping[str, str]) -> tuple[str, ...]:
    """What each file is, by the first half of its content type."""
    types = (form.get(f"MediaContentType{number}", "") for number in range(_media(form.get("NumMedia", ""))))
    return tuple(_KINDS.get(type_.partition("/")[0].lower(), "file") for type_ in types)


def _location(form: Mapping[str, str]) -> tuple[float, float] | None:
    """Where a phone says it is; None where it says nothing, or nothing on this globe."""
    try:
        latitude, longitude = float(form.get("Latitude", "")), float(form.get("Longitude", ""))
    except ValueError:
        return None
    on_earth = -90 <= latitude <= 90 and -180 <= longitude <= 180
    return (latitude, longitude) if on_earth else None


def _our_id(query: str) -> int | None:
    ids = [value for name, value in parse_qsl(query, keep_blank_values=True, errors="replace") if name == "m"]
    if len(ids) != 1 or not _OUR_ID.fullmatch(ids[0]) or int(ids[0]) > _LARGEST_ID:
        return None
    return int(ids[0])


def _unwrapped(body: str) -> str:
    """The text inside a body in base64: Twilio sometimes hands over long texts in parts that way.

    Guarded, so that nobody's own words are ever touched: at least 60 characters of nothing but base64, and inside it
    UTF-8 of which at least half is plain letters and nothing is a control character.
    """
    if len(body) < 60:
        return body
    packed = body.replace("\r", "").replace("\n", "").strip()
    if len(packed) < 60 or len(packed) % 4 or not _BASE64.fullmatch(packed):
        return body
    try:
        text = base64.b64decode(packed, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return body
    plain = sum(character.isascii() for character in text)
    return text if plain * 2 >= len(text) and clean(text) == text.replace("\r\n", "\n") else body
