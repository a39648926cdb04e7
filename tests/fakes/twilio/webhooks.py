"""Texts from people: signed, posted to our webhook with Twilio's own rules of trying again, and the answer read."""

from __future__ import annotations

import hashlib
import json
import time
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import parse_qsl, urlencode

from twilio.request_validator import HMAC_SHA256, RequestValidator  # type: ignore[import-untyped]  # it ships no types

from tests.fakes.twilio.account import Account
from tests.fakes.twilio.doors import Answer, Door
from tests.fakes.twilio.replies import LOOP, Reading, read

LOOP_REPLIES = 30
LOOP_GAP = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One text and what our webhook made of it.

    `messages` are the texts of the answer; where `problem` (a Twilio error code) is set, Twilio sent none of them.
    """

    sid: str
    status: int | None
    body: bytes
    messages: list[str]
    problem: int | None = None
    why: str = ""
    tries: int = 1
    token: str = ""
    form: bytes = field(default=b"", repr=False)

    @property
    def reply(self) -> str:
        """The one text that came back, or nothing; an error of ours or a second message fails the test."""
        assert self.problem is None, f"Twilio error {self.problem}: {self.why}"
        assert len(self.messages) <= 1, f"{len(self.messages)} messages in one answer may arrive in any order"
        return self.messages[0] if self.messages else ""


@dataclass(frozen=True, slots=True)
class Overrides:
    """The connection overrides in a webhook address's fragment; times in milliseconds."""

    rt: int = 15_000
    tt: int = 15_000
    rc: int = 1
    rp: frozenset[str] = frozenset({"ct"})

    @classmethod
    def of(cls, fragment: str) -> Overrides:
        """Read `rc=4&rp=all&rt=3500`."""
        given = dict(parse_qsl(fragment))
        rp = frozenset(given.get("rp", "ct").split(","))
        return cls(
            rt=int(given.get("rt", 15_000)),
            tt=int(given.get("tt", 15_000)),
            rc=min(int(given.get("rc", 1)), 5),
            rp=frozenset({"ct", "rt", "4xx", "5xx"}) if "all" in rp else rp,
        )


