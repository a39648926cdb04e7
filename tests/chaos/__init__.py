"""The service under fire: its processes are killed at random while a broadcast runs and people reply.

`make chaos CYCLES=50 SEED=1` runs it; a cycle that fails names the seed that makes the same plan again.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bot.service import build
from bot.settings import TWILIO_RETRIES, Settings
from tests.chaos.driver import ChaosError, Siege
from tests.chaos.parts import Parts
from tests.fakes.twilio import FakeTwilio
from tests.fakes.twilio.fake import ACCOUNT_SID, PUBLIC_URL, TOKEN
from tests.servers import free_port
from tests.stores import KEY

__all__ = ["ChaosError", "siege"]


@contextmanager
def siege(store: str, folder: Path) -> Iterator[Siege]:
    """Everything started on this store."""
    socket, port = folder / "q" / "queue.sock", free_port()
    with FakeTwilio(target=f"http://127.0.0.1:{port}", inbound=f"/twilio/inbound{TWILIO_RETRIES}") as twilio:
        environ = {
            "SAYSO_DATA": str(folder), "DATABASE_URL": store, "SAYSO_SECRET_KEY": KEY.hex(), "PORT": str(port),
            "REDIS_URL": f"unix://{socket}", "PUBLIC_URL": PUBLIC_URL, "TWILIO_API_URL": twilio.url,
            "TWILIO_ACCOUNT_SID": ACCOUNT_SID, "TWILIO_AUTH_TOKEN": TOKEN, "TWILIO_SMS_FROM": twilio.number,
            "SAYSO_QUIET_HOURS": "00:00-24:00", "SAYSO_SMS_RATE": "200", "SAYSO_DAILY_SPEND": "0",
        }  # fmt: skip
        service = build(Settings.read(environ))
        parts = Parts(folder, socket, environ)
        try:
            parts.start_all()
            with ThreadPoolExecutor(4, "people") as pool:
                siege = Siege(service, twilio, parts, pool)
                siege.wait_for_web()
                yield siege
        finally:
            parts.close()
            service.close()
