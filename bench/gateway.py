"""The fake Twilio in a process of its own, answering each call after 50 ms as the real one does."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bot.channels.twilio_api import TwilioChannel
from tests.fakes.twilio import FakeTwilio
from tests.fakes.twilio.fake import ACCOUNT_SID, TOKEN
from tests.fakes.twilio.modes import Mode
from tests.fakes.twilio.server import ApiServer

SECONDS = 0.05


class Slow(ApiServer):
    """The fake's API, each answer after 50 ms."""

    def next_mode(self) -> Mode:
        """The mode of the next call, after a while."""
        time.sleep(SECONDS)
        return super().next_mode()


@contextmanager
def fake_twilio() -> Iterator[TwilioChannel]:
    """The way out to a fake Twilio that runs beside this process, by the real client and real HTTP."""
    process = subprocess.Popen([sys.executable, "-m", "bench.gateway"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        url = process.stdout.readline().decode().strip()
        yield TwilioChannel(
            account_sid=ACCOUNT_SID, auth_token=TOKEN, sms_from=FakeTwilio().number, api_url=url, timeout=60
        )
    finally:
        process.stdin.close()  # its sign to end
        process.wait(10)


def main() -> None:
    """Serve until the other process closes our input."""
    server = Slow(FakeTwilio().account)
    print(server.url, flush=True)
    sys.stdin.read()
    server.close()


if __name__ == "__main__":
    main()
