"""Say what is set up and what is missing: settings, flows, store, queue, worker, Twilio. Changes nothing."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from bot.background import Bell, connect
from bot.conversations.helplines import nations
from bot.exports import expiry
from bot.marks import later
from bot.settings import SETTINGS, Settings, SettingsError, is_loopback, without_password
from flows.loader import FlowError, load_folder
from flows.run import microseconds, moment
from flows.wording import filled
from storage.counting import recounting
from storage.database import Connection, Database, StoreSettingError, StoreUnavailableError
from storage.secrets import Secrets
from storage.upkeep import heartbeats
from translations import vocabulary

EXPECTED: tuple[type[Exception], ...] = ()
SECRET = ("SAYSO_SECRET_KEY", "TWILIO_AUTH_TOKEN")
ADDRESSES = ("DATABASE_URL", "REDIS_URL")
STALE_SECONDS = 60
QUEUE_SECONDS = 2.0
CHECK_AGAIN = timedelta(days=183)
"""After this numbers to ring are called again."""


AWAY = {
    "clock": later(
        "Does not run here (last seen: {seen}): residents are answered, but reminders and counts stand still."
    ),
    "worker": later("Does not run here (last seen: {seen}): residents are answered, but counts stand still."),
}
"""What it means that a process gives no sign of life."""


class Health(StrEnum):
    """How a thing stands. Only BROKEN makes the command fail."""

    WELL = "ok"
    NOTE = "note"
    BROKEN = "BROKEN"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    health: Health
    what: str
    template: str
    """A sentence, with `{gaps}` for `values`: the console says it in its reader's language."""
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def sentence(self) -> str:
        """The whole of it, in English."""
        return filled(self.template, self.values)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How much to say."""
    parser.add_argument("--settings", action="store_true", help="also list every setting with its value")


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Print the report; returns 1 when something is broken."""
    now = datetime.now(UTC)
    findings = []
    for finding in examine(environ, now):
        findings.append(finding)
        print(f"{finding.health:<7}{finding.what:<10}{finding.sentence}", flush=True)
    if arguments.settings:
        print("\n" + "\n".join(list_settings(environ)))
    broken = sum(finding.health is Health.BROKEN for finding in findings)
    if broken:
        print(f"\n{broken} of these must be put right.", file=sys.stderr)
    return 1 if broken else 0


