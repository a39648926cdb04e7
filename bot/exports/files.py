"""Files that appear whole or not at all, readable by their owner only."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from bot.mistakes import ToldError


class ExportFileError(ToldError):
    """A file that cannot be written; the message is a whole sentence."""


@contextmanager
def whole_file(out: str, before: Callable[[Path], None] | None = None) -> Iterator[IO[bytes]]:
    """A file to write to, which takes its name only once it is whole and on the disk; `-` is standard output. `before`
    is called with the whole file just before it takes its name.

    Raises:
        ExportFileError: the file cannot be written; one that was there before is untouched.
    """
    if out == "-":
        try:
            yield sys.stdout.buffer
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            raise  # whoever reads it has seen enough
        except OSError as error:
            raise ExportFileError(
                "The output cannot be written ({why}): what is there is not whole.", why=error.strerror
            ) from None
        return
    with whole_path(out) as unfinished:
        with unfinished.open("r+b") as file:
            yield file
        if before is not None:
            before(unfinished)


@contextmanager
def whole_path(out: str) -> Iterator[Path]:
    """The same for a program that opens its file itself: the path of an empty file, which becomes `out` at the end.

    Raises:
        ExportFileError: the file cannot be written; one that was there before is untouched.
    """
    path = Path(out)
    if path.exists() and not (path.is_file() or path.is_dir()):
        # To take its name would put a file in the place of /dev/null, for everybody on the machine.
        raise ExportFileError(
            "{path} cannot be written ({why}): choose another file.", path=path, why="it is a device or a pipe"
        )
    if not path.name:
        raise ExportFileError("`{path}` is no file: choose a name, such as visit.csv.", path=out)
    unfinished = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        yield unfinished
        _to_disk(unfinished)
        unfinished.replace(path)
        _to_disk(path.parent)
    except OSError as error:
        raise ExportFileError(
            "{path} cannot be written ({why}): choose another file.", path=path, why=error.strerror
        ) from None
    finally:
        with suppress(OSError):  # where it could not be made, on a disk that is only read or below a file
            unfinished.unlink()


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
