"""`sayso up` as a person starts it: real processes, real HTTP, real signals."""

from __future__ import annotations

import csv
import io
import os
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from twilio.request_validator import RequestValidator

from bot.commands.up import welcome
from bot.settings import Settings
from tests.servers import free_port

TOKEN = "0123456789abcdef0123456789abcdef"
SAYSO = str(Path(sys.executable).with_name("sayso"))
PATIENCE = 120
"""Seconds after which something is taken to hang; a slow machine is given as much."""


@pytest.fixture
def environ(tmp_path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SAYSO_", "TWILIO_"))}
    for name in ("DATABASE_URL", "REDIS_URL", "PUBLIC_URL", "FLOWS_DIR", "WEB_CONCURRENCY"):
        kept.pop(name, None)
    return {**kept, "SAYSO_DATA": str(tmp_path / "data"), "PORT": str(free_port()), "TWILIO_AUTH_TOKEN": TOKEN}


@contextmanager
def up(environ: dict[str, str], folder: Path) -> Iterator[subprocess.Popen[str]]:
    """Sayso, once it says that it is up; stopped at the end."""
    with subprocess.Popen(
        [SAYSO, "up"], env=environ, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            read_until(process, "What is said is kept in")
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGINT)
            assert process.stdout is not None
            process.stdout.read()
            process.wait(PATIENCE)


def read_until(process: subprocess.Popen[str], words: str) -> list[str]:
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if words in line:
            return lines
    raise AssertionError("".join(lines))


def text(environ: dict[str, str], sid: int, body: str) -> bytes:
    """Post one signed webhook; returns the TwiML."""
    url = f"http://127.0.0.1:{environ['PORT']}/twilio/inbound"
    form = {
        "MessageSid": f"SM{sid:032x}", "AccountSid": "AC" + "0" * 32, "From": "+447700900123", "To": "+441632960000",
        "Body": body, "NumMedia": "0",
    }  # fmt: skip
    signature = RequestValidator(TOKEN).compute_signature(url, form)
    request = Request(url, urlencode(form).encode(), {"X-Twilio-Signature": signature})
    with urlopen(request, timeout=PATIENCE) as answer:
        return bytes(answer.read())


def get(environ: dict[str, str], path: str) -> bytes:
    with urlopen(f"http://127.0.0.1:{environ['PORT']}{path}", timeout=PATIENCE) as answer:
        return bytes(answer.read())


def family(pid: int) -> dict[int, str]:
    """The processes that descend from one, with their command lines."""
    found = {}
    try:
        for child in map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()):
            found[child] = Path(f"/proc/{child}/cmdline").read_bytes().replace(b"\0", b" ").decode()
            found |= family(child)
    except (FileNotFoundError, ProcessLookupError):
        pass  # it ended while we looked
    return found


def wait_for_end_of(pids: dict[int, str]) -> None:
    for pid in pids:
        try:
            handle = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        assert select.select([handle], [], [], PATIENCE)[0], f"{pids[pid]} is still there"
        os.close(handle)


def test_a_conversation_a_replay_and_its_counts(environ, tmp_path):
    with up(environ, tmp_path) as process:
        assert b"Overall, how was your experience" in text(environ, 1, "visit")
        first = text(environ, 2, "1")
        assert b"Please tell us why" in first
        assert text(environ, 2, "1") == first
        assert b"Thank you" in text(environ, 3, "Everyone was kind")
        answered_at = time.monotonic()
        while (counts := exported(environ, tmp_path)) != {"very_good": "1", "": "1"}:
            assert time.monotonic() - answered_at < PATIENCE, counts
        assert b'"redis":"ok"' in get(environ, "/ready").replace(b" ", b"")
        assert b"A phone to try" in get(environ, "/phone")
        processes = family(process.pid)
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        assert "Traceback" not in process.stdout.read()
        assert process.wait(PATIENCE) == 0
        wait_for_end_of(processes)
    assert (tmp_path / "data").stat().st_mode & 0o077 == 0


EXACT = ("--level", "restricted", "--layout", "tables", "--for", "the test", "--purpose", "counting")
"""Counts with nothing hidden: one person is too few for anybody else."""


def exported(environ: dict[str, str], folder: Path) -> dict[str, str]:
    done = subprocess.run(
        [SAYSO, "export", "visit", *EXACT], env=environ, cwd=folder, capture_output=True, text=True, check=True
    )
    rows = csv.DictReader(io.StringIO(done.stdout, newline=""))
    return {row["choice"]: row["count"] for row in rows if row["by"] == "all" and row["count"] != "0"}


def test_what_was_said_is_there_after_a_restart_and_the_second_start_makes_no_tables(environ, tmp_path):
    with up(environ, tmp_path):
        first = text(environ, 1, "visit")
    with up(environ, tmp_path):
        assert text(environ, 1, "visit") == first


def test_a_process_that_dies_is_started_again_and_residents_are_still_answered(environ, tmp_path):
    with up(environ, tmp_path) as process:
        for words in ("workers clock", "gunicorn", "valkey-server"):
            victims = {pid: command for pid, command in family(process.pid).items() if words in command}
            os.kill(next(iter(victims)), signal.SIGKILL)  # a parent is found before its children
            read_until(process, "is started again")
            wait_for_end_of(victims)
        # The port is held by the supervisor: the text waits until the web is back.
        assert b"Overall" in text(environ, 1, "visit")


