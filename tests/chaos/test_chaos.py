"""A short siege of each store in the suite; `make chaos` runs long ones."""

from __future__ import annotations

import time

from tests.chaos.driver import siege

SECONDS = 25
"""A cycle that has begun in this time is brought to its end."""


def test_whatever_is_killed_every_text_is_handled_once_and_nothing_follows_a_stop(store, tmp_path):
    until = time.monotonic() + SECONDS
    with siege(store, tmp_path) as service:
        seed = 1
        while time.monotonic() < until:
            service.cycle(seed)
            seed += 1
    assert seed > 1
