"""The rate-limit headers of an answer."""

from __future__ import annotations

import datetime as dt

from mockserver.blocks import NO_HEADERS, Block, block
from mockserver.clock import Clock

# recorded: limits of an account; input and output add up to tokens
REQUESTS_LIMIT, INPUT_LIMIT, OUTPUT_LIMIT = 4_000, 4_000_000, 800_000


class RateLimitHeaders:
    """The rate-limit families of a success. The buckets are full: no quota is set."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._second = -1
        self._headers = NO_HEADERS

    def now(self) -> Block:
        """The headers as of this second."""
        seconds = int(self._clock.seconds())
        if seconds != self._second:
            self._second, self._headers = seconds, block(_rate_limits(seconds))
        return self._headers


def _rate_limits(seconds: int) -> list[tuple[bytes, bytes]]:
    reset = dt.datetime.fromtimestamp(seconds, dt.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    found: list[tuple[bytes, bytes]] = []
    for family, limit, used in (
        (b"requests", REQUESTS_LIMIT, 1),
        (b"tokens", INPUT_LIMIT + OUTPUT_LIMIT, 0),
        (b"input-tokens", INPUT_LIMIT, 0),
        (b"output-tokens", OUTPUT_LIMIT, 0),
    ):
        name = b"anthropic-ratelimit-" + family
        found += [
            (name + b"-limit", b"%d" % limit),
            (name + b"-remaining", b"%d" % (limit - used)),
            (name + b"-reset", reset.encode()),
        ]
    return found
