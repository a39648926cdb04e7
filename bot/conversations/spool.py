"""Texts kept on disk while the store cannot be reached, so that nothing acknowledged is lost.

One sealed file a text, flushed to disk before the gateway hears 200. The clock hands them in again, oldest first;
the replies then leave through the outbox, because nobody waits for an HTTP answer any more.
"""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from bot.channels import Inbound
from bot.logs import log
from storage.secrets import SealBrokenError, Secrets


class Spool:
    """A folder of sealed texts. The folder must outlive the process, and web and clock must share it."""

    def __init__(self, folder: Path, secrets: Secrets) -> None:
        self._folder = folder
        self._secrets = secrets

    def keep(self, inbound: Inbound) -> None:
        """Write one text so that a power cut cannot lose it. The same text again may be a second file: handing it in
        twice does no harm.

        Raises:
            OSError: the folder cannot be written; the text is not kept.
        """
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        fields = asdict(inbound)
        fields["received_at"] = inbound.received_at.isoformat()
        fields["raw"] = None if inbound.raw is None else base64.b64encode(inbound.raw).decode()
        sealed = self._secrets.seal(json.dumps(fields).encode())
        name = f"{inbound.received_at.timestamp():020.6f}-{self._secrets.hash(inbound.provider_id).hex()}"
        unfinished = self._folder / f"{name}.{os.getpid()}.tmp"
        with unfinished.open("wb") as file:
            file.write(sealed)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self._folder / f"{name}.text")
        folder = os.open(self._folder, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)

    def waiting(self) -> Iterator[tuple[Path, Inbound]]:
        """The kept texts, oldest first, each with its file; the caller deletes the file once the text is handled."""
        for path in sorted(self._folder.glob("*.text")):
            try:
                fields = json.loads(self._secrets.unseal(path.read_bytes()))
            except FileNotFoundError:
                continue  # handled, or erased, by another process meanwhile
            except SealBrokenError:
                # Sealed with another key: kept, but out of the way of those behind it.
                log.error("spooled text cannot be opened", file=path.name)
                path.rename(path.with_suffix(".sealed"))
                continue
            fields["received_at"] = datetime.fromisoformat(fields["received_at"])
            fields["raw"] = None if fields["raw"] is None else base64.b64decode(fields["raw"])
            fields["kinds"] = tuple(fields.get("kinds", ()))
            fields["location"] = None if fields.get("location") is None else tuple(fields["location"])
            yield path, Inbound(**fields)

    def __bool__(self) -> bool:
        """Whether any text waits."""
        return next(self._folder.glob("*.text"), None) is not None
