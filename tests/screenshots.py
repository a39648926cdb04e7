"""`make screenshots` draws the pictures in docs/ anew; `python -m tests.screenshots FOLDER` shows every page instead.

The people in them are made up, and their numbers are those Ofcom keeps for drama.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser as Chromium

from tests.bot.console.stage import Stage, stage
from tests.browser import MISSING, chromium
from tests.pages import started_browser

DOCS = Path(__file__).parents[1] / "docs" / "screenshots"
MAIN = {
    "home": "home", "results": "flow_results", "words": "words_said", "conversation": "conversation",
    "people": "all_contacts", "group": "group", "new-broadcast": "new_broadcast", "exports": "exports", "flow": "flow",
}  # fmt: skip
"""The pictures of docs/coordinators.md, and the pages they show."""
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 320, "height": 800}


def shoot(console: Stage, browser: Chromium, folder: Path) -> None:
    """The main pages as a coordinator first sees them, and the public page on a small phone."""
    page = console.opened(browser, console.alice, viewport=WIDE).new_page()
    for name, endpoint in MAIN.items():
        page.goto(console.pages()[endpoint])
        page.screenshot(path=folder / f"{name}.png")
    phone = console.opened(browser, viewport=NARROW).new_page()
    phone.goto("/results/visit")
    phone.screenshot(path=folder / "published.png")


def shoot_all(console: Stage, browser: Chromium, folder: Path) -> None:
    """Every page from top to bottom, on a large and on a small screen, to look at."""
    for size in (NARROW, WIDE):
        page = console.opened(browser, console.alice, viewport=size).new_page()
        for name, path in {**console.pages(), "by_week": "/console/results/visit?by=week"}.items():
            page.goto(path)
            page.screenshot(path=folder / f"{name}-{size['width']}.png", full_page=True)


def main(arguments: list[str]) -> int:
    """Make the pictures."""
    if chromium() is None:
        print(MISSING)
        return 1
    folder = Path(arguments[0]) if arguments else DOCS
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data, stage(Path(data)) as console, started_browser() as browser:
        (shoot_all if arguments else shoot)(console, browser, folder)
    print(f"The pictures are in {folder}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
