"""Texts of the formats that JSON Schema and libraries name, a different one for each turn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from mockserver.replies.library_formats import LIBRARY_FORMATS

_DAY = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.timezone.utc)
YEARS = 3_650


def _day(turn: int) -> str:
    return (_DAY + dt.timedelta(days=turn % YEARS)).strftime("%Y-%m-%d")


def _time(turn: int) -> str:
    return (_DAY + dt.timedelta(seconds=turn)).strftime("%H:%M:%SZ")


def _numbered(before: str, after: str = "") -> Callable[[int], str]:
    return lambda turn: f"{before}{turn + 1 if turn else ''}{after}"


# The names and hosts are those that the RFCs reserve for examples.
FORMATS: dict[str, Callable[[int], str]] = {
    "date-time": lambda turn: f"{_day(turn)}T03:04:05Z",
    "date": _day,
    "time": _time,
    "duration": lambda turn: f"P{turn + 1}D",
    "email": _numbered("ada", "@example.com"),
    "idn-email": _numbered("ada", "@example.com"),
    "hostname": _numbered("host", ".example.com"),
    "idn-hostname": _numbered("host", ".example.com"),
    "uri": _numbered("https://example.com/"),
    "uri-reference": _numbered("https://example.com/"),
    "iri": _numbered("https://example.com/"),
    "iri-reference": _numbered("https://example.com/"),
    "uri-template": _numbered("https://example.com/{id}"),
    "ipv4": lambda turn: f"192.0.2.{turn % 254 + 1}",
    "ipv6": lambda turn: f"2001:db8::{turn % 0xFFFF + 1:x}",
    "uuid": lambda turn: f"123e4567-e89b-42d3-a456-{0x426614174000 + turn:012x}",
    "json-pointer": _numbered("/example"),
    "relative-json-pointer": _numbered("0/example"),
    "regex": _numbered("example"),
    **{name: known.make for name, known in LIBRARY_FORMATS.items()},
}
# Members that are named so, without a format.
KINDS: dict[str, Callable[[int], str]] = {
    "url": FORMATS["uri"],
    "email": FORMATS["email"],
    "path": _numbered("example", ".txt"),
    "date": FORMATS["date"],
    "expression": lambda turn: f"1 + {turn + 1}",
    "command": _numbered("echo example"),
    "id": _numbered("example-1"),
    "query": _numbered("example"),
}
