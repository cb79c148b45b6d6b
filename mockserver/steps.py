"""The way of a disturbed answer, planned as steps and without a socket."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mockserver.errors import MESSAGES, ApiError, error_event, invalid
from mockserver.faults import IN_STREAM, Fault, Wire

PING = b'event: ping\ndata: {"type": "ping"}\n\n'
BAD_JSON = b'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"del\n\n'
UNKNOWN_EVENT = b'event: mock_unknown\ndata: {"type":"mock_unknown"}\n\n'
GARBAGE = bytes(range(128, 256)) * 2
COMMENT = b": a comment\n\n"
BAD_CHUNK = b"no number\r\nof bytes\r\n"
LAST_CHUNK = b"0\r\n\r\n"
PAGE = b"<!doctype html>\n<html><head><title>Please sign in</title></head><body>Please sign in.</body></html>\n"
TICKS_PER_SECOND = 20
OVERLOADED = 529


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
    """The connection is closed after so many seconds, or when the client has left before."""

    after: float = 0.0


Step = Send | Raw | Wait | Stall | Reset | Close
LAST = (Stall, Reset, Close)
RESET, CLOSE = Reset(), Close()


class Plan(NamedTuple):
    """What happens instead of a plain answer.

    before   steps before the head; when one of them ends the connection, nothing else comes
    status   of the head; `headers` are those that differ from a plain answer's
    body     steps behind the head; the body ends well where they don't end the connection
    page     what comes in place of the answer, if so
    """

    before: list[Step]
    status: int
    headers: dict[bytes, bytes]
    body: list[Step]
    page: bytes | None = None


def planned(
    body: bytes, fault: Fault | None, wire: Wire, *, is_stream: bool, request_id: str
) -> Plan:
    """Plan the way of a body. Raises the 400 for a fault that can't happen in it."""
    kind = None if fault is None else fault.kind
    if kind == "html":
        body, is_stream = PAGE, False
    return Plan(
        list(_before(fault, wire)),
        200 if fault is None or fault.status is None or kind != "html" else fault.status,
        _headers(kind, wire, len(_dressed(body, wire, is_stream=is_stream))),
        _body(body, fault, wire, is_stream=is_stream, request_id=request_id),
        PAGE if kind == "html" else None,
    )


def _before(fault: Fault | None, wire: Wire) -> Iterator[Step]:
    if wire.delay:
        yield Wait(wire.delay)
    if fault is None or not fault.is_before:
        return
    if fault.kind == "garbage":
        yield Raw(GARBAGE)
    yield _last(fault, wire)


def _headers(kind: str | None, wire: Wire, size: int) -> dict[bytes, bytes]:
    found: dict[bytes, bytes] = {}
    if kind == "wrong_type":
        found[b"content-type"] = b"text/plain; charset=utf-8"
    elif kind == "html":
        found[b"content-type"] = b"text/html; charset=utf-8"
    elif kind == "length_too_large":
        found[b"content-length"] = b"%d" % (size + 1)
    elif kind == "length_too_small":
        found[b"content-length"] = b"%d" % (size // 2)
    # What is behind a short length must not be taken for the next answer: one fault is met by one request.
    if wire.slow_close is not None or kind == "length_too_small":
        found[b"connection"] = b"close"
    return found


def _body(
    body: bytes, fault: Fault | None, wire: Wire, *, is_stream: bool, request_id: str
) -> list[Step]:
    if fault is None or fault.is_before or fault.kind in ("wrong_type", "html"):
        return [*_shaped(body, wire, is_stream=is_stream), *_ended(wire)]
    if fault.kind in ("length_too_large", "length_too_small"):
        return [*_misjudged(body, fault, wire, is_stream=is_stream), _last(fault, wire)]
    place = _place(body, fault, is_stream=is_stream)
    steps = _shaped(body[:place], wire, is_stream=is_stream)
    if fault.kind in IN_STREAM:
        steps.append(Send(_event(fault, request_id)))
    if fault.kind in ("bad_json", "unknown_event"):
        steps += _shaped(body[place:], wire, is_stream=is_stream)
    elif fault.kind == "bad_chunk":
        return [*steps, Raw(BAD_CHUNK), _last(fault, wire)]
    elif fault.kind not in ("end", "error"):
        return [*steps, _last(fault, wire)]
    return [*steps, *_ended(wire)]


def _last(fault: Fault, wire: Wire) -> Step:
    if fault.kind == "stall":
        return Stall(fault.pings)
    return RESET if fault.kind == "reset" else _close(wire)


def _close(wire: Wire) -> Close:
    return Close(wire.slow_close or 0.0)


def _ended(wire: Wire) -> Iterable[Step]:
    """The end of a whole body: the ASGI server's own, or else by hand, for it would close at once."""
    return () if wire.slow_close is None else (Raw(LAST_CHUNK), _close(wire))


def _misjudged(body: bytes, fault: Fault, wire: Wire, *, is_stream: bool) -> Iterator[Step]:
    """A body that is longer or shorter than its content-length. What is too much goes past the framing."""
    whole = _dressed(body, wire, is_stream=is_stream)
    framed = len(whole) if fault.kind == "length_too_large" else len(whole) // 2
    yield from _pieces(whole[:framed], wire)
    for step in _pieces(whole[framed:], wire):
        yield Raw(step.data) if isinstance(step, Send) else step


def _place(body: bytes, fault: Fault, *, is_stream: bool) -> int:
    """Where in a body the fault happens."""
    if fault.byte is not None:
        if fault.byte < len(body):
            return fault.byte
        raise _impossible(fault, f"byte {fault.byte}", f"the body has {len(body)} bytes")
    if not is_stream:
        remedy = "give a `byte`, or ask for a stream"
        raise _impossible(fault, "an event", f"the answer is no stream: {remedy}")
    ends = list(_ends(body))
    event = fault.behind
    if event >= len(ends):
        raise _impossible(fault, f"event {event}", f"the stream has {len(ends)} events")
    return ends[event - 1] if event else 0


def _impossible(fault: Fault, where: str, why: str) -> ApiError:
    return invalid(f"The fault {fault.kind!r} behind {where} can't happen: {why}.")


def _ends(body: bytes) -> Iterator[int]:
    """Where each event of a stream ends."""
    end = 0
    while (start := body.find(b"\n\n", end)) >= 0:
        end = start + 2
        yield end


def _event(fault: Fault, request_id: str) -> bytes:
    if fault.kind != "error":
        return BAD_JSON if fault.kind == "bad_json" else UNKNOWN_EVENT
    status = fault.status or OVERLOADED
    error = ApiError(status, fault.message or MESSAGES.get(status, "The request failed"))
    return error_event(error, request_id)


def _shaped(body: bytes, wire: Wire, *, is_stream: bool) -> list[Step]:
    return list(_pieces(_dressed(body, wire, is_stream=is_stream), wire))


def _dressed(body: bytes, wire: Wire, *, is_stream: bool) -> bytes:
    if is_stream and wire.comments:
        body = b"\n\n".join(COMMENT + event if event else event for event in body.split(b"\n\n"))
    return body.replace(b"\n", b"\r\n") if is_stream and wire.crlf else body


def _pieces(body: bytes, wire: Wire) -> Iterator[Step]:
    size = wire.split or len(body) or 1
    if wire.bandwidth is not None:
        size = min(size, max(1, wire.bandwidth // TICKS_PER_SECOND))
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        yield Send(piece)
        if wire.bandwidth is not None:
            yield Wait(len(piece) / wire.bandwidth)
