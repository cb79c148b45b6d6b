"""What happened in a workspace: one record for each request, written when its response ends.

A record holds references to bytes that were there anyway and is rendered when it is read (`recorded`). Both
the journal of a workspace and all of them together are bounded; what had to go is counted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from mockserver.intake import CREDENTIAL_HEADERS

if TYPE_CHECKING:
    from mockserver.scripts.book import Miss

MOST_RECORDS = 1_000
MOST_BYTES = 16 * 1024 * 1024
MOST_BYTES_IN_ALL = 64 * 1024 * 1024
MOST_BYTES_EACH = 8 * 1024 * 1024
# About what a record takes beside its request and answer, and each header beside its name and value.
OWN_BYTES = 1_024
HEADER_BYTES = 140
COMPLETE = "complete"
NO_BYTES = b""
NO_ADVICE: Mapping[str, str] = {}
_CREDENTIALS = frozenset(name.encode() for name in CREDENTIAL_HEADERS)

RawHeaders = list[tuple[bytes, bytes]]


def is_public(header: tuple[bytes, bytes]) -> bool:
    """Whether a header is no credential."""
    return header[0] not in _CREDENTIALS


class Record:
    """One request and its answer. `body` and `answer` are bytes as received and sent, None where they were too large.

    at         seconds since 1970 at which the request came; seconds is how long it took
    first_byte seconds until the answer began, None where none did
    headers    those that are public
    answer     the message or error as JSON, also of a stream
    ended      `complete`, or how else
    script     the entry that answered; missed is the one that came nearest where none did
    told       the headers of an error that say whether and when to come again
    size       about how much memory it takes; `head_size` is how much of it is for its headers alone
    """

    __slots__ = (
        *(
            "answer",
            "at",
            "body",
            "ended",
            "first_byte",
            "headers",
            "journal",
            "method",
            "missed",
            "number",
        ),
        *("path", "request_id", "rule", "script", "seconds", "size", "status", "told"),
    )

    def __init__(
        self,
        request_id: str,
        at: float,
        seconds: float,
        method: str,
        path: str,
        headers: RawHeaders,
        body: bytes | None,
        status: int,
        answer: bytes | None,
        ended: str,
        rule: str | None,
        script: str | None,
        missed: Miss | None,
        told: Mapping[str, str] = NO_ADVICE,
        first_byte: float | None = None,
        head_size: int = 0,
    ) -> None:
        self.request_id = request_id
        self.at = at
        self.seconds = seconds
        self.method = method
        self.path = path
        self.headers = headers
        own = OWN_BYTES + head_size
        self.size = own + len(body or NO_BYTES) + len(answer or NO_BYTES)
        if self.size > MOST_BYTES_EACH:
            body = answer = None
            self.size = own
        self.body = body
        # The encoder gives bytes that hold many times the memory of what is in them.
        self.answer = None if answer is None else memoryview(answer).tobytes()
        self.status = status
        self.ended = ended
        self.rule, self.script, self.missed = rule, script, missed
        self.told = told
        self.first_byte = first_byte
        self.number = 0
        self.journal: Journal | None = None


class Shelf:
    """The records of all workspaces, oldest first: together they stay within one bound."""

    def __init__(self) -> None:
        self.size = 0
        self._records: deque[Record] = deque()
        self._sweep_at = MOST_RECORDS

    def add(self, record: Record) -> None:
        """Take a record in; the oldest ones go for it."""
        self._records.append(record)
        self.size += record.size
        while self.size > MOST_BYTES_IN_ALL:
            oldest = self._records.popleft()
            if oldest.journal is not None:
                oldest.journal.drop_oldest()  # it is the oldest of its own journal too
        if len(self._records) > self._sweep_at:
            self._records = deque(each for each in self._records if each.journal is not None)
            self._sweep_at = 2 * len(self._records) + MOST_RECORDS

    def forget(self, record: Record) -> None:
        """Let a record go that its own journal has dropped; its empty shell is swept up later."""
        self.size -= record.size
        record.journal = record.body = record.answer = None


class Journal:
    """The records of one workspace. `listeners` are told of each new one."""

    def __init__(self, shelf: Shelf) -> None:
        self.dropped = 0
        self.size = 0
        self.listeners: list[Callable[[Record], None]] = []
        self._shelf = shelf
        self._records: deque[Record] = deque()
        self._numbers = 0

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[Record]:
        return iter(self._records.copy())

    def add(self, record: Record) -> None:
        """Write a record; the oldest ones go when there are too many, or too many bytes."""
        self._numbers += 1
        record.number = self._numbers
        record.journal = self
        self._records.append(record)
        self.size += record.size
        while len(self._records) > MOST_RECORDS or self.size > MOST_BYTES:
            self.drop_oldest()
        self._shelf.add(record)
        for listener in self.listeners:
            listener(record)

    def drop_oldest(self) -> None:
        """Let the oldest record go."""
        self._forget(self._records.popleft())
        self.dropped += 1

    def clear(self) -> None:
        """Forget everything; numbers go on, so that a reader sees that something is gone."""
        while self._records:
            self._forget(self._records.popleft())

    def _forget(self, record: Record) -> None:
        self.size -= record.size
        self._shelf.forget(record)
