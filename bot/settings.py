"""Settings: only from the environment, read once, every problem named at start.

This module imports nothing from outside, because the supervisor reads it before anything else runs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlsplit

from bot import environment, secret_key
from bot.broadcasts import reaching
from bot.broadcasts.prices import PriceList
from bot.environment import is_loopback
from translations.languages import LANGUAGES

DATABASE_FILE = "sayso.db"
"""Name of the SQLite file in SAYSO_DATA."""
LONGEST_SOCKET_PATH = 100
"""Characters. The system takes 103 to 107 for the path of a socket, fewer on some machines."""
TWILIO_RETRIES = "#rc=4&rp=all&ct=2000&rt=3500&tt=15000"
"""Asks Twilio to try a webhook again, which it does not do by itself: 4 times, on any failure, within 15 seconds."""
LIBRARY = Path(__file__).resolve().parents[1] / "flows" / "library"

__all__ = [
    "SETTINGS",
    "Setting",
    "Settings",
    "SettingsError",
    "is_loopback",
    "queue_socket",
    "socket_url",
    "without_password",
]


@dataclass(frozen=True, slots=True)
class Setting:
    """One name in the environment: what it is when not set, and what it means."""

    name: str
    default: str
    meaning: str


SETTINGS = (
    Setting("SAYSO_DATA", "./data", "folder of the SQLite database, the queue, the spool and the key"),
    Setting("DATABASE_URL", "SQLite in SAYSO_DATA", "the store: postgresql://… or sqlite:///…"),
    Setting("REDIS_URL", "a server started by `sayso up`", "the queue: redis://…, rediss://… or unix://…"),
    Setting("PORT", "8000", "where the web listens"),
    Setting("WEB_CONCURRENCY", "2", "web processes"),
    Setting("PUBLIC_URL", "http://127.0.0.1:PORT", "the address Twilio calls, without a path"),
    Setting("FLOWS_DIR", "the shelf that ships", "folder of your own flows"),
    Setting("SAYSO_SECRET_KEY", "a 0600 file made in SAYSO_DATA", "seals phone numbers"),
    Setting("SAYSO_ORGANISATION", "Sayso", "who says hello"),
    Setting("SAYSO_REGION", "GB", "how numbers without a country code are read"),
    Setting("SAYSO_TIMEZONE", "Europe/London", "where the day begins and ends"),
    Setting("SAYSO_LANGUAGE", "en", "the language of a contact we know nothing of yet"),
    Setting("SAYSO_LANGUAGES", "all that ship", "the languages residents may choose, with commas between"),
    Setting("SAYSO_NATION", "england", "whose helplines people in danger are given, unless their postcode tells"),
    Setting("SAYSO_YOUNG_PEOPLE", "0", "1: people under 16 may take part"),
    Setting("SAYSO_DRAFTS", "1", "0: say only translations that somebody has signed off"),
    Setting("SAYSO_QUIET_HOURS", "08:00-20:00", "hours of the day in which Sayso may start a conversation"),
    Setting("SAYSO_SURVEYS_A_MONTH", "1", "how many surveys a person may be sent a month, by everybody together"),
    Setting("SAYSO_COUNTRIES", "SAYSO_REGION", "countries whose numbers are answered and texted, such as GB,IE"),
    Setting("SAYSO_PRICES", "sms:GB=4.2 sms:*=9 whatsapp=4", "pence a text part by country, and a WhatsApp message"),
    Setting("SAYSO_DAILY_SPEND", "50", "pounds a day that broadcasts may cost; 0 is no limit"),
    Setting("SAYSO_SMS_RATE", "10", "text parts a second that your SMS sender takes"),
    Setting("SAYSO_WHATSAPP_RATE", "80", "messages a second that your WhatsApp sender takes"),
    Setting("SAYSO_MISSED_CALL", "hello", "the flow that begins by text with somebody who rang"),
    Setting("SAYSO_RESULTS_FROM", "25", "answers a group needs before its champion sees shares by text"),
    Setting("SAYSO_LINKS", "none", "web sites that a broadcast may link to, such as nhs.uk,example.org"),
    Setting(
        "SAYSO_PHONE", "off; `local` under `sayso up`", "1 shows the phone page at /phone, local only to this machine"
    ),
    Setting("SAYSO_SMALLEST_COUNT", "8", "the smallest number of people a shared table may show"),
    Setting("SAYSO_ROUND_TO", "5", "what counts in shared tables are rounded to"),
    Setting("SAYSO_KEEP_DAYS", "730", "days answers and texts are kept where a flow does not say"),
    Setting("SAYSO_EXPORT_DAYS", "7", "days after which a restricted file is deleted"),
    Setting("TWILIO_ACCOUNT_SID", "none", "your account"),
    Setting("TWILIO_AUTH_TOKEN", "none", "checks that Twilio is calling; old and new with a comma between"),
    Setting("TWILIO_SMS_FROM", "none", "your number, for texts Sayso starts itself"),
    Setting("TWILIO_MESSAGING_SERVICE_SID", "none", "instead of a number"),
    Setting("TWILIO_WHATSAPP_FROM", "none", "your WhatsApp sender"),
    Setting("TWILIO_WHATSAPP_TEMPLATES", "none", "approved templates by flow: visit=HX…,visit.cy=HX…"),
    Setting("TWILIO_API_URL", "Twilio's own", "tests and the fake only; loopback addresses only"),
)


class SettingsError(Exception):
    """Settings that cannot be used; `problems` holds one whole sentence each, with the name and the place to read."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(problems))


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting, checked. Secrets, and addresses that may carry a password, never show in its repr."""

    data: Path
    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    port: int
    web_concurrency: int
    public_url: str
    flows_dir: Path
    secret_key: bytes = field(repr=False)
    organisation: str
    region: str
    timezone: str
    language: str
    languages: tuple[str, ...]
    """What residents may choose."""
    nation: str
    young_people: bool
    drafts: bool
    """Complete translations are said before anybody has signed them off."""
    quiet_hours: str
    """As `bot.broadcasts.hours.Hours.parse` reads them."""
    surveys_a_month: int
    countries: tuple[str, ...]
    prices: PriceList
    daily_spend: int
    """Pounds; 0 is no limit."""
    sms_rate: int
    """Segments a second."""
    whatsapp_rate: int
    missed_call: str
    results_from: int
    links: tuple[str, ...]
    phone: bool
    phone_local: bool
    """The phone page answers this machine only."""
    smallest_count: int
    round_to: int
    keep_days: int
    export_days: int
    twilio_account_sid: str | None
    twilio_auth_tokens: tuple[str, ...] = field(repr=False)
    twilio_sms_from: str | None
    twilio_messaging_service_sid: str | None
    twilio_whatsapp_from: str | None
    twilio_whatsapp_templates: Mapping[str, str]
    """Content SIDs by flow, or by flow and language (`visit.cy`)."""
    twilio_api_url: str | None

    @classmethod
    def read(cls, environ: Mapping[str, str], *, make: bool = True) -> Settings:
        """Read the environment; what is not set, or empty, gets its default.

        Args:
            environ: the environment.
            make: also make the data folder and the key file where they are missing. Without it nothing is written,
                and `secret_key` is empty while there is no key yet.

        Raises:
            SettingsError: something is wrong; every problem is in it.
        """
        reader = environment.Reader(environ)
        data = reader.own_folder("SAYSO_DATA", "./data")
        port = reader.number("PORT", 8000, 1, 65535)
        phone = reader.choice(
            "SAYSO_PHONE",
            "0",
            {**dict.fromkeys(environment.ON, "1"), **dict.fromkeys(environment.OFF, "0"), "local": "local"},
        )
        region = reader.matching("SAYSO_REGION", "GB", r"[A-Z]{2}", "two capital letters, such as GB")
        smallest, round_to = (
            reader.number("SAYSO_SMALLEST_COUNT", 8, 2, 1000),
            reader.number("SAYSO_ROUND_TO", 5, 1, 1000),
        )
        if 2 * smallest < round_to:
            reader.wrong(
                "SAYSO_ROUND_TO", f"makes nought of {smallest}, the smallest count shown; lower it to {2 * smallest}"
            )
        settings = partial(
            cls,
            data=data,
            database_url=reader.checked(
                "DATABASE_URL", f"sqlite:///{data / DATABASE_FILE}", environment.database_problem
            ),
            redis_url=reader.checked("REDIS_URL", socket_url(queue_socket(data)), environment.redis_problem),
            port=port,
            web_concurrency=reader.number("WEB_CONCURRENCY", 2, 1, 64),
            public_url=reader.checked("PUBLIC_URL", f"http://127.0.0.1:{port}", environment.public_problem).rstrip("/"),
            flows_dir=reader.folder("FLOWS_DIR", LIBRARY),
            organisation=reader.checked("SAYSO_ORGANISATION", "Sayso", environment.organisation_problem),
            region=region,
            timezone=reader.checked("SAYSO_TIMEZONE", "Europe/London", environment.timezone_problem),
            language=reader.one_of("SAYSO_LANGUAGE", "en", tuple(LANGUAGES)),
            languages=reader.codes("SAYSO_LANGUAGES", tuple(LANGUAGES)),
            nation=reader.one_of("SAYSO_NATION", "england", environment.NATIONS),
            young_people=reader.flag("SAYSO_YOUNG_PEOPLE", default=False),
            drafts=reader.flag("SAYSO_DRAFTS", default=True),
            quiet_hours=reader.checked("SAYSO_QUIET_HOURS", "08:00-20:00", reaching.hours_problem),
            surveys_a_month=reader.number("SAYSO_SURVEYS_A_MONTH", 1, 1, 100),
            countries=tuple(
                reader.matching(
                    "SAYSO_COUNTRIES", region, r"[A-Z]{2}(,\s?[A-Z]{2})*", "two capital letters each, such as GB,IE"
                )
                .replace(" ", "")
                .split(",")
            ),
            prices=PriceList.parse(reader.checked("SAYSO_PRICES", reaching.PRICES, reaching.prices_problem)),
            daily_spend=reader.number("SAYSO_DAILY_SPEND", 50, 0, 100_000),
            sms_rate=reader.number("SAYSO_SMS_RATE", 10, 1, 10_000),
            whatsapp_rate=reader.number("SAYSO_WHATSAPP_RATE", 80, 1, 10_000),
            missed_call=reader.matching("SAYSO_MISSED_CALL", "hello", r"[a-z][a-z0-9_]*", "the name of a flow"),
            results_from=reader.number("SAYSO_RESULTS_FROM", 25, 8, 1000),
            links=reaching.sites(reader.checked("SAYSO_LINKS", "", reaching.sites_problem)),
            phone=phone != "0",
            phone_local=phone == "local",
            smallest_count=smallest,
            round_to=round_to,
            keep_days=reader.number("SAYSO_KEEP_DAYS", 730, 1, 36500),
            export_days=reader.number("SAYSO_EXPORT_DAYS", 7, 1, 366),
            twilio_account_sid=reader.optional("TWILIO_ACCOUNT_SID", r"AC[0-9a-fA-F]{32}", "AC and 32 hex digits"),
            twilio_auth_tokens=reader.tokens("TWILIO_AUTH_TOKEN"),
            twilio_sms_from=reader.optional(
                "TWILIO_SMS_FROM", environment.SENDER, "a number such as +441632960000, or a sender name"
            ),
            twilio_messaging_service_sid=reader.optional(
                "TWILIO_MESSAGING_SERVICE_SID", r"MG[0-9a-fA-F]{32}", "MG and 32 hex digits"
            ),
            twilio_whatsapp_from=reader.whatsapp("TWILIO_WHATSAPP_FROM"),
            twilio_whatsapp_templates=reaching.templates(
                reader.checked("TWILIO_WHATSAPP_TEMPLATES", "", reaching.templates_problem)
            ),
            twilio_api_url=reader.checked("TWILIO_API_URL", "", environment.api_problem) or None,
        )
        reader.not_both("TWILIO_SMS_FROM", "TWILIO_MESSAGING_SERVICE_SID")
        # The key comes last: no file is made for settings that are refused anyway.
        key = reader.key("SAYSO_SECRET_KEY", data, data / DATABASE_FILE, make=make and not reader.problems)
        if reader.problems:
            raise SettingsError(reader.problems)
        return settings(secret_key=key)

    @property
    def is_https(self) -> bool:
        """Whether people and Twilio reach this service over https: a proxy with the certificate stands in front."""
        return self.public_url.startswith("https://")

    @property
    def takes_texts(self) -> bool:
        """Whether the Twilio webhook is open: it needs a token to know who is calling."""
        return bool(self.twilio_auth_tokens)

    @property
    def twilio_address(self) -> str:
        """What to put in the Twilio console for "A message comes in"."""
        return f"{self.public_url}/twilio/inbound{TWILIO_RETRIES}"

    @property
    def sends_texts(self) -> bool:
        """Whether Twilio can be asked to send: an account, its token and a sender of at least one channel."""
        sender = self.twilio_sms_from or self.twilio_messaging_service_sid or self.twilio_whatsapp_from
        return bool(self.twilio_account_sid and self.twilio_auth_tokens and sender)


def queue_socket(data: Path) -> Path:
    """Where the queue server of `sayso up` listens: in SAYSO_DATA, or in a folder of ours with a short name."""
    socket = data / "queue" / "queue.sock"
    if len(str(socket)) <= LONGEST_SOCKET_PATH:
        return socket
    return Path(f"/tmp/sayso-{os.getuid()}") / f"{secret_key.short_name(str(data))}.sock"  # noqa: S108 -- made 0700


def socket_url(socket: Path) -> str:
    """The address of a queue server that listens on a socket."""
    return f"unix://{quote(str(socket))}"


def without_password(url: str) -> str:
    """An address fit to be shown: the password is left out."""
    parts = urlsplit(url)
    if "@" not in parts.netloc:
        return url.partition("?")[0]
    user, _, host = parts.netloc.rpartition("@")
    return f"{parts.scheme}://{user.partition(':')[0]}:…@{host}{parts.path}"
