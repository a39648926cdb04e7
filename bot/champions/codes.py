"""The four digits with which a champion says yes: only their phone has seen them, and they end soon."""

from __future__ import annotations

import hmac
import secrets
from datetime import timedelta
from enum import StrEnum

from storage.community import orders
from storage.community.orders import PendingOrder
from storage.database import Connection
from storage.secrets import Secrets

LASTS = timedelta(minutes=10)
TRIES = 3


class Verdict(StrEnum):
    """What a code was."""

    RIGHT = "right"
    WRONG = "wrong"
    OVER = "over"
    NOTHING = "nothing"


def ask(db: Connection, keys: Secrets, contact_id: int, what: str, now: int) -> str:
    """Keep an order until its code comes back; returns the code."""
    code = f"{secrets.randbelow(10_000):04d}"
    expires_at = now + int(LASTS.total_seconds() * 1_000_000)
    orders.put(db, contact_id, PendingOrder(_hash(keys, contact_id, code), what, TRIES, expires_at))
    return code


def judge(db: Connection, keys: Secrets, contact_id: int, code: str, now: int) -> tuple[Verdict, str, int]:
    """Whether this is the code; with it what was ordered, and how many tries are left. A right code works once."""
    order = orders.get(db, contact_id)
    if order is None:
        return Verdict.NOTHING, "", 0
    if now >= order.expires_at:
        orders.drop(db, contact_id)
        return Verdict.OVER, "", 0
    if hmac.compare_digest(order.code_hash, _hash(keys, contact_id, code)):
        orders.drop(db, contact_id)
        return Verdict.RIGHT, order.what, order.tries_left
    if order.tries_left <= 1:
        orders.drop(db, contact_id)
        return Verdict.OVER, "", 0
    orders.miss(db, contact_id)
    return Verdict.WRONG, "", order.tries_left - 1


def _hash(keys: Secrets, contact_id: int, code: str) -> bytes:
    return keys.hash(f"order {contact_id} {code}")
