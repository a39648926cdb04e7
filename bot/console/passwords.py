"""Passwords, second factors and recovery codes: checked here, kept only as hashes or sealed."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

import pyotp
import segno
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.marks import later

SHORTEST = 12
"""Characters of a password; longer beats odder (NIST SP 800-63B)."""
LONGEST = 128
RECOVERY_CODES = 8
STEP = 30
"""Seconds a code of the second factor lasts; one step before and after is accepted too, for clocks that run apart."""
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_COMMON = ("password", "sayso", "qwerty", "letmein", "welcome", "123456", "iloveyou", "football", "liverpool")

# argon2id as OWASP's password storage cheat sheet gives it for small machines: 19 MiB, two passes, one lane.
_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
# Of a random password nobody has kept: checking a name that is not there takes as long as one that is.
_NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$eUGG3G3FomRFO4Gh5N8Crg$A+nDvXhC8fLLHEcKHhI/eO2K2Dio+h+Bk0oc9QTm8wU"


def password_problem(password: str, name: str) -> str | None:
    """What is wrong with a new password, as a sentence; None where it will do."""
    if len(password) < SHORTEST:
        return later("Use at least 12 characters: three or four words you will remember are best.")
    if len(password) > LONGEST:
        return later("Use at most 128 characters.")
    lowered = password.casefold()
    if name.casefold() in lowered or len(set(lowered)) < 5:
        return later("That is too easy to guess. Three or four words that only you would put together are best.")
    left = lowered
    for word in _COMMON:
        left = left.replace(word, "")
    if len(left.strip("0123456789!?. ")) < 4:
        return later("That is one of the first things somebody would try. Please choose other words.")
    return None


def hash_password(password: str) -> str:
    """The argon2id hash to keep."""
    return _hasher.hash(password)


def password_matches(kept: str | None, password: str) -> bool:
    """Whether a password is the one that was hashed. Somebody unknown (None) takes as long, and never matches."""
    try:
        _hasher.verify(kept or _NOBODY, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def new_totp_secret() -> str:
    """A secret for an authenticator app, in base32."""
    return pyotp.random_base32()


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator app needs: the secret in groups of four, and the same as a QR code in SVG."""

    secret: str
    picture: str

    @property
    def grouped(self) -> str:
        """The secret as people copy it by hand."""
        return " ".join(self.secret[at : at + 4] for at in range(0, len(self.secret), 4))


def enrolment(secret: str, name: str, issuer: str) -> Enrolment:
    """The QR code of a second factor, drawn here: no outside service ever sees it."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)
    picture = segno.make(uri, error="m").svg_inline(scale=4, omitsize=True, svgclass="qr", lineclass=None)
    return Enrolment(secret, picture)


def accepted_step(secret: str, code: str, now: datetime, last_step: int) -> int | None:
    """The time step a code belongs to; None for a wrong one, and for one of a step that was used already."""
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit() and len(digits) == 6):
        return None
    totp = pyotp.TOTP(secret, interval=STEP)
    current = int(now.timestamp()) // STEP
    for step in (current, current - 1, current + 1):
        if secrets.compare_digest(totp.generate_otp(step), digits):
            return step if step > last_step else None
    return None


def new_recovery_codes() -> list[str]:
    """Codes that stand in for a lost phone, each once. Without letters that look like digits."""
    return [
        "-".join("".join(secrets.choice(_ALPHABET) for _ in range(5)) for _ in range(2)) for _ in range(RECOVERY_CODES)
    ]


def plain_recovery_code(code: str) -> str:
    """A recovery code as it is hashed, however it was typed."""
    return "".join(letter for letter in code.casefold() if letter in _ALPHABET)


def new_phone_code() -> str:
    """Six digits for a champion's phone."""
    return f"{secrets.randbelow(1_000_000):06d}"
