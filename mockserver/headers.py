"""Request headers: those that a client repeats are looked at once, those that vary with the body each time.

And the value of the one response header that names a script's entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

# What the server looks at, and which of it a client sends the same on every request.
REPEATED = frozenset(
    b"host origin sec-fetch-site x-api-key authorization x-mock-now "
    b"anthropic-version anthropic-beta anthropic-workspace-id anthropic-user-profile-id "
    b"anthropic-dangerous-direct-browser-access content-type x-mock-reply x-mock-tool "
    b"x-mock-thinking x-mock-stop-reason x-mock-stop-sequence x-mock-error x-mock-fault "
    b"x-mock-token".split()
)
VARYING = frozenset((b"content-length", b"content-encoding", b"transfer-encoding"))


def sorted_out(
    raw: Iterable[tuple[bytes, bytes]],
) -> tuple[tuple[tuple[bytes, bytes], ...], dict[bytes, bytes], int]:
    """The headers that a client repeats, those that vary with the body, and the size of all."""
    repeated: list[tuple[bytes, bytes]] = []
    varying: dict[bytes, bytes] = {}
    size = 0
    for header in raw:
        name, value = header
        size += len(name) + len(value)
        if name in REPEATED:
            repeated.append(header)
        elif name in VARYING:
            varying[name] = value
    return tuple(repeated), varying, size


def joined(raw: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by name; one sent twice is joined by a comma, as proxies do."""
    found: dict[str, str] = {}
    for name_bytes, value_bytes in raw:
        name, value = name_bytes.decode("latin-1"), value_bytes.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def script_name(entry_id: str) -> bytes:
    """The value of x-mock-script: the entry's id, percent-encoded where a header can't have it."""
    return quote(entry_id, safe=" :/.-_[](){}@+,;=!*'").encode()
