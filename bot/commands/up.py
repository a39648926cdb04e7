"""`sayso up`: web, worker, clock and a queue server on this machine, in one terminal.

What stands between the command and the first answer is kept small: the web starts first and the rest once it answers,
and nothing heavy is imported in this process.
"""

from __future__ import annotations

import argparse
import errno
import fcntl
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from bot.processes.queue_server import QueueServerError, command, make_room
from bot.processes.supervisor import Part, Supervisor
from bot.settings import Settings, SettingsError, is_loopback, queue_socket, socket_url, without_password
from storage.migrations import heads

HOST = "127.0.0.1"
BACKLOG = 256
PHONE_HERE = "local"


class CannotStartError(Exception):
    """Something outside the settings is in the way; the message is a whole sentence."""


EXPECTED = (SettingsError, QueueServerError, CannotStartError)


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """No arguments: everything is a setting."""


def run(_arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Start, keep running, stop; returns the exit code.

    Raises:
        SettingsError: a setting is wrong.
        QueueServerError: no queue server can be started.
        CannotStartError: the port, the folder or the store cannot be used.
    """
    environ = {"SAYSO_PHONE": PHONE_HERE, **{name: value for name, value in environ.items() if value}}
    settings = Settings.read(environ)
    lock = claim_folder(settings.data)
    listener = claim_port(settings.port)
    own_queue = "REDIS_URL" not in environ
    environ = complete(environ, settings)
    supervisor = Supervisor(_print)
    if own_queue:
        server = queue_socket(settings.data)
        make_room(server, settings.data / "queue")
        supervisor.add(Part("queue", command(server, settings.data / "queue"), environ, last=True))
    try:
        migrate(settings, environ)
        supervisor.add(_web(environ, listener))
        for name, words in (("worker", ["replies", "bulk", "tallies", "housekeeping"]), ("clock", ["clock"])):
            supervisor.add(Part(name, [sys.executable, "-m", "workers", *words], environ, waits=True))
        _when_web_answers(supervisor, settings, lambda: _welcome(supervisor, settings))
    except BaseException:
        supervisor.stop()
        raise
    code = supervisor.run()
    listener.close()
    os.close(lock)
    if code:
        _print("Sayso could not start: what the web said is above.")
    return code


def complete(environ: Mapping[str, str], settings: Settings) -> dict[str, str]:
    """The environment of the children: what this process has worked out, so that all of them agree."""
    return {
        **environ,
        "SAYSO_DATA": str(settings.data),
        "REDIS_URL": environ.get("REDIS_URL") or socket_url(queue_socket(settings.data)),
        "PUBLIC_URL": settings.public_url,
        "PYTHONUNBUFFERED": "1",
    }


def claim_folder(folder: Path) -> int:
    """Hold the data folder as long as this process lives; returns the handle to keep open.

    Raises:
        CannotStartError: another `sayso up` holds it, or it cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(folder / "up.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise CannotStartError(
            f"Sayso already runs in {folder}: stop that one first, or give this one another folder with SAYSO_DATA."
        ) from None
    except OSError as error:
        raise CannotStartError(
            f"The folder {folder} cannot be written ({error.strerror}): give this user the right, or set SAYSO_DATA."
        ) from None
    return handle


def claim_port(port: int) -> socket.socket:
    """Listen on the port from now on: the web inherits it, so that no request is refused while the web starts.

    Raises:
        CannotStartError: the port is in use, or not ours to use.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotStartError(
                f"Port {port} is in use by another program: stop it, or choose another, as in PORT={port % 60000 + 1}."
            ) from None
        raise CannotStartError(f"Port {port} cannot be used ({error.strerror}): choose another with PORT.") from None
    return listener


def migrate(settings: Settings, environ: Mapping[str, str]) -> None:
    """Bring the store's tables up to date where they may not be.

    Raises:
        CannotStartError: the store cannot be reached, or a migration failed.
    """
    if settings.database_url.startswith("sqlite:///") and _is_current(Path(settings.database_url[len("sqlite:///") :])):
        return
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "migrate"], env=dict(environ), capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = done.stderr.strip().splitlines() or ["nothing more is known"]
        raise CannotStartError("\n".join(said))


def _is_current(database: Path) -> bool:
    """Whether a SQLite file is at the newest migration, without the third of a second that Alembic takes to say so."""
    if not database.is_file():
        return False
    try:
        connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=1)
        try:
            stored = {row[0] for row in connection.execute("SELECT version_num FROM alembic_version")}
        finally:
            connection.close()
    except sqlite3.Error:
        return False
    return stored == heads()


def _web(environ: Mapping[str, str], listener: socket.socket) -> Part:
    handle = listener.fileno()
    arguments = ["-m", "gunicorn", "--config", "python:bot.processes.serving", "--bind", f"fd://{handle}"]
    return Part("web", [sys.executable, *arguments], environ, handles=(handle,), vital=True)


def _when_web_answers(supervisor: Supervisor, settings: Settings, then: Callable[[], None]) -> None:
    """Ask the web how it is; the question waits in the port's queue until the web is there to answer it."""
    question = socket.create_connection((HOST, settings.port), timeout=1)
    question.sendall(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")

    def answered() -> None:
        question.close()
        then()

    supervisor.watch(question.fileno(), answered)


def _welcome(supervisor: Supervisor, settings: Settings) -> None:
    supervisor.go_on()
    _print(welcome(settings, _own_name()))


def welcome(settings: Settings, name: str) -> str:
    """What to do next, for somebody who has just started Sayso for the first time; `name` is how to call it."""
    here = f"http://{HOST}:{settings.port}"
    lines = ["", f"Sayso is up on {here}. Ctrl-C stops it.", ""]
    lines.append(f"  Talk to it here     {name} chat visit")
    if settings.phone:
        lines.append(f"  A phone to try      {here}/phone")
    lines.append(f'  Open the console    {name} users invite "Your name" --role administrator')
    lines.append(f"  See what was said   {name} export visit --format csv --out visit.csv")
    lines.append(f"  Is all well?        {name} doctor")
    if settings.takes_texts and not is_loopback(settings.public_url):
        lines.append(f"  Point Twilio at     {settings.twilio_address}")
    else:
        lines.append("  Point Twilio at it  set TWILIO_AUTH_TOKEN and PUBLIC_URL, then follow docs/operators.md")
    here_too = settings.database_url.startswith(f"sqlite:///{settings.data}/")
    lines += [
        "",
        f"What is said is kept in {settings.data if here_too else without_password(settings.database_url)}",
        "",
    ]
    return "\n".join(lines)


def _own_name() -> str:
    """How this command was called, where that is not simply `sayso`."""
    called = Path(sys.argv[0])
    if called.name != "sayso":
        return "sayso"
    found = shutil.which("sayso")
    if found and Path(found).resolve() == called.resolve():
        return "sayso"
    return min(os.path.relpath(called), str(called.absolute()), key=len)


def _print(line: str) -> None:
    print(line, flush=True)
