"""What breaks in a call to Twilio, and what it means for the message that was to be sent."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException

# The library is annotated but does not say so to type checkers (no py.typed).
from twilio.base.exceptions import (  # type: ignore[import-untyped]  # it ships no types
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)

from bot.channels import FailureKind, SendError, SendFailure
from bot.channels.twilio_codes import BUSY, kind_of
from bot.channels.twilio_transport import UnreachedError


@contextmanager
def failures(*harmless: int) -> Iterator[None]:
    """Whatever breaks inside is raised as a SendError; an answer with one of these HTTP statuses is let pass."""
    try:
        yield
    except SendError:
        raise
    except Exception as error:
        if not (isinstance(error, TwilioRestException) and error.status in harmless):
            raise SendError(failure_of(error)) from None


def failure_of(error: Exception) -> SendFailure:
    """What an exception of the library means. Its own text is dropped: Twilio quotes the person's number in it."""
    if isinstance(error, TwilioRestException | TwilioServiceException):
        status, code = int(error.status), _code(error.code)
        kind = kind_of(code, status)
        charged = kind is not FailureKind.SENDER_BROKEN and status != 429 and code not in BUSY
        detail = f"Twilio answered with HTTP {status}" + (f", error {code}." if code else ".")
        return SendFailure(kind, code, detail, charged)
    if isinstance(error, UnreachedError):
        detail = f"Twilio could not be reached ({error}); nothing was sent."
        return SendFailure(FailureKind.RETRY_LATER, None, detail, charged=False)
    if isinstance(error, TwilioException | HTTPException | OSError | ValueError):
        detail = f"The call to Twilio broke off ({type(error).__name__}); the message may have gone out."
    else:
        detail = f"Twilio's answer could not be read ({type(error).__name__}); the message may have gone out."
    return SendFailure(FailureKind.AMBIGUOUS, None, detail)


def _code(code: object) -> int | None:
    # Where there is no JSON the library repeats the HTTP status as the code; Twilio's own codes have five digits.
    return code if isinstance(code, int) and code >= 10_000 else None
