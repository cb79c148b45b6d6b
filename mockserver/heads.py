"""Heads of requests that come again on a connection.

A client sends the same head with every request, but for the length of the body. When the parser has read a head
once, the next one is compared with it instead of being parsed: it is the same up to the digits of its
content-length, and the same behind them, and so it means the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LENGTH = b"content-length"
FRAMING = (LENGTH, b"transfer-encoding")
END = b"\r\n\r\n"
_LENGTH_LINE = re.compile(rb"\r\n(?i:content-length):[ \t]*([0-9]{1,9})\r\n")
MOST_DIGITS = 9
OWN = frozenset(("extensions", "state"))


class Head:
    """A head without the digits of its content-length. `memo` is what the application knows of it."""

    __slots__ = ("_after", "_after_length", "_before", "_before_length", "_place", "_scope", "memo")

    def __init__(self, before: bytes, after: bytes, place: int, scope: Mapping[str, Any]) -> None:
        self._before, self._before_length = before, len(before)
        self._after, self._after_length = after, len(after)
        self._place = place
        # What is in there is made anew for each request.
        self._scope = {key: value for key, value in scope.items() if key not in OWN}
        self.memo: Any = None

    def again(self, data: bytes) -> tuple[dict[str, Any], bytes] | None:
        """The scope and the body of a request, when it is one with this head and nothing is missing or follows."""
        if not data.startswith(self._before):
            return None
        start = self._before_length
        end = data.find(b"\r", start, start + MOST_DIGITS + 1)
        digits = data[start:end]
        if end < 0 or not digits.isdigit() or not data.startswith(self._after, end):
            return None
        body = data[end + self._after_length :]
        if len(body) != int(digits):
            return None
        scope = self._scope.copy()
        headers = scope["headers"] = scope["headers"].copy()
        headers[self._place] = (LENGTH, digits)
        return scope, body


def learned(data: bytes, scope: Mapping[str, Any]) -> Head | None:
    """The head of a request that the parser has read; None when there is more or less in the data than one request.

    `data` is all that the parser was given for it, and `scope` what it found in there.
    """
    end = data.find(END) + len(END)
    found = _LENGTH_LINE.search(data, 0, end)
    headers: list[tuple[bytes, bytes]] = scope["headers"]
    places = [place for place, (name, _) in enumerate(headers) if name in FRAMING]
    if found is None or len(places) != 1 or headers[places[0]] != (LENGTH, found[1]):
        return None
    if len(data) != end + int(found[1]):
        return None
    return Head(data[: found.start(1)], data[found.end(1) : end], places[0], scope)
