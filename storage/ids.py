"""Ids: 63-bit integers that grow with time, made without asking the store."""

from __future__ import annotations

import random
import threading
import time

_EPOCH_MS = 1_577_836_800_000
"""2020-01-01 UTC: with 41 bits of milliseconds after it, ids last until 2089."""
_CHANCE_BITS = 22

LARGEST = 2**63 - 1
"""No store counts further."""

_lock = threading.Lock()
_last = 0


def new_id() -> int:
    """An id greater than every earlier one of this process, also where the machine's clock was set back.

    Ids of two processes meet about once in four million made in the same millisecond; the store then refuses the
    second, and its transaction is tried again with new ones.
    """
    global _last
    chance = random.getrandbits(_CHANCE_BITS)
    made = (time.time_ns() // 1_000_000 - _EPOCH_MS) << _CHANCE_BITS | chance
    with _lock:
        _last = made if made > _last else _last + 1
        return _last


def id_at(moment: int) -> int:
    """The smallest id made at a time, in microseconds since 1970."""
    return max(moment // 1000 - _EPOCH_MS, 0) << _CHANCE_BITS
