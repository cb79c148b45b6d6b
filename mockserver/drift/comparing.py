"""What the mock says to a recorded request beside what was recorded.

verdict   status and type of the error
text      message of the error, ids and numbers masked
shape     keys of the message, of its usage, and of each kind of event; the order of a stream's events
tokens    input tokens, as the relative error of the mock's
oracle    what the contract's oracle finds in the recording itself, where asked for

What a model says is not compared, nor what hangs on an account or on chance: answers with 401, 403, 429 or
a status from 500 on, and requests that go on from what only the API has (files, batches, threads, containers).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import orjson

from contracts.suite.transports import InProcess, Received, Sent
from mockserver.app import create_app
from mockserver.cassettes.assembling import assembled, events
from mockserver.cassettes.model import Recording
from mockserver.scripts.model import is_object
from mockserver.settings import Settings

KINDS = ("verdict", "text", "shape", "tokens", "oracle")
PATHS = ("/v1/messages", "/v1/messages/count_tokens")
KEY = "sk-ant-mock-drift"
ACCOUNT = (401, 403, 429)
SERVER_ERROR = 500
# Of the connection that was recorded, not of the request.
NOT_SENT = (
    "host",
    "content-length",
    "content-encoding",
    "transfer-encoding",
    "connection",
    "origin",
)
_ID = re.compile(
    r"\b(req|msg|toolu|srvtoolu|mcptoolu|file|msgbatch|container|wrkspc)_\w+|[0-9a-f]{8}-[0-9a-f-]{27}"
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_KEPT_ELSEWHERE = re.compile(rb'"(?:file_id|thread|container)":\s*["{]')
Json = dict[str, Any]


class Difference(NamedTuple):
    """One thing in which the mock differs from a recording."""

    place: str
    kind: str
    recorded: str
    mock: str


class Outcome(NamedTuple):
    """What came of a recording: what was compared, the differences, and the error of the tokens where there are any."""

    place: str
    kinds: tuple[str, ...]
    differences: tuple[Difference, ...]
    token_error: float | None = None

    @property
    def is_compared(self) -> bool:
        return bool(self.kinds)


class Answer(NamedTuple):
    """An answer as it is compared: `value` is the message, the error or the count."""

    status: int
    value: Json
    told: tuple[Json, ...]


def compared(
    recordings: Iterable[Recording], settings: Settings, *, with_oracle: bool = False
) -> Iterator[Outcome]:
    """Ask the mock what was asked and compare. Raises what `create_app` does."""
    mock = InProcess(create_app(settings))
    try:
        for recording in recordings:
            yield _outcome(recording, mock, with_oracle=with_oracle)
    finally:
        mock.close()


def _outcome(recording: Recording, mock: InProcess, *, with_oracle: bool) -> Outcome:
    found: list[Difference] = []
    kinds: list[str] = []
    error = None
    if is_comparable(recording):
        kinds += "verdict", "text", "shape"
        recorded = _answer(recording.status, recording.body)
        now = _now(recording, mock)
        found += _differences(recording.place, recorded, now)
        error = _token_error(recorded.value, now.value)
        if error is not None:
            kinds.append("tokens")
    if with_oracle:
        from mockserver.drift.judging import findings  # noqa: PLC0415 # needs jsonschema

        kinds.append("oracle")
        found += (Difference(recording.place, "oracle", each, "-") for each in findings(recording))
    return Outcome(recording.place, tuple(kinds), tuple(found), error)


def is_comparable(recording: Recording) -> bool:
    """Whether the mock can know what the API knew."""
    is_own = recording.status in ACCOUNT or recording.status >= SERVER_ERROR
    path = recording.path.partition("?")[0]
    is_read = recording.method == "POST" and path in PATHS and is_object(recording.asked)
    return is_read and not is_own and not _KEPT_ELSEWHERE.search(orjson.dumps(recording.asked))


def _now(recording: Recording, mock: InProcess) -> Answer:
    """What the mock answers, on the day of the recording."""
    headers = {n: v for n, v in recording.request_headers.items() if n not in NOT_SENT}
    headers["x-api-key"] = KEY
    if recording.at:
        headers["x-mock-now"] = recording.at[:10]
    sent = Sent(recording.method, recording.path, headers, orjson.dumps(recording.asked))
    received: Received = mock(sent)
    return _answer(received.status, received.body)


def _answer(status: int, body: bytes) -> Answer:
    try:
        value: Any = orjson.loads(body)
        told: tuple[Json, ...] = ()
    except orjson.JSONDecodeError:
        told = tuple(events(re.split(r"\r?\n\r?\n", body.decode("utf-8", "replace"))))
        value = assembled(told)
    return Answer(status, value if is_object(value) else {}, told)


def _differences(place: str, recorded: Answer, now: Answer) -> Iterator[Difference]:
    for kind, look in (("verdict", _verdict), ("text", _text)):
        if look(recorded) != look(now):
            yield Difference(place, kind, look(recorded), look(now))
    if _verdict(recorded) == _verdict(now):
        before, after = dict(_shapes(recorded)), dict(_shapes(now))
        for name in sorted(before.keys() & after.keys()):
            if before[name] != after[name]:
                yield Difference(place, "shape", *_apart(name, before[name], after[name]))


def _error(answer: Answer) -> Json:
    error = answer.value.get("error")
    return error if is_object(error) else {}


def _verdict(answer: Answer) -> str:
    return f"{answer.status} {_error(answer).get('type', '')}".strip()


def _text(answer: Answer) -> str:
    return _NUMBER.sub("N", _ID.sub("ID", str(_error(answer).get("message", ""))))


def _shapes(answer: Answer) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names of what has a shape, and the shapes: sorted keys, or the order of events."""
    yield "keys", _keys(answer.value)
    usage = answer.value.get("usage")
    if is_object(usage):
        yield "usage", _keys(usage)
        for name, inner in usage.items():
            if is_object(inner):
                yield f"usage.{name}", _keys(inner)
    if answer.told:
        yield "events", tuple(_order(answer.told))
    for event in answer.told:
        kind = str(event.get("type"))
        yield kind, _keys(event)
        for name in ("delta", "message", "content_block"):
            inner = event.get(name)
            if is_object(inner):
                yield f"{kind}.{inner.get('type', name)}", _keys(inner)


def _keys(value: Json) -> tuple[str, ...]:
    return tuple(sorted(value))


def _order(told: Iterable[Json]) -> Iterator[str]:
    """The kinds of events, without pings and repetitions: how many blocks there are is what a model says."""
    last = ""
    for event in told:
        kind = str(event.get("type"))
        kind = "content_blocks" if kind.startswith("content_block_") else kind
        if kind not in ("ping", last):
            yield kind
            last = kind


def _apart(name: str, recorded: tuple[str, ...], now: tuple[str, ...]) -> tuple[str, str]:
    """What one has and the other has not, or both where only the order differs."""
    only = [n for n in recorded if n not in now], [n for n in now if n not in recorded]
    left, right = only if any(only) else (list(recorded), list(now))
    return f"{name}: {', '.join(left) or '-'}", f"{name}: {', '.join(right) or '-'}"


def _token_error(recorded: Json, now: Json) -> float | None:
    before, after = _tokens(recorded), _tokens(now)
    return None if not before or not after else after / before - 1


def _tokens(value: Json) -> int:
    usage = value.get("usage")
    counts = usage if is_object(usage) else value
    names = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    return sum(counts[name] for name in names if isinstance(counts.get(name), int))
