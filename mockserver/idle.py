"""A timer that is started anew again and again, and seldom runs out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class Idle:
    """The time that a connection has for its next request. It can be started anew without a new timer of the loop."""

    __slots__ = ("_due", "_handle", "_loop", "_seconds", "_then")

    def __init__(
        self, loop: asyncio.AbstractEventLoop, seconds: float, then: Callable[[], None]
    ) -> None:
        self._loop = loop
        self._seconds = seconds
        self._then = then
        self._due: float | None = None
        self._handle: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Begin to wait."""
        self._due = self._loop.time() + self._seconds
        if self._handle is None:
            self._handle = self._loop.call_later(self._seconds, self._look)

    def cancel(self) -> None:
        """Wait no more: a request has come. The loop's timer stays for the next wait."""
        self._due = None

    def stop(self) -> None:
        """Let the loop's timer go."""
        self._due = None
        if self._handle is not None:
            self._handle.cancel()

    def _look(self) -> None:
        self._handle = None
        if self._due is None:
            return
        left = self._due - self._loop.time()
        if left > 0:
            self._handle = self._loop.call_later(left, self._look)
        else:
            self._then()
