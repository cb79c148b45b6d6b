"""Texts of the formats that JSON Schema doesn't name, but that libraries write: pydantic 2 and zod 4.

A validator takes every text for them; the library that wrote the format doesn't.
"""

from __future__ import annotations

import base64
import ipaddress
import uuid
from collections.abc import Callable
from typing import Any, NamedTuple


class Format(NamedTuple):
    """`make` gives a text for each turn; `read` raises ValueError for a text that is none."""

    make: Callable[[int], str]
    read: Callable[[str], Any]


def _ipv4(after: str = "") -> Callable[[int], str]:
    return lambda turn: f"192.0.2.{turn % 254 + 1}{after}"


def _ipv6(after: str = "") -> Callable[[int], str]:
    return lambda turn: f"2001:db8::{turn % 0xFFFF + 1:x}{after}"


def _uuid(version: int) -> Format:
    def make(turn: int) -> str:
        return f"123e4567-e89b-{version}2d3-a456-{0x426614174000 + turn:012x}"

    def read(text: str) -> None:
        if uuid.UUID(text).version != version:
            raise ValueError(text)

    return Format(make, read)


def _encoded(turn: int) -> str:
    return base64.b64encode(f"example{turn + 1 if turn else ''}".encode()).decode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _decoded_url(text: str) -> bytes:
    return base64.b64decode(text, altchars=b"-_", validate=True)


LIBRARY_FORMATS: dict[str, Format] = {
    "base64": Format(_encoded, _decoded),
    "base64url": Format(_encoded, _decoded_url),
    "byte": Format(_encoded, _decoded),  # OpenAPI
    "cidrv4": Format(_ipv4("/32"), ipaddress.IPv4Network),
    "cidrv6": Format(_ipv6("/128"), ipaddress.IPv6Network),
    "ipv4interface": Format(_ipv4("/32"), ipaddress.IPv4Interface),
    "ipv4network": Format(_ipv4("/32"), ipaddress.IPv4Network),
    "ipv6interface": Format(_ipv6("/128"), ipaddress.IPv6Interface),
    "ipv6network": Format(_ipv6("/128"), ipaddress.IPv6Network),
    "ipvanyaddress": Format(_ipv4(), ipaddress.ip_address),
    "ipvanyinterface": Format(_ipv4("/32"), ipaddress.ip_interface),
    "ipvanynetwork": Format(_ipv4("/32"), ipaddress.ip_network),
    **{f"uuid{version}": _uuid(version) for version in (1, 3, 4, 5, 6, 7, 8)},
}


def reads(name: str, text: str) -> bool:
    """Whether a text has one of these formats."""
    try:
        LIBRARY_FORMATS[name].read(text)
    except ValueError:
        return False
    return True
