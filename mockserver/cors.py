"""What a browser is told, so that a page whose origin may talk to the server can read its answers.

The live API says so to those that mean it (open-pencil/open-pencil#436, 2026-07-31, refusals included): without
`anthropic-dangerous-direct-browser-access` there is no such header.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mockserver.blocks import NO_HEADERS, Block, block
from mockserver.intake import BROWSER

ORIGIN = "origin"
READABLE = block([(b"access-control-allow-origin", b"*"), (b"access-control-expose-headers", b"*")])
# policy: nobody tells what the live API says before the request; `*` does not mean authorization (Fetch standard)
PREFLIGHT = block(
    [
        (b"access-control-allow-origin", b"*"),
        (b"access-control-allow-methods", b"GET, POST, DELETE"),
        (b"access-control-allow-headers", b"*, authorization"),
        (b"access-control-max-age", b"600"),
    ]
)
ASKED = b"access-control-request-method"


def readable(headers: Mapping[str, str]) -> Block:
    """The headers of every answer to a request with these."""
    return READABLE if ORIGIN in headers and BROWSER in headers else NO_HEADERS


def is_preflight(method: str, raw: Iterable[tuple[bytes, bytes]]) -> bool:
    """Whether a browser asks whether it may send a request. It sends nothing of the request itself."""
    if method != "OPTIONS":
        return False
    names = {name for name, _ in raw}
    return {b"origin", ASKED} <= names and BROWSER.encode() not in names
