"""An exchange -> the line of a cassette, without its secrets."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from mockserver.cassettes.model import COMPLETE
from mockserver.recording.events import Piece, cleaned
from mockserver.redaction import Cleaner, credentials, secrets_in

# What an answer's reader may need; the rest is the edge's and says who recorded.
KEPT = ("content-type", "request-id", "retry-after", "retry-after-ms", "x-should-retry")
KEPT_PREFIXES = ("anthropic-", "x-mock-")
# Who recorded; the header itself is a part of the answer.
ACCOUNT = {
    "anthropic-organization-id": "00000000-0000-0000-0000-000000000000",
    "anthropic-workspace-id": "wrkspc_000000000000000000000000",
}


class Passed(NamedTuple):
    """What passed through the proxy; header names are in lower case, `seconds` is when the head was there."""

    at: float
    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes
    status: int
    answered: Mapping[str, str]
    answer: bytes | list[Piece]
    seconds: float
    ended: str = COMPLETE


def line(passed: Passed, cleaner: Cleaner) -> bytes:
    """The line, without its end."""
    cleaner.learn(credentials(passed.headers))
    asked = _asked(passed, cleaner)
    at = dt.datetime.fromtimestamp(passed.at, dt.timezone.utc)
    shown: dict[str, Any] = {
        "at": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "request": {
            "method": passed.method,
            "path": cleaner.path(passed.target),
            "headers": cleaner.headers(passed.headers),
            **asked,
        },
        "response": {
            "status": passed.status,
            "headers": _kept(passed.answered, cleaner),
            "ms": round(passed.seconds * 1000, 3),
            **_answered(passed, cleaner),
        },
    }
    if passed.ended != COMPLETE:
        shown["ended"] = passed.ended
    return orjson.dumps(shown)


def _asked(passed: Passed, cleaner: Cleaner) -> dict[str, Any]:
    if not passed.body:
        return {}
    try:
        value = orjson.loads(passed.body)
    except orjson.JSONDecodeError:
        kind = passed.headers.get("content-type", "no content-type").partition(";")[0]
        return {"omitted": f"{kind}, {len(passed.body)} bytes"}
    cleaner.learn(secrets_in(value))
    return {"json": cleaner.value(value)}


def _kept(headers: Mapping[str, str], cleaner: Cleaner) -> dict[str, str]:
    return {
        name: ACCOUNT.get(name, cleaner.text(value))
        for name, value in headers.items()
        if name in KEPT or name.startswith(KEPT_PREFIXES)
    }


def _answered(passed: Passed, cleaner: Cleaner) -> dict[str, Any]:
    if isinstance(passed.answer, list):
        try:
            return {"events": cleaned(passed.answer, cleaner)}
        except UnicodeDecodeError:
            return _plain(b"".join(piece.raw for piece in passed.answer), cleaner)
    try:
        value = orjson.loads(passed.answer)
    except orjson.JSONDecodeError:
        return _plain(passed.answer, cleaner)
    without = cleaner.value(value)
    if without is not value:
        return {"json": without}
    # As it came, where that fits in a line.
    is_one_line = b"\n" not in passed.answer and b"\r" not in passed.answer
    return (
        {"json": orjson.Fragment(passed.answer)} if is_one_line else _plain(passed.answer, cleaner)
    )


def _plain(body: bytes, cleaner: Cleaner) -> dict[str, Any]:
    try:
        return {"text": cleaner.text(body.decode())}
    except UnicodeDecodeError:
        clean = cleaner.text(body.decode("latin-1")).encode("latin-1")
        return {"base64": base64.b64encode(clean).decode()}
