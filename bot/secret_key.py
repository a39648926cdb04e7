"""The key that seals phone numbers: from a setting, or from a file that only its owner can read."""

from __future__ import annotations

import base64
import binascii
import errno
import hashlib
import os
import re
import secrets
import stat
from pathlib import Path

KEY_FILE = "secret.key"
KEY_BYTES = 32


class SecretKeyError(Exception):
    """A key that cannot be used; the message is the rest of a sentence that begins with the setting's name."""


def parse(value: str) -> bytes:
    """The key in a text: 32 bytes or more as hex digits or base64, or else the letters of a long random text.

    Raises:
        SecretKeyError: the text is too short or too simple to be a key.
    """
    if re.fullmatch(r"[0-9a-fA-F]+", value):
        key = bytes.fromhex(value) if len(value) % 2 == 0 else b""
    else:
        key = _from_base64(value) or value.encode()
    if len(key) < KEY_BYTES or len(set(value)) < 8:
        raise SecretKeyError(
            "is too short or too simple: make one with `python3 -c 'import secrets; print(secrets.token_hex(32))'`"
        )
    return key


def of_folder(folder: Path, has_store: bool, *, make: bool) -> bytes:
    """The key kept in a folder; made there, with the folder, where it is missing. Safe when several ask at once.

    Args:
        folder: where the key file is.
        has_store: a store was already sealed with some key, so that a new one would be the wrong one.
        make: make what is missing; without it, a missing key is `b""`.

    Raises:
        SecretKeyError: the file cannot be read or made, or others can read it.
    """
    path = folder / KEY_FILE
    try:
        if not path.exists():
            if has_store:
                raise SecretKeyError(
                    f"is not set and {path} is missing, although {folder} holds a database that was sealed with a key: "
                    "put the file back, or set the key"
                )
            if not make:
                return b""
            _make(path)
        return _read(path)
    except OSError as error:
        way_out = "make room there" if error.errno == errno.ENOSPC else "give this user the right to write there"
        raise SecretKeyError(
            f"is not set, and the key file {path} cannot be used ({error.strerror}): {way_out}, or choose another "
            "SAYSO_DATA"
        ) from None


def short_name(text: str) -> str:
    """Sixteen hex digits that stand for a text; no secret."""
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _from_base64(value: str) -> bytes | None:
    try:
        key = base64.b64decode(value.replace("-", "+").replace("_", "/") + "=" * (-len(value) % 4), validate=True)
    except (binascii.Error, ValueError):
        return None
    return key if len(key) >= KEY_BYTES else None


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        status = os.fstat(file.fileno())
        if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise SecretKeyError(f"is not set, and others on this machine may read {path}: run `chmod 600 {path}`")
        text = file.read(4096)
    try:
        key = bytes.fromhex(text.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        raise SecretKeyError(f"is not set, and {path} does not hold a key of 64 hex digits: put the right file back")
    return key


def _make(path: Path) -> None:
    """Write a whole key under another name, then give it its own: nobody reads half a key, and the first one wins."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}.tmp")
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_hex(KEY_BYTES) + "\n")
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(unfinished, path)
        except FileExistsError:
            return
    finally:
        unfinished.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
