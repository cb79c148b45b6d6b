"""The bytes of an event stream, read as strictly as the live API writes them.

event: content_block_stop
data: {"type":"content_block_stop","index":0   }

"""

from __future__ import annotations

import json
from typing import NamedTuple

from contracts.facts import FRAMES_RECORDED
from contracts.findings import Finding, Json, Rulebook, is_object

DOCS = "docs: Streaming messages"

FRAMING = Rulebook(
    {
        "frame.lf": FRAMES_RECORDED,
        "frame.utf-8": "WHATWG HTML: event streams",
        "frame.end": FRAMES_RECORDED,
        "frame.lines": FRAMES_RECORDED,
        "frame.json": DOCS,
        "frame.name": DOCS,
    }
)


class FramingError(ValueError):
    """The bytes are not frames as the live API writes them; `finding` says which frame and why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


class Frame(NamedTuple):
    """One server-sent event."""

    name: str
    data: Json


def frames(raw: bytes) -> list[Frame]:
    r"""Split a whole stream into frames of exactly `event: NAME\ndata: JSON\n\n`.

    Raises FramingError at the first byte that the live API would not send.
    """
    if b"\r" in raw:
        raise _misframed("frame.lf", 1, "a carriage return")
    try:
        *whole, rest = raw.decode().split("\n\n")
    except UnicodeDecodeError as error:
        raise _misframed("frame.utf-8", 1, str(error)) from error
    if rest:
        raise _misframed("frame.end", len(whole) + 1, "no blank line after the last frame")
    return [_frame(text, number) for number, text in enumerate(whole, 1)]


def _frame(text: str, number: int) -> Frame:
    lines = text.split("\n")
    prefixes = [line.partition(" ")[0] for line in lines]
    if prefixes != ["event:", "data:"]:
        raise _misframed("frame.lines", number, f"lines {prefixes}, not event: and data:")
    name, data = (line.partition(" ")[2] for line in lines)
    value = _parsed(data, number)
    if value.get("type") != name:
        raise _misframed("frame.name", number, f"event: {name}, but type {value.get('type')}")
    return Frame(name, value)


def _parsed(data: str, number: int) -> Json:
    try:
        value = json.loads(data)
    except ValueError as error:
        raise _misframed("frame.json", number, str(error)) from error
    if not is_object(value):
        raise _misframed("frame.json", number, "the data is no JSON object")
    return value


def _misframed(rule: str, number: int, text: str) -> FramingError:
    return FramingError(FRAMING.breach(rule, f"frame {number}", text))
