"""What a workspace remembers of its prompts: cache entries by prefix, fingerprints by message id, fallback credits.

All hold digests and counts, never texts, and all are bounded: the longest unused one goes.
"""

from __future__ import annotations

from array import array
from collections import OrderedDict
from typing import Generic, NamedTuple, TypeVar

from mockserver.clock import Clock

# An entry takes about 350 bytes, a fingerprint up to 7 KB.
MOST_ENTRIES = 4096
MOST_FINGERPRINTS = 256
MOST_CREDITS = 1024
# docs: Cache diagnostics ("a short period"); that it is an hour is policy
FINGERPRINT_SECONDS = 3600

Value = TypeVar("Value")


class Shelf(Generic[Value]):
    """Values by key, each until its time is over; at most `most` of them."""

    def __init__(self, clock: Clock, most: int) -> None:
        self._clock = clock
        self._most = most
        self._values: OrderedDict[bytes, tuple[float, Value]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._values)

    def find(self, key: bytes) -> Value | None:
        """The value of a key, while its time is not over."""
        found = self._values.get(key)
        if found is None:
            return None
        expires, value = found
        if expires <= self._clock.seconds():
            del self._values[key]
            return None
        return value

    def put(self, key: bytes, value: Value, seconds: float) -> None:
        """Keep a value for so many seconds from now on, also when it was there before."""
        self._values[key] = self._clock.seconds() + seconds, value
        self._values.move_to_end(key)
        if len(self._values) > self._most:
            self._values.popitem(last=False)


class Entry(NamedTuple):
    """A cached prefix: its tokens, and for how many seconds each write or read keeps it."""

    tokens: int
    seconds: int


class Fingerprint(NamedTuple):
    """A request as cache diagnostics compare it with the next one: digests, and sizes in bytes.

    `chain` has a digest of all messages up to each one, joined, for the first ones; `last` is the digest of all
    of them, and `messages` their number. `ends` says how large the prompt is up to its tools' end, its system's, and each message's.
    """

    model: bytes
    tools: bytes
    system: bytes
    settings: bytes
    chain: bytes
    last: bytes
    messages: int
    ends: array[int]
    size: int
    tokens: int


class CacheStore:
    """The prompt cache of one workspace."""

    def __init__(self, clock: Clock) -> None:
        self.entries: Shelf[Entry] = Shelf(clock, MOST_ENTRIES)
        self.fingerprints: Shelf[Fingerprint] = Shelf(clock, MOST_FINGERPRINTS)
        # By token: how many tokens the model that declined had in its cache.
        self.credits: Shelf[int] = Shelf(clock, MOST_CREDITS)
