"""Invitations to the console: a signed link that works once, for two days."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from bot.console.access import ROLE_WORDS, Role
from bot.service import Service
from flows.run import microseconds
from storage.ids import new_id
from storage.team import audit, users
from storage.team.users import User

LASTS = timedelta(days=2)


def _signer(service: Service) -> URLSafeSerializer:
    # itsdangerous signs with SHA-1 unless told otherwise.
    key, signer = service.secrets.derived("console invitation"), {"digest_method": hashlib.sha256}
    return URLSafeSerializer(key, salt="invitation", signer_kwargs=signer)


def invite(service: Service, name: str, role: Role, actor: str) -> str:
    """Make somebody's invitation, or a new one for somebody who has not joined yet; returns the link to hand over.

    Raises:
        storage.team.users.NameTakenError: somebody of this name has joined already.
    """
    nonce = secrets.token_urlsafe(16)
    now = microseconds(service.now())
    with service.database.transaction() as db:
        user_id = users.invite(db, new_id(), name, role, service.secrets.hash(nonce), now)
        audit.note(db, actor, "invited to the team", f"user:{user_id}", ROLE_WORDS[role], now)
    token = _signer(service).dumps([user_id, nonce, now + int(LASTS.total_seconds() * 1_000_000)])
    return f"{service.settings.public_url}/console/welcome/{token}"


def read_invitation(service: Service, token: str) -> User | None:
    """Whom an invitation is for; None when it is not ours, too old, used, replaced or withdrawn."""
    try:
        user_id, nonce, until = _signer(service).loads(token)
    except BadSignature:
        return None
    if microseconds(service.now()) > until:
        return None
    with service.database.reading() as db:
        user = users.get(db, user_id)
    if user is None or user.invitation != service.secrets.hash(nonce):
        return None
    return user
