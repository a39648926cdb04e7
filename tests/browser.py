"""The browser the pages are tried in: Debian's chromium, or the one CHROMIUM names."""

from __future__ import annotations

import os
import shutil

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
MISSING = "NOT TRIED: the pages in a browser, because there is no chromium here (apt-get install chromium)"


def chromium() -> str | None:
    """Its program; None where there is none."""
    return os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")


def closing_line() -> str:
    """What the last lines of a test run say about it."""
    program = chromium()
    return f"pages: tried in {program}" if program else MISSING
