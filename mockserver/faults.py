"""What can go wrong with a response after its request was understood, planned as steps and without a socket.

before the first byte
  reset          the connection is reset (RST)
  empty          the connection is closed
  stall          nothing comes until the client leaves
  garbage        bytes that are no HTTP response, then the end
in a body, behind `event` events of a stream or `byte` bytes of any answer
  reset, stall   as above
  cut            the connection is closed, without the end that the framing promises
  end            the body ends whole as far as HTTP sees, but early: no message_stop
  bad_chunk      a chunk whose size is no number (streams only)
in a stream, between two events
  error          an `error` event, and the end
  bad_json       an event whose data is not JSON; the stream goes on
  unknown_event  an event of a type that nobody knows; the stream goes on

A stall may send pings. A `Wire` says when and in which pieces the bytes come, and leaves their meaning alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from mockserver.errors import MESSAGES, ApiError, error_event, invalid

BEFORE = ("reset", "empty", "stall", "garbage")
IN_BODY = ("reset", "stall", "cut", "end", "bad_chunk")
IN_STREAM = ("error", "bad_json", "unknown_event")
KINDS = tuple(dict.fromkeys((*BEFORE, *IN_BODY, *IN_STREAM)))
PING = b'event: ping\ndata: {"type": "ping"}\n\n'
BAD_JSON = b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"del\n\n'
UNKNOWN_EVENT = b'event: mock_unknown\ndata: {"type":"mock_unknown"}\n\n'
GARBAGE = bytes(range(128, 256)) * 2
COMMENT = b": a comment\n\n"
BAD_CHUNK = b"no number\r\nof bytes\r\n"
TICKS_PER_SECOND = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong, and where. Without `event` and `byte`: before the first byte if it can be there."""

    kind: str
    event: int | None = None
    byte: int | None = None
    pings: float | None = None  # seconds between the pings of a stall
    status: int = 529  # of an `error` event: its type and words
    message: str | None = None

    @property
    def is_before(self) -> bool:
        """Whether it happens before the first byte of the response."""
        return self.event is None and self.byte is None and self.kind in BEFORE


@dataclass(frozen=True, slots=True)
class Wire:
    """How the bytes of an answer travel.

    delay      seconds before the first byte
    split      the body comes in pieces of so many bytes
    crlf       lines of a stream end in CRLF
    comments   a comment stands before each event of a stream
    bandwidth  bytes a second
    """

    delay: float = 0.0
    split: int | None = None
    crlf: bool = False
    comments: bool = False
    bandwidth: int | None = None


PLAIN = Wire()


class Send(NamedTuple):
    """Bytes of the body."""

    data: bytes


class Raw(NamedTuple):
    """Bytes that go to the connection past the framing of the body."""

    data: bytes


class Wait(NamedTuple):
    """Seconds in which nothing comes."""

    seconds: float


class Stall(NamedTuple):
    """Nothing more until the client leaves, but a ping each so many seconds when there is a number."""

    pings: float | None


class Reset(NamedTuple):
    """The connection is reset."""


class Close(NamedTuple):
    """The connection is closed."""


Step = Send | Raw | Wait | Stall | Reset | Close
LAST = (Stall, Reset, Close)
RESET, CLOSE = Reset(), Close()


def problem(fault: Fault) -> str | None:
    """Why a fault can't be meant, if so."""
    placed = fault.event is not None or fault.byte is not None
    if fault.event is not None and fault.byte is not None:
        return "give `event` or `byte`, not both"
    if placed and fault.kind not in (*IN_BODY, *IN_STREAM):
        return f"{fault.kind!r} happens before the first byte: leave out `event` and `byte`"
    if fault.byte is not None and fault.kind in IN_STREAM:
        return f"{fault.kind!r} happens between events: give `event` instead of `byte`"
    if fault.pings is not None and (fault.kind != "stall" or not placed):
        return "`pings` go with a stall behind an `event` or a `byte`"
    if fault.message is not None and fault.kind != "error":
        return "`message` goes with the kind 'error'"
    return None


def before(fault: Fault | None, wire: Wire) -> Iterator[Step]:
    """What happens before a response, or in its place."""
    if wire.delay:
        yield Wait(wire.delay)
    if fault is None or not fault.is_before:
        return
    if fault.kind == "garbage":
        yield Raw(GARBAGE)
    yield _last(fault)


def body_steps(
    body: bytes, fault: Fault | None, wire: Wire, *, is_stream: bool, request_id: str
) -> list[Step]:
    """The way of a body. Raises the 400 for a fault that can't happen in it."""
    if fault is None or fault.is_before:
        return list(_shaped(body, wire, is_stream=is_stream))
    place = _place(body, fault, is_stream=is_stream)
    steps = list(_shaped(body[:place], wire, is_stream=is_stream))
    if fault.kind in IN_STREAM:
        steps.append(Send(_event(fault, request_id)))
    if fault.kind in ("bad_json", "unknown_event"):
        steps += _shaped(body[place:], wire, is_stream=is_stream)
    elif fault.kind == "bad_chunk":
        steps += [Raw(BAD_CHUNK), CLOSE]
    elif fault.kind not in ("end", "error"):
        steps.append(_last(fault))
    return steps


def _last(fault: Fault) -> Step:
    if fault.kind == "stall":
        return Stall(fault.pings)
    return RESET if fault.kind == "reset" else CLOSE


def _place(body: bytes, fault: Fault, *, is_stream: bool) -> int:
    """Where in a body the fault happens."""
    if fault.byte is not None:
        if fault.byte < len(body):
            return fault.byte
        raise _impossible(fault, f"byte {fault.byte}", f"the body has {len(body)} bytes")
    if not is_stream:
        remedy = "give a `byte`, or ask for a stream"
        raise _impossible(fault, "an event", f"the answer is no stream: {remedy}")
    ends = [position for position, _ in _events(body)]
    event = 1 if fault.event is None else fault.event
    if event >= len(ends):
        raise _impossible(fault, f"event {event}", f"the stream has {len(ends)} events")
    return ends[event - 1] if event else 0


def _impossible(fault: Fault, where: str, why: str) -> ApiError:
    return invalid(f"The fault {fault.kind!r} behind {where} can't happen: {why}.")


def _events(body: bytes) -> Iterator[tuple[int, bytes]]:
    """The end of each event of a stream, and the event."""
    start = 0
    while (end := body.find(b"\n\n", start)) >= 0:
        yield end + 2, body[start : end + 2]
        start = end + 2


def _event(fault: Fault, request_id: str) -> bytes:
    if fault.kind != "error":
        return BAD_JSON if fault.kind == "bad_json" else UNKNOWN_EVENT
    error = ApiError(
        fault.status, fault.message or MESSAGES.get(fault.status, "The request failed")
    )
    return error_event(error, request_id)


def _shaped(body: bytes, wire: Wire, *, is_stream: bool) -> Iterator[Step]:
    if is_stream and wire.comments:
        body = b"".join(COMMENT + event for _, event in _events(body))
    if is_stream and wire.crlf:
        body = body.replace(b"\n", b"\r\n")
    size = wire.split or len(body) or 1
    if wire.bandwidth is not None:
        size = min(size, max(1, wire.bandwidth // TICKS_PER_SECOND))
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        yield Send(piece)
        if wire.bandwidth is not None:
            yield Wait(len(piece) / wire.bandwidth)
