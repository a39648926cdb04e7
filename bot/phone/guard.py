"""Who may use the phone page: this machine, the service's own address, and no other site's page."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Request, Response

from bot.environment import LOOPBACK
from bot.settings import Settings

FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via", "CF-Connecting-IP")
"""Any of these says that a proxy or tunnel brought the request from elsewhere."""

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def refusal(request: Request, settings: Settings) -> str | None:
    """Why this request is refused, in a sentence; None when it may go on. `bot.pages` has looked at its host."""
    if settings.phone_local:
        here = (urlsplit(f"//{request.host}").hostname or "").lower() in LOOPBACK
        near = request.remote_addr in (None, *LOOPBACK)
        if not (here and near) or any(name in request.headers for name in FORWARDED):
            return "This phone can be used on the machine that runs Sayso only. SAYSO_PHONE=1 lifts that."
    if request.method == "POST" and not _from_own_page(request):
        return "Another site's page tried to use this phone."
    return None


def harden(response: Response) -> Response:
    """Add the headers that keep other pages out of this one."""
    response.headers.update(HEADERS)
    return response


def _from_own_page(request: Request) -> bool:
    """A browser always says where a post comes from; a program without these headers cannot be another site's page."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host
