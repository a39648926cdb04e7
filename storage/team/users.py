"""People who may sign in: their invitations, passwords, second factors and sessions. Secrets come hashed or sealed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, or_, select, update

from storage.tables import champions, contacts, phone_codes, recovery_codes, sessions, users

ADMINISTRATOR = "administrator"
"""The role of which at least one must be left."""


class NameTakenError(Exception):
    """Somebody of this name has joined already."""


@dataclass(frozen=True, slots=True)
class User:
    """One row of the team. `password_hash` and `totp` (sealed) may be there before somebody has joined."""

    id: int
    name: str
    role: str
    language: str | None
    password_hash: str | None
    totp: bytes | None
    totp_step: int
    invitation: bytes | None
    joined_at: int | None
    removed_at: int | None

    @property
    def has_joined(self) -> bool:
        """Whether they may sign in."""
        return self.joined_at is not None and self.removed_at is None


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody's sign-in at one browser. Exactly one of `user_id` and `contact_id` is set. No language: none chosen."""

    user_id: int | None
    contact_id: int | None
    name: str
    role: str
    language: str | None
    created_at: int
    seen_at: int


_USER = [
    users.c[name]
    for name in (
        "id",
        "name",
        "role",
        "language",
        "password_hash",
        "totp",
        "totp_step",
        "invitation",
        "joined_at",
        "removed_at",
    )
]
_BY_NAME = select(*_USER).where(users.c.name_key == bindparam("key"))
_BY_ID = select(*_USER).where(users.c.id == bindparam("id"))
_SESSION = (
    select(
        sessions.c.user_id,
        sessions.c.contact_id,
        func.coalesce(users.c.name, ""),
        func.coalesce(users.c.role, "champion"),
        func.coalesce(users.c.language, contacts.c.language),
        sessions.c.created_at,
        sessions.c.seen_at,
    )
    .outerjoin_from(sessions, users, sessions.c.user_id == users.c.id)
    .outerjoin(contacts, sessions.c.contact_id == contacts.c.id)
    .where(sessions.c.hash == bindparam("hash"), users.c.removed_at.is_(None))
    .where(or_(users.c.joined_at.is_not(None), sessions.c.contact_id.in_(select(champions.c.contact_id))))
)


def invite(db: Connection, new_id: int, name: str, role: str, invitation: bytes, now: int) -> int:
    """Write down an invitation; returns the user's id: `new_id`, or that of somebody invited or removed before.

    Raises:
        NameTakenError: somebody of this name has joined already.
    """
    found = by_name(db, name)
    if found is None:
        db.execute(
            insert(users).values(
                id=new_id, name=name, name_key=_key(name), role=role, invitation=invitation, created_at=now
            )
        )
        return new_id
    if found.has_joined:
        raise NameTakenError(f"{found.name} has joined already.")
    forget = {"password_hash": None, "totp": None, "totp_step": 0, "joined_at": None, "removed_at": None}
    db.execute(update(users).where(users.c.id == found.id).values(role=role, invitation=invitation, **forget))
    return found.id


def by_name(db: Connection, name: str) -> User | None:
    """Somebody by name, whatever its case; also one who has not joined or was removed."""
    return _user(db.execute(_BY_NAME, {"key": _key(name)}).first())


def get(db: Connection, user_id: int) -> User | None:
    """Somebody by id."""
    return _user(db.execute(_BY_ID, {"id": user_id}).first())


def everybody(db: Connection) -> list[User]:
    """The team by name, the invited too, without those removed."""
    rows = db.execute(select(*_USER).where(users.c.removed_at.is_(None)).order_by(users.c.name_key))
    return [User(*row) for row in rows]


def set_credentials(db: Connection, user_id: int, password_hash: str, totp: bytes) -> None:
    """Keep a new password and the secret of a second factor."""
    db.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash, totp=totp, totp_step=0))


def set_password(db: Connection, user_id: int, password_hash: str) -> None:
    """Keep a new password."""
    db.execute(update(users).where(users.c.id == user_id).values(password_hash=password_hash))


def join(db: Connection, user_id: int, step: int, codes: Iterable[bytes], now: int) -> bool:
    """Use up an invitation and let somebody in; False when another request was first."""
    used = db.execute(
        update(users)
        .where(users.c.id == user_id, users.c.invitation.is_not(None))
        .values(invitation=None, joined_at=now, totp_step=step)
    )
    if used.rowcount != 1:
        return False
    replace_recovery_codes(db, user_id, codes)
    return True


def replace_recovery_codes(db: Connection, user_id: int, codes: Iterable[bytes]) -> None:
    """Forget the old recovery codes and keep new ones."""
    db.execute(delete(recovery_codes).where(recovery_codes.c.user_id == user_id))
    db.execute(insert(recovery_codes), [{"user_id": user_id, "hash": code} for code in codes])


