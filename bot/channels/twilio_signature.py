"""Twilio's signatures: is it really Twilio that calls?

Our own few lines instead of the library's validator, because that takes 25 MiB of imports into the web process and can
be made to raise. Tests hold the two side by side.

The signed address is the *configured* public one with the raw path and query of the request: what a request says about
its own host cannot be trusted, and a decoded query no longer matches. A signature carries no time: replays are met by
the id of the message. Twilio's newer signing with shared keys, still a beta, is not understood: such a request is
refused.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

_PORTS = {"https": 443, "http": 80}

Pairs = Sequence[tuple[str, str]]


def signature(token: str, url: str, pairs: Iterable[tuple[str, str]]) -> str:
    """The signature Twilio would send for a form posted to an address.

    Args:
        token: the account's auth token.
        url: the whole address, query included, without a fragment.
        pairs: the form; no name may come twice.
    """
    text = url + "".join([name + value for name, value in sorted(pairs)])
    digest = hmac.digest(_bytes(token), _bytes(text), "sha1")
    return base64.b64encode(digest).decode("ascii")


class SignatureCheck:
    """Checks requests against the tokens and the public address of this service.

    Two tokens may be given while one is being replaced. Both forms of the address, with and without the port, are
    accepted, because Twilio's own side signs now one, now the other.
    """

    def __init__(self, tokens: Sequence[str], public_url: str) -> None:
        self._secrets = [_bytes(token) for token in tokens if token]
        self._bases = _both_forms(public_url)

    def valid(self, path_and_query: str, pairs: Pairs, header: str | None) -> bool:
        """Whether Twilio signed this form. False on anything odd; never raises.

        Args:
            path_and_query: as on the wire, undecoded.
            pairs: the form, decoded; a repeated name is never valid.
            header: `X-Twilio-Signature`.
        """
        if not header or len({name for name, _ in pairs}) != len(pairs):
            return False
        given = _bytes(header)
        # A server or test client that has no raw form of the address adds a bare question mark; Twilio signs none.
        path = path_and_query[:-1] if path_and_query.find("?") == len(path_and_query) - 1 else path_and_query
        tail = _bytes(path + "".join([name + value for name, value in sorted(pairs)]))
        return any(
            hmac.compare_digest(base64.b64encode(hmac.digest(secret, base + tail, "sha1")), given)
            for secret in self._secrets
            for base in self._bases
        )


def _both_forms(public_url: str) -> tuple[bytes, ...]:
    """The public address with and without its port, as the library makes them."""
    parts = urlsplit(public_url.rstrip("/"))
    host, port = parts.hostname or "", parts.port
    name = parts.netloc.rpartition(":")[0] if port else parts.netloc
    if not host or parts.scheme not in _PORTS:
        raise ValueError(
            "The public address must start with https:// or http:// and a name, such as https://sayso.example.org."
        )
    without = f"{parts.scheme}://{name}{parts.path}"
    with_port = f"{parts.scheme}://{name}:{port or _PORTS[parts.scheme]}{parts.path}"
    return _bytes(without), _bytes(with_port)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
