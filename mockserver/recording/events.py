"""A stream as it comes from an upstream: cut into events with their times, nothing changed, but secrets taken out.

A secret may come in pieces, one in each delta: what is told in deltas is therefore also looked at as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import orjson

from mockserver.redaction import REMOVED, Cleaner
from mockserver.scripts.model import is_object

FIELDS = ("text", "partial_json", "thinking")
_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_DATA = re.compile(r"^(data: ?)(.*)$", re.MULTILINE)


class Piece(NamedTuple):
    """An event with its blank line, or what stood behind the last one, and when it was there, in seconds."""

    seconds: float
    raw: bytes


class Events:
    """Bytes -> events."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self._rest = bytearray()

    def feed(self, data: bytes, seconds: float) -> None:
        """Take bytes that came at a time."""
        searched = max(0, len(self._rest) - 3)
        self._rest += data
        end = 0
        for match in _END.finditer(self._rest, searched):
            self.pieces.append(Piece(seconds, bytes(self._rest[end : match.end()])))
            end = match.end()
        del self._rest[:end]

    def close(self, seconds: float) -> list[Piece]:
        """All pieces; the last one is what was left without an end."""
        if self._rest:
            self.pieces.append(Piece(seconds, bytes(self._rest)))
            self._rest.clear()
        return self.pieces


def cleaned(pieces: list[Piece], cleaner: Cleaner) -> list[tuple[float, str]]:
    """Milliseconds and texts without secrets. Raises UnicodeDecodeError for what is not UTF-8."""
    texts = [piece.raw.decode() for piece in pieces]
    deltas = [_delta(text) for text in texts]
    for key in {delta.key for delta in deltas if delta is not None}:
        mine = {n: delta for n, delta in enumerate(deltas) if delta and delta.key == key}
        for number, said in _mended(mine, cleaner):
            texts[number] = _with(texts[number], mine[number], said)
    times = (round(piece.seconds * 1000, 3) for piece in pieces)
    return list(zip(times, map(cleaner.text, texts), strict=True))


class _Delta(NamedTuple):
    event: dict[str, Any]
    key: tuple[Any, str]
    said: str


def _delta(text: str) -> _Delta | None:
    found = _DATA.search(text)
    if found is None or "content_block_delta" not in found[2]:
        return None
    try:
        event = orjson.loads(found[2])
    except orjson.JSONDecodeError:
        return None
    delta: Any = event.get("delta") if is_object(event) else None
    field = next((f for f in FIELDS if f in delta), None) if is_object(delta) else None
    if field is None or not isinstance(delta[field], str):
        return None
    return _Delta(event, (event.get("index"), field), delta[field])


def _mended(deltas: dict[int, _Delta], cleaner: Cleaner) -> Iterator[tuple[int, str]]:
    """The deltas of one text over which a secret stretches, with what they say without it."""
    spans = list(cleaner.spans("".join(delta.said for delta in deltas.values())))
    if not spans:
        return
    begin = 0
    for number, delta in deltas.items():
        kept: list[str] = []
        position, end = begin, begin + len(delta.said)
        for start, stop in spans:
            if stop <= begin or start >= end:
                continue
            kept += (
                delta.said[position - begin : max(start, begin) - begin],
                REMOVED * (start >= begin),
            )
            position = min(stop, end)
        said = "".join((*kept, delta.said[position - begin :]))
        begin = end
        if said != delta.said:
            yield number, said


def _with(text: str, delta: _Delta, said: str) -> str:
    event = {**delta.event, "delta": {**delta.event["delta"], delta.key[1]: said}}
    data = orjson.dumps(event).decode()
    return _DATA.sub(lambda match: match[1] + data, text, count=1)
