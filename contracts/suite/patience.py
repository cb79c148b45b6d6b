"""A transport that waits where a busy target asks for it, so that its limits are no failures of the contract."""

from __future__ import annotations

import time
from collections.abc import Callable

from contracts.suite.transports import Received, Sent, Transport

# docs: Rate limits, Claude API errors
BUSY = frozenset({429, 529})
TRIES = 4
FIRST_PAUSE, LONGEST_PAUSE = 2.0, 60.0


class Patient:
    """Sends a request again after the target said that it is busy, each time later."""

    def __init__(self, send: Transport, sleep: Callable[[float], object] = time.sleep) -> None:
        self._send = send
        self._sleep = sleep

    def __call__(self, sent: Sent) -> Received:
        """Send a request; the last answer is given as it is."""
        received = self._send(sent)
        for number in range(1, TRIES):
            if received.status not in BUSY:
                break
            self._sleep(_pause(received, number))
            received = self._send(sent)
        return received


def _pause(received: Received, number: int) -> float:
    try:
        wished = float(received.headers.get("retry-after", ""))
    except ValueError:
        wished = FIRST_PAUSE**number
    return min(max(wished, 0.0), LONGEST_PAUSE)
