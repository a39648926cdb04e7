"""Reads values from the environment one by one, checks each, and collects what is wrong in whole sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot import secret_key

Problem = Callable[[str], str | None]
"""Looks at a value and says what is wrong with it, as the rest of a sentence that begins with the setting's name."""

LOOPBACK = ("127.0.0.1", "localhost", "::1")

ON = ("1", "true", "yes", "on")
NATIONS = ("england", "northern-ireland", "scotland", "wales")
OFF = ("0", "false", "no", "off")
SENDER = r"\+[1-9]\d{6,14}|\d{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}"


class Reader:
    """Reads one setting after another and collects what is wrong."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def wrong(self, name: str, what: str) -> None:
        """Note that a setting is wrong; `what` goes on after its name."""
        self.problems.append(f"{name} {what}. See “Settings” in README.md.")

    def text(self, name: str, default: str) -> str:
        """The value without spaces around it, or the default where it is not set or empty."""
        value = self._environ.get(name, "").strip()
        if "\0" in value:
            self.wrong(name, "holds a NUL character; remove it")
            return default
        return value or default

    def checked(self, name: str, default: str, problem: Problem) -> str:
        """The value, where `problem` finds nothing wrong with it."""
        value = self.text(name, default)
        what = problem(value) if value != default else None
        if what:
            self.wrong(name, what)
            return default
        return value

    def matching(self, name: str, default: str, pattern: str, expected: str) -> str:
        """The value, where the whole of it matches a pattern; `expected` says in words what does."""
        return self.checked(name, default, lambda v: None if re.fullmatch(pattern, v) else f"must be {expected}")

    def optional(self, name: str, pattern: str, expected: str) -> str | None:
        """As `matching`, with None for a setting that is not set."""
        return self.matching(name, "", pattern, expected) or None

    def number(self, name: str, default: int, least: int, most: int) -> int:
        """The value as a whole number within limits, both included."""
        value = self.text(name, str(default))
        if not re.fullmatch(r"[0-9]{1,6}", value) or not least <= int(value) <= most:
            self.wrong(name, f"must be a whole number from {least} to {most}, not `{value[:20]}`")
            return default
        return int(value)

    def choice(self, name: str, default: str, values: Mapping[str, str]) -> str:
        """What the value stands for in `values`."""
        value = self.text(name, default).lower()
        if value not in values:
            self.wrong(name, "must be 1 (on), 0 (off) or local (on, for this machine only)")
            return default
        return values[value]

    def one_of(self, name: str, default: str, values: tuple[str, ...]) -> str:
        """The value, where it is one of a few words."""
        value = self.text(name, default).lower()
        if value not in values:
            self.wrong(name, f"must be {', '.join(values[:-1])} or {values[-1]}, not `{value[:20]}`")
            return default
        return value

    def codes(self, name: str, known: tuple[str, ...]) -> tuple[str, ...]:
        """Some of the known codes, with commas between; all of them where the setting is not set."""
        codes = tuple(code.strip() for code in self.text(name, ",".join(known)).split(",") if code.strip())
        unknown = next((code for code in codes if code not in known), None)
        if unknown is not None:
            self.wrong(name, f"names `{unknown[:20]}`, which is not among {', '.join(known)}")
        return codes

    def flag(self, name: str, *, default: bool) -> bool:
        """Whether something is on."""
        value = self.text(name, "1" if default else "0").lower()
        if value not in (*ON, *OFF):
            self.wrong(name, "must be 1 (on) or 0 (off)")
        return value in ON

    def folder(self, name: str, default: Path) -> Path:
        """The folder the value names, as an absolute path."""
        path = Path(self.text(name, str(default))).expanduser().absolute()
        if not path.is_dir():
            self.wrong(name, f"names {path}, which is not a folder; set it to the folder of your flows")
        return path

    def own_folder(self, name: str, default: str) -> Path:
        """The folder the value names, which need not be there yet, as an absolute path."""
        path = Path(self.text(name, default)).expanduser().absolute()
        if path.exists() and not path.is_dir():
            self.wrong(name, f"names {path}, which is not a folder; choose another")
        return path

    def tokens(self, name: str) -> tuple[str, ...]:
        """One token, or two with a comma between."""
        tokens = tuple(part.strip() for part in self.text(name, "").split(",") if part.strip())
        if len(tokens) > 2 or any(re.search(r"\s", token) for token in tokens):
            self.wrong(name, "must be one token, or during a rotation the old and the new with a comma between")
            return ()
        return tokens

    def whatsapp(self, name: str) -> str | None:
        """A WhatsApp sender, with its scheme."""
        value = self.text(name, "")
        sender = value if not value or value.startswith("whatsapp:") else f"whatsapp:{value}"
        if sender and not re.fullmatch(r"whatsapp:\+[1-9]\d{6,14}", sender):
            self.wrong(name, "must be a number such as +441632960000, with or without `whatsapp:` before it")
            return None
        return sender or None

    def not_both(self, one: str, other: str) -> None:
        """Note it when two settings that exclude each other are both set."""
        if self.text(one, "") and self.text(other, ""):
            self.wrong(one, f"and {other} are both set; keep the one that texts should come from")

    def key(self, name: str, folder: Path, store: Path, *, make: bool) -> bytes:
        """The key in a setting, or the one kept in the data folder (see `bot.secret_key`)."""
        try:
            value = self.text(name, "")
            if value:
                return secret_key.parse(value)
            return secret_key.of_folder(folder, store.exists(), make=make)
        except secret_key.SecretKeyError as error:
            self.wrong(name, str(error))
            return b""


def is_loopback(url: str) -> bool:
    """Whether an address can be reached from this machine only."""
    return (urlsplit(url).hostname or "") in LOOPBACK


def database_problem(value: str) -> str | None:
    """What is wrong with the address of a store."""
    if re.match(r"(sqlite|postgres(ql)?(\+psycopg)?)://", value):
        return _address_problem(value)
    return "must begin with postgresql:// or sqlite:///"


def redis_problem(value: str) -> str | None:
    """What is wrong with the address of a queue."""
    if value.partition("://")[0] not in ("redis", "rediss", "unix") or "://" not in value:
        return "must begin with redis://, rediss:// or unix://"
    return _address_problem(value)


def _address_problem(value: str) -> str | None:
    """Never repeats the address: it may hold a password."""
    try:
        _ = urlsplit(value).port
    except ValueError:
        return "is not an address that can be read; check its port, and write special characters of a password as %XX"
    return None


def public_problem(value: str) -> str | None:
    """What is wrong with the address that Twilio calls."""
    try:
        parts = urlsplit(value)
        _ = parts.port
    except ValueError:
        return "is not an address; write it like https://sayso.example.org"
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return "must be an address like https://sayso.example.org"
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        return "must have no path: only https:// and the name, as Twilio calls it"
    return None


def api_problem(value: str) -> str | None:
    """What is wrong with an address to use instead of Twilio's own."""
    return None if is_loopback(value) else "is for tests and must be on this machine (http://127.0.0.1:…)"


def organisation_problem(value: str) -> str | None:
    """What is wrong with a name that texts begin with."""
    return None if len(value) <= 60 and value.isprintable() else "must be at most 60 characters on one line"


def timezone_problem(value: str) -> str | None:
    """What is wrong with the name of a time zone."""
    try:
        ZoneInfo(value)
    except (ValueError, OSError, LookupError):
        return "must be the name of a time zone, such as Europe/London"
    return None
