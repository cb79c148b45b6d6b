"""The suite's judgement of an answer: every way in which it differs from what the live API sends.

check_message(message, version)   a Message, as in a 200 to POST /v1/messages
check_stream(raw, version)        the bytes of a text/event-stream
check_error(body, status, headers)
has_request_id(body, status)      whether an error tells the id of its request

Each returns a list of findings; an empty one means that nothing is wrong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from contracts import facts
from contracts.answers import event_findings, joined, message_findings
from contracts.blame import blamed
from contracts.events import StreamGrammar
from contracts.facts import Keys
from contracts.findings import Finding, Json, Rulebook, is_object
from contracts.framing import FramingError, frames

ORACLE = Rulebook(
    {
        "schema": "anthropic SDK: types, as committed in contracts/schemas",
        "error.keys": facts.ERRORS_RECORDED,
        "error.order": facts.ERRORS_RECORDED,
        "error.type": facts.ERRORS_DOCUMENTED,
        "error.message": facts.ERRORS_DOCUMENTED,
        "error.request-id": facts.ERRORS_DOCUMENTED,
        "error.content-type": facts.ERRORS_RECORDED,
        "error.retry": facts.ERRORS_RECORDED,
        "error.rate-limit": facts.ERRORS_RECORDED,
        "error.organization": facts.ERRORS_RECORDED,
    }
)


def check_message(message: object, version: str, namespace: str = "stable") -> list[Finding]:
    """Judge a complete message."""
    findings = list(_schema(message, "", "message", version, namespace))
    return [*findings, *message_findings(message)] if is_object(message) else findings


def check_stream(raw: bytes, version: str, namespace: str = "stable") -> list[Finding]:
    """Judge a whole stream. Nothing is judged after an event that breaks the order; one of a new type is passed over."""
    try:
        events = [frame.data for frame in frames(raw)]
    except FramingError as error:
        return [error.finding]
    grammar = StreamGrammar()
    findings: list[Finding] = []
    for number, event in enumerate(events, 1):
        if breach := grammar.feed(event):
            findings.append(breach)
            if not breach.is_drift:
                return findings
            continue
        findings += _event(event, f"event {number}", version, namespace)
    end = grammar.finish()
    return [*findings, end] if end else findings


def check_error(body: object, status: int, headers: Mapping[str, str]) -> list[Finding]:
    """Judge an error answer. Header names may be in any case."""
    lower = {name.lower(): value for name, value in headers.items()}
    if not is_object(body):
        return [ORACLE.breach("error.keys", "", "the body is no JSON object")]
    types = {facts.ERROR_TYPES.get(status, "a documented status")}
    return [
        *_keyed(body, "", facts.ERROR),
        *_error_object(body.get("error"), "error", facts.ERROR_OBJECT, types),
        *_error_headers(body, status, lower),
    ]


def has_request_id(body: object, status: int) -> bool:
    """Whether an error tells the id of its request; some refusals of a key have a null and no header instead."""
    error = body.get("error") if is_object(body) else None
    message = error.get("message") if is_object(error) else None
    return status != HTTPStatus.UNAUTHORIZED or message not in facts.WITHOUT_REQUEST_ID


def _schema(value: object, at: str, name: str, version: str, namespace: str) -> Iterator[Finding]:
    for blame in blamed(value, name, version, namespace):
        path = joined(at, blame.path)
        yield ORACLE.breach("schema", path, blame.text, is_drift=blame.is_unknown)


def _event(event: Json, at: str, version: str, namespace: str) -> Iterator[Finding]:
    if event["type"] == "error":
        every = set(facts.ERROR_TYPES.values())
        yield from _error_object(event.get("error"), joined(at, "error"), facts.STREAM_ERROR, every)
        return
    if event["type"] != "ping":  # the SDK's types have neither of the two
        yield from _schema(event, at, "stream_event", version, namespace)
    yield from event_findings(event, at)


def _keyed(value: Json, at: str, keys: Keys) -> Iterator[Finding]:
    missing = keys.missing(value)
    if missing:
        yield ORACLE.breach("error.keys", at, f"no {', '.join(missing)}")
    if not keys.is_ordered(value):
        yield ORACLE.breach("error.order", at, f"keys come as {', '.join(value)}")


def _error_object(error: object, at: str, keys: Keys, types: set[str]) -> Iterator[Finding]:
    if not is_object(error):
        yield ORACLE.breach("error.keys", at, "no JSON object")
        return
    yield from _keyed(error, at, keys)
    if error.get("type") not in types:
        text = f"{error.get('type')}, not {' or '.join(sorted(types))}"
        yield ORACLE.breach("error.type", joined(at, "type"), text)
    if not error.get("message") or not isinstance(error["message"], str):
        yield ORACLE.breach("error.message", joined(at, "message"), "no text")


def _error_headers(body: Json, status: int, headers: Mapping[str, str]) -> Iterator[Finding]:
    request_id = headers.get("request-id")
    is_there = _is_request_id(request_id or "")
    if body.get("request_id") != request_id or is_there != has_request_id(body, status):
        text = f"{body.get('request_id')} in the body, {request_id or 'none'} in the header"
        yield ORACLE.breach("error.request-id", "request_id", text)
    if headers.get("content-type") != "application/json":
        text = f"{headers.get('content-type')}, not application/json"
        yield ORACLE.breach("error.content-type", "content-type", text)
    if status in facts.ERRORS_WITH_HEADERS:
        yield from _recorded_headers(status, headers)


def _is_request_id(value: str) -> bool:
    return re.fullmatch(f"req_{facts.ID_BODY}", value) is not None


def _recorded_headers(status: int, headers: Mapping[str, str]) -> Iterator[Finding]:
    retry = headers.get("x-should-retry")
    if retry != "false":
        yield ORACLE.breach("error.retry", "x-should-retry", f"{retry}, not false")
    limits = sorted(name for name in headers if name.startswith("anthropic-ratelimit-"))
    if limits:
        yield ORACLE.breach("error.rate-limit", limits[0], "an error has no rate-limit headers")
    if ("anthropic-organization-id" in headers) == (status == HTTPStatus.UNAUTHORIZED):
        text = f"wrong to be there or missing with status {status}"
        yield ORACLE.breach("error.organization", "anthropic-organization-id", text)
