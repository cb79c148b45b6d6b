"""A target's clock, where it has one that can be set: what lives for hours or weeks can be tried at once."""

from __future__ import annotations

import json
from http.client import HTTPException
from typing import Final, Protocol

from contracts.exchanges import parsed
from contracts.findings import is_object
from contracts.suite.transports import Received, Sent, Transport

OK = 200
PATH: Final = "/_mock/clock"
MISSING: Final = "the target has no clock that can be set"


class Clock(Protocol):
    """The clock that lives end by."""

    def forward(self, seconds: float) -> None:
        """Let time pass."""

    def back(self) -> None:
        """Let it be as if `forward` had never been called."""


class ControlledClock:
    """The clock of a key, set by the control API of messages-mock."""

    def __init__(self, send: Transport, key: str) -> None:
        self._send = send
        self._key = key
        self._start = ""

    def read(self) -> str | None:
        """The time in ISO 8601; None when the target has no such API, or none for this key."""
        received = self._asked("GET", b"")
        told = parsed(received.body)  # some targets have an answer to everything
        is_time = received.status == OK and is_object(told) and "now" in told
        return str(told["now"]) if is_time else None

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self._start = self._start or self.read() or ""
        self._asked("POST", json.dumps({"forward": seconds}).encode())

    def back(self) -> None:
        """Let it be as if `forward` had never been called."""
        if self._start:
            self._asked("POST", json.dumps({"now": self._start}).encode())
            self._start = ""

    def _asked(self, method: str, body: bytes) -> Received:
        headers = {"x-api-key": self._key, "content-type": "application/json"}
        return self._send(Sent(method, PATH, headers, body))


def clock_of(send: Transport, key: str) -> Clock | None:
    """The clock of a target; None when it has none, or does not answer when it is asked."""
    clock = ControlledClock(send, key)
    try:
        return None if clock.read() is None else clock
    except (OSError, HTTPException):
        return None