class Webhooks:
    """Posts inbound texts. `url` is our public address of the inbound webhook, with overrides in its fragment."""

    def __init__(self, account: Account, door: Door, url: str, fallback_url: str | None = None) -> None:
        self.account = account
        self.door = door
        self.url, _, fragment = url.partition("#")
        self.overrides = Overrides.of(fragment)
        self.fallback_url = fallback_url
        self.shared_key: tuple[str, str] | None = None
        """(key id, secret): sign the newer way, with HMAC-SHA256."""
        self.unheard: set[str] = set()
        """The senders of texts whose answers are lost on the way back, whatever we answer."""
        self._chatter: dict[str, list[datetime]] = defaultdict(list)

    def text(self, from_: str, body: str, **extra: str) -> Exchange:
        """A person texts us. `extra` adds or replaces parameters; the same MessageSid again is the same text."""
        sid = extra.get("MessageSid") or self.account.new_sid("MM" if extra.get("NumMedia", "0") != "0" else "SM")
        form = self.form(sid, from_, body) | extra
        self.account.hear(sid, from_, body, _count(form.get("NumMedia", "0")))
        return self._deliver(sid, from_, urlencode(form, errors="surrogatepass").encode())

    def replay(self, exchange: Exchange) -> Exchange:
        """The same request again, byte for byte."""
        from_ = dict(parse_qsl(exchange.form.decode(), keep_blank_values=True, errors="replace"))["From"]
        return self._deliver(exchange.sid, from_, exchange.form)

    def form(self, sid: str, from_: str, body: str) -> dict[str, str]:
        """The parameters of one text, as seen on real requests."""
        account = self.account
        form = {
            "ToCountry": "GB",
            "ToState": "",
            "SmsMessageSid": sid,
            "NumMedia": "0",
            "ToCity": "",
            "FromZip": "",
            "SmsSid": sid,
            "FromState": "",
            "SmsStatus": "received",
            "FromCity": "",
            "Body": body,
            "FromCountry": "GB",
            "To": account.our_sender(from_),
            "ToZip": "",
            "NumSegments": "1",
            "MessageSid": sid,
            "AccountSid": account.sid,
            "From": from_,
            "ApiVersion": "2010-04-01",
        }
        if from_.startswith("whatsapp:"):
            name = from_.removeprefix("whatsapp:")
            geography = [key for key in form if key.startswith(("From", "To")) and key not in ("From", "To")]
            form = {key: value for key, value in form.items() if key not in geography}
            digest = hashlib.sha256(name.encode()).hexdigest()[:20]
            external = from_ if not name.startswith("+") else f"whatsapp:GB.{digest}"
            metadata = {"type": "whatsapp", "data": {"context": {"ProfileName": "Sam"}}}
            form |= {
                "ProfileName": "Sam",
                "WaId": name.lstrip("+") if name.startswith("+") else "",
                "ExternalUserId": external,
                "MessageType": "text",
                "Forwarded": "false",
                "ChannelMetadata": json.dumps(metadata),
            }
        return form

    def headers(self, url: str, form: bytes) -> dict[str, str]:
        """The signature of a form posted to an address, by Twilio's own library."""
        pairs = dict(parse_qsl(form.decode(), keep_blank_values=True, errors="werkzeug.url_quote"))
        if self.shared_key is not None:
            key, secret = self.shared_key
            return {
                "X-Twilio-Signature": RequestValidator(secret).compute_signature(url, pairs, HMAC_SHA256),
                "X-Twilio-Webhooks-Signature-Settings": f"key={key},algorithm={HMAC_SHA256}",
            }
        return {"X-Twilio-Signature": RequestValidator(self.account.token).compute_signature(url, pairs)}

    def _deliver(self, sid: str, from_: str, form: bytes) -> Exchange:
        token = self.account.new_sid("")
        answer, tries = self._try(self.url, form, token)
        if answer.retry_reason and self.fallback_url:
            extra = urlencode({"ErrorCode": "11200", "ErrorUrl": self.url}).encode()
            answer = self._post(self.fallback_url, form + b"&" + extra, token)
            tries += 1
        if from_ in self.unheard:
            answer = Answer(None, failure="rt")
        reading = self._without_loops(from_, read(answer.status, answer.content_type, answer.body))
        texts = [said.text for said in reading.said]
        exchange = Exchange(sid, answer.status, answer.body, texts, reading.problem, reading.why, tries, token, form)
        self.account.ledger.exchanges.append(exchange)
        if reading.problem is None:
            for said in reading.said:
                self.account.accept(from_, said.text, "outbound-reply", callback=said.callback)
        return exchange

    def _try(self, url: str, form: bytes, token: str) -> tuple[Answer, int]:
        over = time.monotonic() + self.overrides.tt / 1000
        answer, tries = self._post(url, form, token), 1
        while answer.retry_reason in self.overrides.rp and tries <= self.overrides.rc and time.monotonic() < over:
            answer, tries = self._post(url, form, token), tries + 1
        return answer, tries

    def _post(self, url: str, form: bytes, token: str) -> Answer:
        headers = {"I-Twilio-Idempotency-Token": token, "User-Agent": "TwilioProxy/1.1", **self.headers(url, form)}
        return self.door.post(url, form, headers, self.overrides.rt / 1000)

    def _without_loops(self, from_: str, reading: Reading) -> Reading:
        """Twilio stops two machines that answer each other: over 30 replies, each within 30 seconds of the last."""
        if not reading.said:
            return reading
        now, times = self.account.now(), self._chatter[from_]
        if times and now - times[-1] >= LOOP_GAP:
            times.clear()
        times.append(now)
        if len(times) > LOOP_REPLIES:
            return Reading(problem=LOOP, why="more than 30 replies, each within 30 seconds of the last")
        return reading


def _count(media: str) -> int:
    return int(media) if media.isascii() and media.isdigit() else 0