def examine(environ: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    """Look at one thing after another."""
    try:
        settings = Settings.read(environ, make=False)
    except SettingsError as error:
        for problem in error.problems:
            yield Finding(Health.BROKEN, "settings", problem)
        return
    yield Finding(Health.WELL, "settings", "Every setting can be used. `sayso doctor --settings` lists them.")
    yield from _key(settings, environ)
    yield from _flows(settings)
    yield from _store(settings, now)
    yield _queue(settings, now)
    yield from _twilio(settings)
    yield _helplines(settings, now)
    yield _phone(settings)


def list_settings(environ: Mapping[str, str]) -> Iterator[str]:
    """Every setting with its value; secrets only as set or not."""
    for setting in SETTINGS:
        value = environ.get(setting.name, "").strip()
        if not value:
            shown = f"not set ({setting.default})"
        elif setting.name in SECRET:
            shown = "set"
        else:
            shown = without_password(value) if setting.name in ADDRESSES else value
        yield f"{setting.name:<30}{shown}\n{'':<30}{setting.meaning}"


def _key(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    if environ.get("SAYSO_SECRET_KEY"):
        yield Finding(Health.WELL, "key", "Phone numbers are sealed with SAYSO_SECRET_KEY.")
    elif not settings.secret_key:
        sentence = later("There is no key yet: the first start makes one in {folder}.")
        yield Finding(Health.NOTE, "key", sentence, {"folder": settings.data})
    elif settings.database_url.startswith("sqlite"):
        sentence = later("Phone numbers are sealed with the key in {folder}: keep a copy apart.")
        yield Finding(Health.WELL, "key", sentence, {"folder": settings.data})
    else:
        sentence = later(
            "The key is a file on this machine, but the store is not: set SAYSO_SECRET_KEY, so that all machines agree."
        )
        yield Finding(Health.NOTE, "key", sentence)


def _flows(settings: Settings) -> Iterator[Finding]:
    try:
        flows = load_folder(settings.flows_dir)
    except FlowError as error:
        for problem in error.problems:
            yield Finding(Health.BROKEN, "flows", problem)
        return
    if not flows:
        sentence = later("There is no flow in {folder}: nobody could be answered.")
        yield Finding(Health.BROKEN, "flows", sentence, {"folder": settings.flows_dir})
        return
    keywords = ", ".join(f"{flow.keywords[0].upper()} → {name}" for name, flow in flows.items() if flow.keywords)
    yield Finding(Health.WELL, "flows", "{count} loaded: {words}.", {"count": len(flows), "words": keywords})
    for language in sorted({settings.language, *(flow.language for flow in flows.values())}):
        if language not in vocabulary.available():
            sentence = later("The words of `{language}` are not shipped: English is used in their place.")
            yield Finding(Health.NOTE, "language", sentence, {"language": language})


def _store(settings: Settings, now: datetime) -> Iterator[Finding]:
    store = {"store": without_password(settings.database_url)}
    if not settings.secret_key:
        yield Finding(Health.NOTE, "store", "{store} is made at the first start.", store)
        return
    try:
        database = Database(settings.database_url, Secrets(settings.secret_key))
    except StoreSettingError as error:
        yield Finding(Health.BROKEN, "store", str(error))
        return
    try:
        if database.pending_migrations():
            sentence = later("{store} can be reached, but its tables are not current: sayso migrate.")
            yield Finding(Health.BROKEN, "store", sentence, store)
            return
        yield Finding(Health.WELL, "store", "{store} can be reached and its tables are current.", store)
        with database.reading() as db:
            yield from _processes(heartbeats.read(db), microseconds(now))
            yield from _tallies(db)
            yield from _files(db, microseconds(now))
    except StoreUnavailableError as error:
        yield Finding(Health.BROKEN, "store", "{store} cannot be used: {problem}", {**store, "problem": error})
    finally:
        database.close()


def _tallies(db: Connection) -> Iterator[Finding]:
    """The last day's tallies against the answers of that day: a sample that takes no longer as the store grows."""
    found = recounting.compare(db)
    if found is None:
        return
    day, count, wrong = found
    values = {"wrong": f"{wrong:,}", "count": f"{count:,}", "day": day}
    if wrong:
        sentence = later("{wrong} of {count} tallies of {day} are not what its answers come to: sayso tallies rebuild.")
        yield Finding(Health.BROKEN, "tallies", sentence, values)
    else:
        yield Finding(Health.WELL, "tallies", "The {count} tallies of {day} agree with the answers.", values)


def _files(db: Connection, now: int) -> Iterator[Finding]:
    for machine, count in sorted(expiry.left_behind(db, now).items()):
        sentence = later(
            "{count} restricted files are past their time on {machine}, where no clock deletes them. Run any "
            "`sayso export` there, or the clock."
        )
        yield Finding(Health.NOTE, "files", sentence, {"count": count, "machine": machine})


def _processes(beats: Mapping[str, tuple[int, str]], now: int) -> Iterator[Finding]:
    for name, away in AWAY.items():
        at = beats.get(name, (0, ""))[0]
        age = (now - at) // 1_000_000
        if age <= STALE_SECONDS:
            yield Finding(Health.WELL, name, "Last seen {count} seconds ago.", {"count": max(age, 0)})
        else:
            seen = f"{moment(at):%Y-%m-%d %H:%M} UTC" if at else "–"
            yield Finding(Health.NOTE, name, away, {"seen": seen})


def _queue(settings: Settings, now: datetime) -> Finding:
    queue = {"queue": without_password(settings.redis_url)}
    if Bell(connect(settings, QUEUE_SECONDS), quiet=True).reachable(now):
        return Finding(Health.WELL, "queue", "{queue} answers.", queue)
    sentence = later(
        "{queue} does not answer. Residents are answered without it; counts and reminders wait. `sayso up` starts one, "
        "or set REDIS_URL."
    )
    return Finding(Health.NOTE, "queue", sentence, queue)


def _twilio(settings: Settings) -> Iterator[Finding]:
    if not settings.takes_texts:
        sentence = later("The webhook is closed: set TWILIO_AUTH_TOKEN and PUBLIC_URL to take real texts.")
        yield Finding(Health.NOTE, "twilio", sentence)
    elif is_loopback(settings.public_url):
        sentence = later("PUBLIC_URL is {address}, which Twilio cannot reach: set it to the public https address.")
        yield Finding(Health.NOTE, "twilio", sentence, {"address": settings.public_url})
    elif settings.public_url.startswith("http://"):
        yield Finding(Health.NOTE, "twilio", "PUBLIC_URL is not https: texts and numbers would travel in the open.")
    if settings.takes_texts:
        sentence = later('Put this into the Twilio console for "A message comes in": {address}')
        yield Finding(Health.WELL, "twilio", sentence, {"address": settings.twilio_address})
        if not settings.sends_texts:
            sentence = later(
                "Replies go out in the webhook's answer, but reminders cannot be sent: set TWILIO_ACCOUNT_SID and "
                "TWILIO_SMS_FROM (or TWILIO_MESSAGING_SERVICE_SID, TWILIO_WHATSAPP_FROM)."
            )
            yield Finding(Health.NOTE, "twilio", sentence)


def _phone(settings: Settings) -> Finding:
    if not settings.phone:
        return Finding(Health.WELL, "phone", "The phone page is off; `sayso up` turns it on for this machine.")
    if not settings.phone_local and not is_loopback(settings.public_url):
        sentence = later(
            "The phone page is on at a public address: anybody can text in made-up answers. SAYSO_PHONE=0 ends it."
        )
        return Finding(Health.NOTE, "phone", sentence)
    address = f"http://127.0.0.1:{settings.port}/phone"
    return Finding(Health.WELL, "phone", "The phone page is at {address}", {"address": address})


def _helplines(settings: Settings, now: datetime) -> Finding:
    checked = nations()[settings.nation].checked
    if checked is None:
        file = f"bot/conversations/nations/{settings.nation}.yaml"
        sentence = later("Nobody has called the numbers in {file} yet. See docs/safeguarding.md.")
        return Finding(Health.NOTE, "helplines", sentence, {"file": file})
    if now.date() - date.fromisoformat(checked) > CHECK_AGAIN:
        sentence = later("The numbers were last called on {day}: call them again.")
        return Finding(Health.NOTE, "helplines", sentence, {"day": checked})
    return Finding(Health.WELL, "helplines", "The numbers were called on {day}.", {"day": checked})