def use_totp_step(db: Connection, user_id: int, step: int) -> bool:
    """Use up a code of the second factor; False when it, or a later one, was used already."""
    used = db.execute(update(users).where(users.c.id == user_id, users.c.totp_step < step).values(totp_step=step))
    return used.rowcount == 1


def use_recovery_code(db: Connection, user_id: int, code: bytes, now: int) -> bool:
    """Use up a recovery code; False when there is no such unused code."""
    row = recovery_codes.c
    used = db.execute(
        update(recovery_codes)
        .where(row.user_id == user_id, row.hash == code, row.used_at.is_(None))
        .values(used_at=now)
    )
    return used.rowcount == 1


def recovery_codes_left(db: Connection, user_id: int) -> int:
    """How many recovery codes have not been used."""
    row = recovery_codes.c
    counted = select(func.count()).select_from(recovery_codes).where(row.user_id == user_id, row.used_at.is_(None))
    return int(db.execute(counted).scalar_one())


def set_role(db: Connection, user_id: int, role: str) -> bool:
    """Give somebody another role, from their next request on; False where no administrator would be left."""
    if role != ADMINISTRATOR and _is_last_administrator(db, user_id):
        return False
    db.execute(update(users).where(users.c.id == user_id).values(role=role))
    return True


def set_language(db: Connection, user_id: int, language: str) -> None:
    """Remember the language somebody reads the console in."""
    db.execute(update(users).where(users.c.id == user_id).values(language=language))


def remove(db: Connection, user_id: int, now: int) -> bool:
    """Take somebody off the team, out at their next request; False where no administrator would be left.

    The audit trail keeps their name.
    """
    if _is_last_administrator(db, user_id):
        return False
    db.execute(delete(sessions).where(sessions.c.user_id == user_id))
    db.execute(update(users).where(users.c.id == user_id).values(removed_at=now, invitation=None))
    return True


def _is_last_administrator(db: Connection, user_id: int) -> bool:
    row = users.c
    able = (row.role == ADMINISTRATOR, row.joined_at.is_not(None), row.removed_at.is_(None))
    return list(db.execute(select(row.id).where(*able).limit(2).with_for_update()).scalars()) == [user_id]


# Sessions.


def open_session(db: Connection, name: bytes, user_id: int | None, contact_id: int | None, now: int) -> None:
    """Begin a session under the hash of its name."""
    values = {"hash": name, "user_id": user_id, "contact_id": contact_id, "created_at": now, "seen_at": now}
    db.execute(insert(sessions).values(**values))


def session(db: Connection, name: bytes) -> Session | None:
    """The session of this name, where its person may still sign in."""
    row = db.execute(_SESSION, {"hash": name}).first()
    return None if row is None else Session(*row)


def touch_session(db: Connection, name: bytes, now: int) -> None:
    """Write down that a session was used."""
    db.execute(update(sessions).where(sessions.c.hash == name).values(seen_at=now))


def end_session(db: Connection, name: bytes) -> None:
    """End one session."""
    db.execute(delete(sessions).where(sessions.c.hash == name))


def end_other_sessions(db: Connection, user_id: int, kept: bytes | None) -> None:
    """End somebody's sessions at all other browsers."""
    db.execute(delete(sessions).where(sessions.c.user_id == user_id, sessions.c.hash != (kept or b"")))


# Codes sent to a champion's phone.


def keep_phone_code(db: Connection, address: bytes, contact_id: int, code: bytes, expires_at: int) -> None:
    """Keep the code last sent to an address; an earlier one is worth nothing from now on."""
    db.execute(delete(phone_codes).where(phone_codes.c.address == address))
    values = {"address": address, "contact_id": contact_id, "code": code, "expires_at": expires_at, "tries": 0}
    db.execute(insert(phone_codes).values(**values))


def try_phone_code(db: Connection, address: bytes, code: bytes, now: int, most_tries: int) -> int | None:
    """Use up a code: the contact it was sent to, or None, and then one try is gone."""
    row = phone_codes.c
    still = (row.address == address, row.expires_at > now, row.tries < most_tries)
    counted = db.execute(update(phone_codes).where(*still).values(tries=row.tries + 1))
    if counted.rowcount != 1:
        return None
    used = db.execute(
        delete(phone_codes).where(row.address == address, row.code == code).returning(row.contact_id)
    ).first()
    return None if used is None else int(used[0])


def _user(row: Row[tuple[object, ...]] | None) -> User | None:
    return None if row is None else User(*row)  # type: ignore[call-arg, arg-type]  # the columns of the queries above, in order


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
