"""Requests that came in one round of the event loop: all are read, then all are answered, then all answers are sent.

Doing one thing many times in a row is faster than many things in turn: code and data are still at hand, in Python
as in the kernel, and a client with many connections is woken once and not for each of them.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from time import perf_counter

# What is ready goes out after so long, also while there is more to answer.
MOST_SECONDS = 0.001

Answer = Callable[[object], None]
Then = Callable[[], None]
Write = Callable[[bytes, Then], None]


class Rounds:
    """Requests that wait to be answered, and answers that wait to be sent. For one event loop."""

    __slots__ = ("_is_on", "_ready", "_waiting")

    def __init__(self) -> None:
        self._waiting: deque[tuple[Answer, object]] = deque()
        self._ready: deque[tuple[Write, bytes, Then]] = deque()
        self._is_on = False

    def answer(self, loop: asyncio.AbstractEventLoop, how: Answer, request: object) -> None:
        """Call `how(request)` when all is read that has come by now."""
        self._waiting.append((how, request))
        if len(self._waiting) == 1:
            loop.call_soon(self._go, loop)

    def send(self, write: Write, data: bytes, then: Then) -> None:
        """Call `write(data, then)` when the answers of this round are there; at once outside of a round."""
        if self._is_on:
            self._ready.append((write, data, then))
        else:
            write(data, then)

    def _go(self, loop: asyncio.AbstractEventLoop) -> None:
        waiting = self._waiting
        self._is_on = True
        due = perf_counter() + MOST_SECONDS
        try:
            while waiting:
                how, request = waiting.popleft()
                how(request)
                if perf_counter() > due:
                    self._send()
                    due = perf_counter() + MOST_SECONDS
            self._send()
        finally:
            self._is_on = False
            if waiting or self._ready:  # one has failed; the others go on without it
                loop.call_soon(self._go, loop)

    def _send(self) -> None:
        ready = self._ready
        while ready:
            write, data, then = ready.popleft()
            write(data, then)
