"""What every page of the console tells the browser: no script or style but our own files, no frame, no copy kept."""

from __future__ import annotations

from flask import Response, request

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)


def harden(response: Response) -> Response:
    """Add the headers of OWASP ASVS 5.0 chapter 3. Pages are never stored; the design's files may be, for a day."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", POLICY)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["X-Frame-Options"] = "DENY"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    # Not `no-referrer`: on https the token against forged posts is checked together with the page they come from.
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    is_file = request.endpoint is not None and request.endpoint.endswith(".static")
    headers["Cache-Control"] = "public, max-age=86400" if is_file else "no-store"
    return response
