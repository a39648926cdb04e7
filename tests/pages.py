"""Pages in a real browser, patient with a slow machine."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser import FLAGS, chromium

PATIENCE = 120_000.0
"""Milliseconds after which a page is taken to hang."""

expect.set_options(timeout=PATIENCE)


@contextmanager
def started_browser() -> Iterator[Browser]:
    """A browser, closed at the end."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS, timeout=PATIENCE)
        yield started
        started.close()


def fresh_context(browser: Browser, **options: Any) -> BrowserContext:
    """A window with nothing in it: no cookies, no pages."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    return context
