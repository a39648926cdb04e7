"""Twilio's signatures: is it really Twilio that calls?

Our own few lines instead of the library's validator, because that takes 25 MiB of imports into the web process and can
be made to raise. Tests hold the two side by side.

The signed address is the *configured* public one with the raw path and query of the request: what a request says about
its own host cannot be trusted, and a decoded query no longer matches. A signature carries no time: replays are met by
the id of the message.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

SHA1 = "HMAC_SHA1"
SHA256 = "HMAC_SHA256"
_HASHES = {SHA1: "sha1", SHA256: "sha256"}
_PORTS = {"https": 443, "http": 80}

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class SharedKey:
    """One key of Twilio's newer signing: its secret, and the only algorithm accepted with it."""

    secret: str = field(repr=False)
    algorithm: str = SHA256


def signature(token: str, url: str, pairs: Iterable[tuple[str, str]], algorithm: str = SHA1) -> str:
    """The signature Twilio would send for a form posted to an address.

    Args:
        token: the account's auth token, or the secret of a shared key.
        url: the whole address, query included, without a fragment.
        pairs: the form; no name may come twice.
        algorithm: HMAC_SHA1 or HMAC_SHA256.
    """
    text = url + "".join([name + value for name, value in sorted(pairs)])
    digest = hmac.digest(_bytes(token), _bytes(text), _HASHES[algorithm])
    return base64.b64encode(digest).decode("ascii")


class SignatureCheck:
    """Checks requests against the tokens and the public address of this service.

    Two tokens may be given while one is being replaced. Both forms of the address, with and without the port, are
    accepted, because Twilio's own side signs now one, now the other.
    """

    def __init__(
        self, tokens: Sequence[str], public_url: str, shared_keys: Mapping[str, SharedKey] | None = None
    ) -> None:
        self._secrets = [(token, SHA1) for token in tokens if token]
        self._shared = dict(shared_keys or {})
        self._bases = _both_forms(public_url)

    def valid(self, path_and_query: str, pairs: Pairs, header: str | None, settings: str | None = None) -> bool:
        """Whether Twilio signed this form. False on anything odd; never raises.

        Args:
            path_and_query: as on the wire, undecoded.
            pairs: the form, decoded; a repeated name is never valid.
            header: `X-Twilio-Signature`.
            settings: `X-Twilio-Webhooks-Signature-Settings`. It picks one of the configured keys, never an algorithm.
        """
        if not header or len({name for name, _ in pairs}) != len(pairs):
            return False
        given = _bytes(header)
        # A server or test client that has no raw form of the address adds a bare question mark; Twilio signs none.
        path = path_and_query[:-1] if path_and_query.find("?") == len(path_and_query) - 1 else path_and_query
        tail = _bytes(path + "".join([name + value for name, value in sorted(pairs)]))
        return any(
            hmac.compare_digest(base64.b64encode(hmac.digest(_bytes(secret), base + tail, _HASHES[algorithm])), given)
            for secret, algorithm in self._candidates(settings)
            for base in self._bases
        )

    def valid_body(self, path_and_query: str, body: bytes, header: str | None, settings: str | None = None) -> bool:
        """Whether Twilio signed this body that is not a form: the signed query holds the SHA-256 of its bytes, once."""
        query = parse_qsl(path_and_query.partition("?")[2], keep_blank_values=True, errors="replace")
        hashes = [value for name, value in query if name == "bodySHA256"]
        if len(hashes) != 1 or not hmac.compare_digest(
            _bytes(hashes[0]), hashlib.sha256(body).hexdigest().encode("ascii")
        ):
            return False
        return self.valid(path_and_query, (), header, settings)

    def _candidates(self, settings: str | None) -> list[tuple[str, str]]:
        """The secrets a request may be signed with, each with its one algorithm."""
        if not settings:
            return self._secrets
        named: dict[str, str] = {}
        for part in settings.split(","):
            name, _, value = part.partition("=")
            named.setdefault(name.strip(), value.strip())
        key = self._shared.get(named.get("key", ""))
        if key is None or named.get("algorithm", key.algorithm).upper() != key.algorithm:
            return []
        return [(key.secret, key.algorithm)]


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
