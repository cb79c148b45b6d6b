"""One line of a cassette: an exchange as it is written and read.

    {"at": "2026-11-24T09:30:00Z",
     "request":  {"method": "POST", "path": "/v1/messages", "headers": {}, "json": {}},
     "response": {"status": 200, "headers": {}, "ms": 812.5, "json": {}}}

A request has its body as `json` or `text`, or `omitted` says what it was. A response has `json` (to the byte as
it came), `text`, `base64`, or `events`: pairs of milliseconds since the request and the event as it came.
`ended` is there when the exchange did not end as it should have; such a line is not replayed.
"""

from __future__ import annotations

import base64
import binascii
import glob
import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import msgspec
import orjson

from mockserver.cassettes import CassetteError as CassetteError  # noqa: PLC0414 # for its readers

log = logging.getLogger("mockserver")

COMPLETE = "complete"
DAY_FIRST = "^([0-9]{4}-[0-9]{2}-[0-9]{2}|$)"  # drift asks on the day of the recording
EVENTS_STATUS = 200
NOTHING = msgspec.Raw()


class Event(NamedTuple):
    """A server-sent event as it came, blank line included, and after how many seconds."""

    seconds: float
    text: str


class Asked(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The request of a line."""

    method: str
    path: str
    headers: dict[str, str] = {}
    json: msgspec.Raw = NOTHING
    text: str | None = None
    omitted: str | None = None


class Answered(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """The response of a line."""

    status: Annotated[int, msgspec.Meta(ge=200, le=599)]
    headers: dict[str, str] = {}
    ms: Annotated[float, msgspec.Meta(ge=0)] = 0.0
    json: msgspec.Raw = NOTHING
    text: str | None = None
    base64: str | None = None
    events: list[tuple[Annotated[float, msgspec.Meta(ge=0)], str]] | None = None


class Line(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A line as it is written."""

    request: Asked
    response: Answered
    at: Annotated[str, msgspec.Meta(pattern=DAY_FIRST)] = ""
    ended: str = COMPLETE


class Recording(NamedTuple):
    """A recorded exchange. `place` is file:line, `body` the response's bytes, of a stream too; `asked` is the
    request's JSON body, None where it had another or none; `at` is when the request came.
    """

    place: str
    method: str
    path: str
    request_headers: dict[str, str]
    asked: Any
    status: int
    headers: dict[str, str]
    body: bytes
    events: tuple[Event, ...]
    seconds: float
    at: str

    @property
    def is_stream(self) -> bool:
        return bool(self.events)


def load(patterns: Iterable[str]) -> list[Recording]:
    """The recordings of files, each named or meant by a pattern (`tests/*.jsonl`). Raises CassetteError."""
    files = list(_files(patterns))
    found = [recording for path in files for recording in read(path)]
    if not found:
        # Else nothing would be compared, and every request refused.
        names = ", ".join(map(str, files))
        raise CassetteError(f"{names}: no whole exchange is in it; record one first")
    return found


def _files(patterns: Iterable[str]) -> Iterator[Path]:
    for pattern in patterns:
        found = [pattern] if Path(pattern).exists() else sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 # patterns may be absolute
        if not found:
            raise CassetteError(
                f"{pattern}: there is no such file; `messages-mock record --out {pattern}` makes one"
            )
        yield from map(Path, found)


def read(path: Path) -> list[Recording]:
    """The whole exchanges of a file. Raises CassetteError."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise CassetteError(f"{path}: can't be read: {error.strerror or error}") from error
    *lines, rest = raw.split(b"\n")
    found = [_read(f"{path.name}:{n}", f"{path}:{n}", line) for n, line in _numbered(lines)]
    if rest.strip():
        found.append(_last(path, len(lines) + 1, rest))
    whole = [each for each in found if each is not None]
    if len(whole) < len(found):
        log.warning("%s: %d exchanges did not end, and are left out", path, len(found) - len(whole))
    return whole


def is_cassette(first: bytes) -> bool:
    """Whether a file with this first line, line end included, is a cassette, perhaps with nothing but a cut line."""
    try:
        msgspec.json.decode(first, type=Line)
    except msgspec.ValidationError:
        return False
    except (msgspec.DecodeError, UnicodeDecodeError):
        return not first or (first.startswith(b"{") and not first.endswith(b"\n"))
    return True


def _numbered(lines: Sequence[bytes]) -> Iterator[tuple[int, bytes]]:
    return ((number, line) for number, line in enumerate(lines, 1) if line.strip())


def _last(path: Path, number: int, rest: bytes) -> Recording | None:
    """What stands behind the last line end: whole, or cut when the writer was killed."""
    try:
        orjson.loads(rest)
    except orjson.JSONDecodeError:
        log.warning("%s:%d: the last line is cut off, and is left out", path, number)
        return None
    return _read(f"{path.name}:{number}", f"{path}:{number}", rest)


def _read(place: str, shown: str, line: bytes) -> Recording | None:
    try:
        found = msgspec.json.decode(line, type=Line)
        return _recording(place, found) if found.ended == COMPLETE else None
    except msgspec.ValidationError as error:
        raise CassetteError(
            f"{shown}: {error}; correct the line or delete it: it was not written by `messages-mock record`"
        ) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise CassetteError(
            f"{shown}: not JSON ({error}); a line that was cut off can only be deleted"
        ) from error
    except _FaultyError as error:
        raise CassetteError(f"{shown}: {error}") from error


class _FaultyError(Exception):
    """What is wrong with a line, without its place."""


def _recording(place: str, line: Line) -> Recording:
    asked, answered = line.request, line.response
    body = _body(answered)
    events = tuple(Event(ms / 1000, text) for ms, text in answered.events or ())
    if events and answered.status != EVENTS_STATUS:
        raise _FaultyError("response.events: only a response with status 200 is a stream; use text")
    return Recording(
        place,
        asked.method.upper(),
        asked.path,
        asked.headers,
        orjson.loads(bytes(asked.json)) if bytes(asked.json) else None,
        answered.status,
        {name.lower(): value for name, value in answered.headers.items()},
        body,
        events,
        answered.ms / 1000,
        line.at,
    )


def _body(answered: Answered) -> bytes:
    bodies: list[bytes] = []
    if bytes(answered.json):
        bodies.append(bytes(answered.json))
    if answered.text is not None:
        bodies.append(answered.text.encode())
    if answered.base64 is not None:
        bodies.append(_decoded(answered.base64))
    if answered.events is not None:
        bodies.append("".join(text for _, text in answered.events).encode())
    if len(bodies) != 1:
        raise _FaultyError(
            f"response: has {len(bodies)} bodies; give one of json, text, base64 and events"
        )
    return bodies[0]


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise _FaultyError(f"response.base64: {error}; encode the body again") from error
