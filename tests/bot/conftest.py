from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.pages import started_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real one; a module that asks for it says what is not tried where there is none."""
    with started_browser() as started:
        yield started
