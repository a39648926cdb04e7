"""The log: one line an event on standard error, `level event name=value …`. Never a resident's words or number.

Callers pass ids, counts and closed words only; as a second line of defence, whatever looks like a phone number is
taken out of every line, also of other libraries' lines and of tracebacks.
"""

from __future__ import annotations

import logging
import re
import sys
from datetime import UTC, datetime

_NUMBER = re.compile(r"(?<![\w.+-])(?:\+|00|whatsapp:\+?|%2B)\d{7,15}(?!\w)|(?<![\w.+-])0\d{9,10}(?!\w)", re.ASCII)
_NEEDS_QUOTES = re.compile(r"[\s\"=]|^$")


class Log:
    """Our own logger: a plain event and its fields."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger

    def info(self, event: str, **fields: object) -> None:
        """Something expected happened that an operator may want to see."""
        self._logger.info("%s", _line(event, fields))

    def warning(self, event: str, **fields: object) -> None:
        """Something went wrong and was dealt with."""
        self._logger.warning("%s", _line(event, fields))

    def error(self, event: str, **fields: object) -> None:
        """Something went wrong that needs a person."""
        self._logger.error("%s", _line(event, fields))

    def failure(self, event: str, error: BaseException, **fields: object) -> None:
        """Something broke in a way nobody foresaw: the kind of error and where, without the error's own words."""
        self._logger.error("%s", _line(event, fields), exc_info=error)


log = Log(logging.getLogger("sayso"))


def set_up_logs() -> None:
    """Send this process's log to standard error; called once by each process's entrance."""
    handler = _StandardError()
    handler.setFormatter(_Plain())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("sayso").setLevel(logging.INFO)


def without_numbers(text: str) -> str:
    """The text with everything that looks like a phone number taken out."""
    return _NUMBER.sub("…", text)


def _line(event: str, fields: dict[str, object]) -> str:
    return " ".join([event, *(f"{name}={_quoted(str(value))}" for name, value in fields.items())])


def _quoted(value: str) -> str:
    value = value.replace("\n", " ").replace("\r", " ")
    if not _NEEDS_QUOTES.search(value):
        return value
    return '"' + value.replace('"', "'") + '"'


class _StandardError(logging.Handler):
    """Writes to standard error as it is when a line comes, whoever may have replaced it."""

    def emit(self, record: logging.LogRecord) -> None:
        try:
            sys.stderr.write(f"{self.format(record)}\n")
            sys.stderr.flush()
        except (OSError, ValueError):  # nobody reads any more: a log line must not stop an answer
            return


class _Plain(logging.Formatter):
    """Time, level, words; a traceback keeps its frames but not the error's own words, which may quote a resident."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        name = "" if record.name == "sayso" else f"{record.name}: "
        text = f"{at} {record.levelname.lower()} {name}{record.getMessage()}"
        if record.exc_info and record.exc_info[1] is not None:
            text += f" error={type(record.exc_info[1]).__name__}{_frames(record.exc_info[1])}"
        return without_numbers(text)


def _frames(error: BaseException) -> str:
    """Where an error came from: file and line of each of its frames, innermost last."""
    places = []
    frame = error.__traceback__
    while frame is not None:
        places.append(f"{frame.tb_frame.f_code.co_filename.rpartition('/')[2]}:{frame.tb_lineno}")
        frame = frame.tb_next
    return f" at={'>'.join(places[-8:])}" if places else ""
