from __future__ import annotations

import threading
from pathlib import Path

import pytest

from bot import secret_key
from bot.settings import SETTINGS, Settings, SettingsError, queue_socket, without_password

KEY = "00112233445566778899aabbccddeeff" * 2


def read(folder: Path, **environ: str) -> Settings:
    return Settings.read({"SAYSO_DATA": str(folder), **environ})


def problems(folder: Path, **environ: str) -> tuple[str, ...]:
    with pytest.raises(SettingsError) as error:
        read(folder, **environ)
    return error.value.problems


def test_nothing_set_is_a_whole_service_on_this_machine(tmp_path):
    settings = read(tmp_path / "data")
    assert settings.database_url == f"sqlite:///{tmp_path}/data/sayso.db"
    assert settings.redis_url == f"unix://{tmp_path}/data/queue/queue.sock"
    assert (settings.port, settings.public_url) == (8000, "http://127.0.0.1:8000")
    assert (settings.organisation, settings.region, settings.timezone) == ("Sayso", "GB", "Europe/London")
    assert not settings.phone
    assert not settings.takes_texts
    assert not settings.sends_texts


def test_an_empty_setting_is_a_setting_not_set(tmp_path):
    assert read(tmp_path, PORT="", PUBLIC_URL=" ").port == 8000


def test_every_problem_is_named_at_once_and_says_where_to_read(tmp_path):
    found = problems(tmp_path, PORT="eighty", DATABASE_URL="mysql://root:hush@db/x", SAYSO_TIMEZONE="Mars/North")
    assert [sentence.split()[0] for sentence in found] == ["PORT", "DATABASE_URL", "SAYSO_TIMEZONE"]
    assert all(sentence.endswith("See “Settings” in README.md.") for sentence in found)
    assert "hush" not in "".join(found)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"), ("PORT", "65536"), ("PORT", "8000.5"), ("PORT", "-1"), ("PORT", "٨٠٠٠"),
        ("WEB_CONCURRENCY", "0"), ("WEB_CONCURRENCY", "many"),
        ("PUBLIC_URL", "sayso.example.org"), ("PUBLIC_URL", "https://sayso.example.org/twilio"),
        ("PUBLIC_URL", "ftp://sayso.example.org"), ("PUBLIC_URL", "https://me:pw@example.org"),
        ("PUBLIC_URL", "https://example.org:port"), ("PUBLIC_URL", "https://[::1"), ("PUBLIC_URL", "https://x.org?a=1"),
        ("DATABASE_URL", "postgresql"), ("DATABASE_URL", "postgresql://h:none/x"),
        ("REDIS_URL", "http://localhost"), ("REDIS_URL", "localhost:6379"),
        ("SAYSO_SECRET_KEY", "short"), ("SAYSO_SECRET_KEY", "a" * 64), ("SAYSO_SECRET_KEY", "0123456789abcdef" * 2),
        ("SAYSO_REGION", "gb"), ("SAYSO_REGION", "GBR"), ("SAYSO_LANGUAGE", "English"),
        ("SAYSO_LANGUAGE", "xx"), ("SAYSO_LANGUAGE", "pt-BR"),
        ("SAYSO_TIMEZONE", "../../etc/passwd"), ("SAYSO_TIMEZONE", "Europe"),
        ("SAYSO_ORGANISATION", "x" * 61), ("SAYSO_ORGANISATION", "two\nlines"), ("SAYSO_PHONE", "maybe"),
        ("FLOWS_DIR", "/nowhere/at/all"),
        ("TWILIO_ACCOUNT_SID", "SK123"), ("TWILIO_AUTH_TOKEN", "one,two,three"), ("TWILIO_AUTH_TOKEN", "one two"),
        ("TWILIO_SMS_FROM", "+0123"), ("TWILIO_MESSAGING_SERVICE_SID", "AC" + "0" * 32),
        ("TWILIO_WHATSAPP_FROM", "whatsapp:me"), ("TWILIO_API_URL", "https://api.twilio.com"),
        ("TWILIO_API_URL", "http://127.0.0.1.evil.example"),
    ],
)  # fmt: skip
def test_a_wrong_value_is_one_sentence_that_begins_with_its_name(tmp_path, name, value):
    (sentence,) = problems(tmp_path, **{name: value})
    assert sentence.startswith(f"{name} ")
    assert "\n" not in sentence


@pytest.mark.parametrize("url", ["postgresql://u:p@h/d", "postgres://u:p%40@h:5432/d", "sqlite:////var/x.db"])
def test_both_stores_can_be_named(tmp_path, url):
    assert read(tmp_path, DATABASE_URL=url, SAYSO_SECRET_KEY=KEY).database_url == url


def test_two_tokens_are_taken_during_a_rotation(tmp_path):
    assert read(tmp_path, TWILIO_AUTH_TOKEN="old, new").twilio_auth_tokens == ("old", "new")


def test_a_number_and_a_messaging_service_exclude_each_other(tmp_path):
    service = "MG" + "0" * 32
    assert len(problems(tmp_path, TWILIO_SMS_FROM="+441632960000", TWILIO_MESSAGING_SERVICE_SID=service)) == 1