def test_killed_outright_it_leaves_nobody_behind_and_can_be_started_again(environ, tmp_path):
    with up(environ, tmp_path) as process:
        processes = family(process.pid)
        process.kill()
        process.wait(PATIENCE)
        wait_for_end_of(processes)
    with up(environ, tmp_path):
        assert b"Overall" in text(environ, 1, "visit")


def failed(environ: dict[str, str], folder: Path) -> str:
    """What a start that fails says; it must fail, and in words."""
    done = subprocess.run(
        [SAYSO, "up"], env=environ, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stdout + done.stderr
    return done.stdout + done.stderr


def test_a_port_in_use_is_one_sentence(environ, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(environ["PORT"])))
        taken.listen()
        said = failed(environ, tmp_path)
    assert said.startswith(f"Port {environ['PORT']} is in use by another program")
    assert said.count("\n") == 1


def test_a_second_start_in_the_same_folder_is_one_sentence(environ, tmp_path):
    with up(environ, tmp_path):
        said = failed({**environ, "PORT": str(free_port())}, tmp_path)
    assert said.startswith("Sayso already runs in ")
    assert said.count("\n") == 1


def test_a_folder_that_cannot_be_written_is_one_sentence(environ, tmp_path):
    (tmp_path / "file").write_text("")
    said = failed({**environ, "SAYSO_DATA": str(tmp_path / "file" / "data")}, tmp_path)
    assert said.startswith("SAYSO_SECRET_KEY is not set, and the key file")
    assert said.count("\n") == 1


def test_a_wrong_setting_is_one_sentence(environ, tmp_path):
    assert failed({**environ, "PUBLIC_URL": "nonsense"}, tmp_path).startswith("PUBLIC_URL must be an address")


def test_a_store_that_cannot_be_reached_is_told_and_nothing_stays_behind(environ, tmp_path):
    said = failed({**environ, "DATABASE_URL": "postgresql://u:hush@127.0.0.1:1/x"}, tmp_path)
    assert said.strip()
    assert "hush" not in said


def test_a_flow_with_a_mistake_is_told_with_its_place(environ, tmp_path):
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    (shelf / "bad.yaml").write_text("title: x\nnodez: {}\n")
    said = failed({**environ, "FLOWS_DIR": str(shelf)}, tmp_path)
    assert said.count("bad.yaml:2:1:") == 1
    assert "Sayso could not start" in said


def test_a_database_that_is_no_database_is_told(environ, tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    Settings.read(environ)
    (folder / "sayso.db").write_bytes(b"this is no database, but long enough to look at" * 30)
    assert failed(environ, tmp_path).strip()


def test_a_queue_of_ones_own_is_used_and_none_is_started(environ, tmp_path):
    environ["REDIS_URL"] = f"unix://{tmp_path}/nobody.sock"
    with up(environ, tmp_path) as process:
        assert not any("valkey" in command or "redis-server" in command for command in family(process.pid).values())
        assert b"Overall" in text(environ, 1, "visit")


def test_a_deep_folder_gets_a_queue_too(environ, tmp_path):
    environ["SAYSO_DATA"] = str(tmp_path / ("deep" * 30))
    with up(environ, tmp_path) as process:
        assert any("sayso-" in command for command in family(process.pid).values() if "valkey" in command)
        assert b"Overall" in text(environ, 1, "visit")


def test_the_welcome_says_what_to_do_next(tmp_path):
    environ = {"SAYSO_DATA": str(tmp_path), "SAYSO_PHONE": "local"}
    said = welcome(Settings.read(environ), ".venv/bin/sayso")
    assert ".venv/bin/sayso chat visit" in said
    assert "http://127.0.0.1:8000/phone" in said
    assert "set TWILIO_AUTH_TOKEN and PUBLIC_URL" in said
    assert f"What is said is kept in {tmp_path}\n" in said
    elsewhere = Settings.read({**environ, "DATABASE_URL": "postgresql://ann:secret@db.example.org/sayso"})
    assert "What is said is kept in postgresql://ann:…@db.example.org/sayso\n" in welcome(elsewhere, "sayso")
    public = {**environ, "PUBLIC_URL": "https://sayso.example.org", "TWILIO_AUTH_TOKEN": TOKEN}
    assert "https://sayso.example.org/twilio/inbound#rc=4" in welcome(Settings.read(public), "sayso")


def test_nobody_listens_on_the_network(environ, tmp_path):
    with up(environ, tmp_path) as process:
        inodes = set()
        for pid in (process.pid, *family(process.pid)):
            try:
                links = list(Path(f"/proc/{pid}/fd").iterdir())
            except (FileNotFoundError, ProcessLookupError):
                continue  # it ended while we looked
            for link in links:
                try:
                    inodes.update(re.findall(r"socket:\[(\d+)\]", str(link.readlink())))
                except OSError:
                    continue
        listening = [
            line.split()[1]
            for table in ("tcp", "tcp6")
            for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]
            if line.split()[3] == "0A" and line.split()[9] in inodes
        ]
        assert listening == [f"0100007F:{int(environ['PORT']):04X}"]


def test_a_refused_port_is_refused_after_the_end(environ, tmp_path):
    with up(environ, tmp_path):
        pass
    with pytest.raises(URLError, match="refused"):
        get(environ, "/health")
