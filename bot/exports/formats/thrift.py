"""Thrift's compact protocol, as far as Parquet describes itself in it.

Each value is its type and its bytes; how they look: https://github.com/apache/thrift, thrift-compact-protocol.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

_I32, _I64, _BINARY, _LIST, _STRUCT = 5, 6, 8, 9, 12
_SHORT = 15
"""Elements from which on a list's length stands after its type."""

Value = tuple[int, bytes]


def i32(number: int) -> Value:
    """A whole number of 32 bits, not below nought."""
    return _I32, varint(number << 1)


def i64(number: int) -> Value:
    """A whole number of 64 bits, not below nought."""
    return _I64, varint(number << 1)


def text(words: str) -> Value:
    """A text, in UTF-8."""
    data = words.encode()
    return _BINARY, varint(len(data)) + data


def many(values: Sequence[Value]) -> Value:
    """A list of values of one type; of structs, where there are none."""
    kind = values[0][0] if values else _STRUCT
    head = bytes([len(values) << 4 | kind]) if len(values) < _SHORT else bytes([0xF0 | kind]) + varint(len(values))
    return _LIST, head + b"".join(data for _, data in values)


def struct(fields: Mapping[int, Value]) -> Value:
    """Values by the numbers of their fields, which rise by 15 at most."""
    parts, last = [], 0
    for number, (kind, data) in fields.items():
        parts.append(bytes([number - last << 4 | kind]) + data)
        last = number
    return _STRUCT, b"".join(parts) + b"\0"


def varint(number: int) -> bytes:
    """A number not below nought in as many bytes as it needs, seven bits each, the lowest first."""
    parts = bytearray()
    while number > 0x7F:
        parts.append(number & 0x7F | 0x80)
        number >>= 7
    parts.append(number)
    return bytes(parts)
