"""Webhook turns a second beside the floor, under the same server, workers and connections, in the same minutes.

The load is whole conversations through `visit`: the keyword, a rating, a reason. Floor and ours take turns, round by
round; the figure to read is the median of the rounds' ratios.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

from bench import load
from bench.servers import free_port, gunicorn, postgresql

TOKEN = "a-token-for-this-benchmark-only!"
PUBLIC = "https://bench.example.org"
ACCOUNT = "AC" + "0" * 32
WORDS = ("visit", "1", "Everyone was kind and nobody rushed me, all {n} of us.")
ROUNDS = 5
CONVERSATIONS = 600


def signed_request(fields: dict[str, str], path: str = "/twilio/inbound") -> bytes:
    """One webhook as Twilio posts it, ready to send."""
    text = PUBLIC + path + "".join(key + fields[key] for key in sorted(fields))
    signature = base64.b64encode(hmac.new(TOKEN.encode(), text.encode(), hashlib.sha1).digest()).decode()
    body = urlencode(fields).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench.example.org\r\nConnection: close\r\nUser-Agent: TwilioProxy/1.1\r\n"
        f"Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\nX-Twilio-Signature: {signature}\r\n"
        f"I-Twilio-Idempotency-Token: {fields['MessageSid']}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def fields(number: int, sid: int, body: str) -> dict[str, str]:
    """The form of one inbound SMS, with the parameters a real one carries."""
    message = f"SM{sid:032x}"
    return {
        "ToCountry": "GB", "ToState": "", "SmsMessageSid": message, "NumMedia": "0", "ToCity": "", "FromZip": "",
        "SmsSid": message, "FromState": "", "SmsStatus": "received", "FromCity": "", "Body": body,
        "FromCountry": "GB", "To": "+447700900000", "ToZip": "", "NumSegments": "1", "MessageSid": message,
        "AccountSid": ACCOUNT, "From": f"+4477{number:08d}", "ApiVersion": "2010-04-01",
    }  # fmt: skip


def conversations(first: int, count: int) -> list[list[bytes]]:
    """`count` contacts nobody has met, each with a whole conversation."""
    return [
        [signed_request(fields(n, n * 10 + turn, words.format(n=n))) for turn, words in enumerate(WORDS)]
        for n in range(first, first + count)
    ]


def compare(store: str, ours: dict[str, str], floor_store: str, workers: int) -> Iterator[str]:
    """One line of figures for a store."""
    common = {"TWILIO_AUTH_TOKEN": TOKEN, "PUBLIC_URL": PUBLIC, "TWILIO_ACCOUNT_SID": ACCOUNT}
    ours_port, floor_port = free_port(), free_port()
    rates: list[tuple[float, float]] = []
    slow: list[float] = []
    with (
        gunicorn("bot.processes.wsgi:application()", ours_port, {**common, **ours}, workers),
        gunicorn("bench.floor:create_app()", floor_port, {**common, "FLOOR_STORE": floor_store}, workers),
    ):
        for lap in range(ROUNDS + 1):
            batch = conversations(1 + lap * CONVERSATIONS, CONVERSATIONS)
            floor = load.run(floor_port, batch)
            mine = load.run(ours_port, batch)
            if floor.failures or mine.failures:
                raise RuntimeError(f"{store}: {floor.failures} requests failed on the floor, {mine.failures} on ours.")
            if lap:  # the first lap warms both up
                rates.append((floor.rate, mine.rate))
                slow.append(mine.percentile(0.99))
    ratios = [mine / floor for floor, mine in rates]
    yield (
        f"webhook turn, {store}, {workers} sync worker(s): floor {statistics.median(f for f, _ in rates):,.0f}/s, "
        f"ours {statistics.median(m for _, m in rates):,.0f}/s, ratio {statistics.median(ratios):.2f} "
        f"(of {ROUNDS} rounds: {min(ratios):.2f} to {max(ratios):.2f}), "
        f"ours p99 {statistics.median(slow) * 1000:.0f} ms"
    )


def run() -> Iterator[str]:
    """The figures, a line each."""
    for workers in (1, 2):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            ours = {"SAYSO_DATA": str(folder / "data")}
            migrate(ours)
            yield from compare("SQLite FULL", ours, str(folder / "floor.db"), workers)
            with postgresql(folder) as url:
                ours["DATABASE_URL"] = url
                migrate(ours)
                yield from compare("PostgreSQL", ours, url, workers)


def migrate(environ: dict[str, str]) -> None:
    """Make the tables, as `sayso migrate` does."""
    command = [str(Path(sys.executable).with_name("sayso")), "migrate"]
    subprocess.run(command, env={**os.environ, **environ}, check=True, capture_output=True)