@pytest.mark.parametrize(("smallest", "base"), [("2", "5"), ("8", "20")])
def test_what_may_be_shown_is_never_rounded_to_nought(tmp_path, smallest, base):
    with pytest.raises(SettingsError, match="SAYSO_ROUND_TO makes nought of"):
        read(tmp_path, SAYSO_SMALLEST_COUNT=smallest, SAYSO_ROUND_TO=base)
    assert read(tmp_path, SAYSO_SMALLEST_COUNT=smallest, SAYSO_ROUND_TO=str(2 * int(smallest))).round_to


def test_a_slash_at_the_end_of_the_public_address_is_dropped_and_twilio_is_asked_to_try_again(tmp_path):
    settings = read(tmp_path, PUBLIC_URL="https://sayso.example.org/")
    assert settings.twilio_address == "https://sayso.example.org/twilio/inbound#rc=4&rp=all&ct=2000&rt=3500&tt=15000"


@pytest.mark.parametrize(
    ("value", "on", "local"), [("1", True, False), ("0", False, False), ("local", True, True), ("Yes", True, False)]
)
def test_the_phone_page_is_on_off_or_for_this_machine_only(tmp_path, value, on, local):
    settings = read(tmp_path, SAYSO_PHONE=value)
    assert (settings.phone, settings.phone_local) == (on, local)


def test_no_secret_shows_in_the_repr(tmp_path):
    settings = read(
        tmp_path,
        SAYSO_SECRET_KEY=KEY,
        TWILIO_AUTH_TOKEN="hush-token",
        DATABASE_URL="postgresql://u:hush-db@h/d",
        REDIS_URL="redis://:hush-redis@h",
    )
    assert "hush" not in repr(settings)
    assert KEY not in repr(settings)
    assert repr(settings.secret_key) not in repr(settings)


def test_passwords_are_left_out_of_an_address_that_is_shown():
    assert without_password("postgresql://u:hush@h:5432/d?password=hush") == "postgresql://u:…@h:5432/d"
    assert without_password("redis://:hush@h/0") == "redis://:…@h/0"
    assert without_password("unix:///x.sock?password=hush") == "unix:///x.sock"


def test_a_long_folder_gets_a_short_socket(tmp_path):
    deep = tmp_path / ("d" * 120)
    socket = queue_socket(deep)
    assert len(str(socket)) < 100
    assert socket != queue_socket(tmp_path / ("e" * 120))


def test_each_setting_is_listed_once():
    names = [setting.name for setting in SETTINGS]
    assert len(names) == len(set(names))


def test_a_key_is_taken_as_hex_as_base64_or_as_a_long_text():
    assert secret_key.parse(KEY) == bytes.fromhex(KEY)
    assert secret_key.parse("AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=") == bytes(range(32))
    assert secret_key.parse("a long sentence that nobody else would write") == (
        b"a long sentence that nobody else would write"
    )


def test_the_key_file_is_made_once_and_only_its_owner_can_read_it(tmp_path):
    first = read(tmp_path / "data").secret_key
    path = tmp_path / "data" / "secret.key"
    assert len(first) == 32
    assert path.stat().st_mode & 0o777 == 0o600
    assert read(tmp_path / "data").secret_key == first
    assert list(path.parent.glob("*.tmp")) == []


def test_a_key_that_others_may_read_is_refused(tmp_path):
    read(tmp_path)
    (tmp_path / "secret.key").chmod(0o640)
    assert "chmod 600" in problems(tmp_path)[0]


def test_a_damaged_key_file_is_refused_and_left_alone(tmp_path):
    path = tmp_path / "secret.key"
    path.write_text("abc\n")
    path.chmod(0o600)
    assert "64 hex digits" in problems(tmp_path)[0]
    assert path.read_text() == "abc\n"


def test_a_lost_key_is_not_replaced_while_there_is_a_database_sealed_with_it(tmp_path):
    (tmp_path / "sayso.db").write_bytes(b"x")
    assert "put the file back" in problems(tmp_path)[0]
    assert not (tmp_path / "secret.key").exists()


def test_many_processes_starting_at_once_agree_on_one_key(tmp_path):
    keys: list[bytes] = []
    start = threading.Barrier(16)

    def one() -> None:
        start.wait()
        keys.append(secret_key.of_folder(tmp_path / "data", False, make=True))

    threads = [threading.Thread(target=one) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 16
    assert len(set(keys)) == 1


def test_reading_without_making_writes_nothing(tmp_path):
    settings = Settings.read({"SAYSO_DATA": str(tmp_path / "data")}, make=False)
    assert settings.secret_key == b""
    assert not (tmp_path / "data").exists()


def test_no_key_is_made_for_settings_that_are_refused(tmp_path):
    problems(tmp_path / "data", PORT="x")
    assert not (tmp_path / "data").exists()


def test_a_data_folder_that_cannot_be_made_is_one_sentence(tmp_path):
    (tmp_path / "file").write_text("")
    (sentence,) = problems(tmp_path / "file" / "data")
    assert "give this user the right to write" in sentence
    (sentence,) = problems(tmp_path / "file")
    assert sentence.startswith(f"SAYSO_DATA names {tmp_path / 'file'}, which is not a folder")
