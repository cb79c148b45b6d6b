"""Requests that came in one round of the event loop: all are read, then all are answered, then all answers are sent.

Doing one thing many times in a row is faster than many things in turn: code and data are still at hand, in Python
as in the kernel, and a client with many connections is woken once and not for each of them.
"""

from __future__ import annotations

import asyncio
import types
from collections import deque
from collections.abc import Callable, Generator
from time import perf_counter
from typing import Any

# So long requests are taken on, and answers made, before the others go on.
MOST_SECONDS = 0.001
# So few requests gain nothing from waiting for each other.
FEW = 2
# What a request yields that has been read, and waits for the others of its round.
TURN = object()

Answer = Callable[[Any], None]
Then = Callable[[], None]
Write = Callable[[Any, Then], None]


@types.coroutine
def turn() -> Generator[object, None, None]:
    """Let the others of the round come as far. Only for a request that `has_company` in it."""
    yield TURN


class Rounds:
    """Requests that wait to be answered, and answers that wait to be sent. For one event loop.

    `has_company` says of the request that is being answered whether there are others in its round.
    """

    __slots__ = ("_begun", "_is_on", "_ready", "_waiting", "has_company")

    def __init__(self) -> None:
        self._waiting: deque[tuple[Answer, Any]] = deque()
        self._begun: deque[tuple[Answer, Any]] = deque()
        self._ready: deque[tuple[Write, Any, Then]] = deque()
        self._is_on = False
        self.has_company = False

    def answer(self, loop: asyncio.AbstractEventLoop, how: Answer, request: Any) -> None:
        """Call `how(request)` when all is read that has come by now."""
        self._waiting.append((how, request))
        if len(self._waiting) == 1:
            loop.call_soon(self._go, loop)

    def go_on(self, how: Answer, request: Any) -> None:
        """Call `how(request)` when the others of this round have come as far."""
        self._begun.append((how, request))

    def send(self, write: Write, data: Any, then: Then) -> None:
        """Call `write(data, then)` when the answers of this round are there; at once outside of a round."""
        if self._is_on:
            self._ready.append((write, data, then))
        else:
            write(data, then)

    def _go(self, loop: asyncio.AbstractEventLoop) -> None:
        self._is_on = True
        try:
            while self._waiting or self._begun or self._ready:
                if self._begun:
                    _call(self._begun)
                else:
                    self.has_company = len(self._waiting) > FEW
                    _call(self._waiting)
                self._send()
        finally:
            self._is_on = False
            if self._waiting or self._begun or self._ready:
                # One has failed; the others go on without it.
                loop.call_soon(self._go, loop)

    def _send(self) -> None:
        ready = self._ready
        while ready:
            write, data, then = ready.popleft()
            write(data, then)


def _call(requests: deque[tuple[Answer, Any]]) -> None:
    due = perf_counter() + MOST_SECONDS
    while requests:
        how, request = requests.popleft()
        how(request)
        if perf_counter() > due:
            break
