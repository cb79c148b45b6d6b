"""Headers that are the same on many responses, encoded once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

RawHeaders = Sequence[tuple[bytes, bytes]]


class Block(NamedTuple):
    """Headers as ASGI has them, and as lines."""

    raw: RawHeaders
    lines: bytes


def block(raw: RawHeaders) -> Block:
    """Encode headers once. They are the server's own; nothing of a request may get in here."""
    return Block(tuple(raw), b"".join(b"%b: %b\r\n" % header for header in raw))


NO_HEADERS = block(())
