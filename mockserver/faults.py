"""What can go wrong with a response after its request was understood, and how the bytes of one may travel.

before the first byte
  reset             the connection is reset (RST)
  empty             the connection is closed
  stall             nothing comes until the client leaves
  garbage           bytes that are no HTTP response, then the end
in the head
  wrong_type        the answer as it is, but its content-type is text/plain
  length_too_large  content-length promises a byte that never comes
  length_too_small  content-length ends in the middle of the body, whose rest comes all the same
  html              a page of HTML in place of the answer, as a proxy or a portal sends it
in a body, behind `event` events of a stream or `byte` bytes of any answer
  reset, stall      as above
  cut               the connection is closed, without the end that the framing promises
  end               the body ends whole as far as HTTP sees, but early: no message_stop
  bad_chunk         a chunk whose size is no number (streams only)
in a stream, between two events
  error             an `error` event, and the end
  bad_json          an event whose data is not JSON; the stream goes on
  unknown_event     an event of a type that nobody knows; the stream goes on

A stall may send pings. A `Wire` says when and in which pieces the bytes come, and leaves their meaning alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

BEFORE = ("reset", "empty", "stall", "garbage")
IN_HEAD = ("wrong_type", "length_too_large", "length_too_small", "html")
IN_BODY = ("reset", "stall", "cut", "end", "bad_chunk")
IN_STREAM = ("error", "bad_json", "unknown_event")
HARMLESS = ("wrong_type", "unknown_event")  # the answer is whole all the same
FIRST = 1  # the event behind which it happens where nothing says which
KINDS = tuple(dict.fromkeys((*BEFORE, *IN_HEAD, *IN_BODY, *IN_STREAM)))


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that goes wrong, and where. Without `event` and `byte`: before the first byte if it can be there.

    pings    seconds between the pings of a stall
    status   of an `error` event, whose type and words it decides (529 without it), or of a page of HTML (200)
    message  the words of an `error` event
    """

    kind: str
    event: int | None = None
    byte: int | None = None
    pings: float | None = None
    status: int | None = None
    message: str | None = None

    @property
    def is_before(self) -> bool:
        """Whether it happens before the first byte of the response."""
        return self.event is None and self.byte is None and self.kind in BEFORE

    @property
    def behind(self) -> int:
        """The number of events that come before it, where no byte says when it happens."""
        return FIRST if self.event is None else self.event

    def __str__(self) -> str:
        if self.byte is not None:
            return f"{self.kind} at byte {self.byte}"
        if self.kind in IN_HEAD:
            return f"{self.kind} in the head"
        return f"{self.kind} " + (
            "before the first byte" if self.is_before else f"at event {self.behind}"
        )


@dataclass(frozen=True, slots=True)
class Wire:
    """How the bytes of an answer travel.

    delay       seconds before the first byte
    jitter      by what share the delay varies, from answer to answer: at 1 from nothing to twice as much
    split       the body comes in pieces of so many bytes
    crlf        lines of a stream end in CRLF
    comments    a comment stands before each event of a stream
    bandwidth   bytes a second
    slow_close  the connection is closed, so many seconds after the last byte
    """

    delay: float = 0.0
    jitter: float = 0.0
    split: int | None = None
    crlf: bool = False
    comments: bool = False
    bandwidth: int | None = None
    slow_close: float | None = None


PLAIN = Wire()


def problem(fault: Fault) -> str | None:
    """Why a fault can't be meant, if so."""
    return next((text for is_wrong, text in _checks(fault) if is_wrong), None)


def _checks(fault: Fault) -> Iterator[tuple[bool, str]]:
    kind, at_event, at_byte = fault.kind, fault.event is not None, fault.byte is not None
    placed = at_event or at_byte
    where = "in the head" if kind in IN_HEAD else "before the first byte"
    yield at_event and at_byte, "give `event` or `byte`, not both"
    yield (
        placed and kind not in (*IN_BODY, *IN_STREAM),
        f"{kind!r} happens {where}: leave out `event` and `byte`",
    )
    yield (
        at_byte and kind in IN_STREAM,
        f"{kind!r} happens between events: give `event` instead of `byte`",
    )
    yield (
        fault.pings is not None and not (placed and kind == "stall"),
        "`pings` go with a stall behind an `event` or a `byte`",
    )
    yield (
        fault.status is not None and kind not in ("error", "html"),
        "`status` goes with the kinds 'error' and 'html'",
    )
    yield fault.message is not None and kind != "error", "`message` goes with the kind 'error'"
