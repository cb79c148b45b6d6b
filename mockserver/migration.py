"""Requests of the past under another API version or model: which the contract would now refuse, and what changes.

A file holds a journal's export (`GET /_mock/requests`), an array, or one JSON value a line; each value is a record
with `body`, and perhaps `path` and `headers`, or a cassette's exchange, or a bare request body.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mockserver.refusals import place_of
from mockserver.scripts.model import Json, is_list, is_object

ENDPOINTS = ("/v1/messages", "/v1/messages/count_tokens")
OLDEST = "2023-06-01"
OK = 200

# Sends a request to the mock: path, headers, body. Returns status, headers, and the answer as JSON.
Ask = Callable[[str, Mapping[str, str], Json], tuple[int, Mapping[str, str], Json]]


class RecordingError(Exception):
    """A file of requests that can't be read; the message names the place and the remedy."""


class Past(NamedTuple):
    """A request of the past. `place` says where in the file it is."""

    place: str
    path: str
    headers: Mapping[str, str]
    body: Json


class Target(NamedTuple):
    """What requests are moved from and to; None leaves what they have."""

    version: str | None = None
    to_version: str | None = None
    to_model: str | None = None


class Finding(NamedTuple):
    """One request that is no longer what it was: `what` is a rule's id, or what of the answer changes."""

    what: str
    place: str
    text: str
    is_refusal: bool = False


class Report(NamedTuple):
    """All findings, how many requests were looked at, and how many were refused before already."""

    findings: list[Finding]
    requests: int
    refused_before: int


def past_requests(path: Path, model: str | None = None) -> list[Past]:
    """The requests to the Messages API in a file, to one model or to all. Raises RecordingError, also for none."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordingError(f"{path}: can't be read: {error}") from error
    found = [past for place, value in _values(path, text) if (past := _past(place, value))]
    if not found:
        raise RecordingError(f"{path}: no request to {' or '.join(ENDPOINTS)} is in it")
    return found if model is None else _to_model(path, found, model)


def _to_model(path: Path, requests: list[Past], model: str) -> list[Past]:
    """Those to one model. With none there would be nothing to find, and all would look well."""
    found = [past for past in requests if past.body.get("model") == model]
    if not found:
        asked = ", ".join(sorted({str(past.body.get("model")) for past in requests}))
        raise RecordingError(f"{path}: no request to the model {model} is in it, but to {asked}")
    return found


def _values(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    try:
        whole: Any = json.loads(text)
    except ValueError:
        yield from _lines(path, text)
        return
    values: Any = whole.get("requests", [whole]) if is_object(whole) else whole
    for number, value in enumerate(values if is_list(values) else [values], 1):
        yield f"{path}: request {number}", value


def _lines(path: Path, text: str) -> Iterator[tuple[str, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield f"{path}:{number}", json.loads(line)
        except ValueError as error:
            raise RecordingError(
                f"{path}:{number}: {error}; give a journal's export, or one JSON value a line"
            ) from error


def _past(place: str, value: Any) -> Past | None:
    """The request of a record; None for those to other endpoints, and without a body."""
    record: Json = value if is_object(value) and "messages" not in value else {"body": value}
    record = record["request"] if is_object(record.get("request")) else record
    body, given = record.get("body", record.get("json")), record.get("headers")
    path = str(record.get("path", ENDPOINTS[0])).partition("?")[0]
    if not is_object(body) or path not in ENDPOINTS:
        return None
    headers: Json = given if is_object(given) else {}
    return Past(place, path, {k.lower(): str(v) for k, v in headers.items()}, body)


def migrated(requests: list[Past], target: Target, ask: Ask) -> Report:
    """Ask the mock for each request as it was and as it would be."""
    findings: list[Finding] = []
    refused = 0
    for past in requests:
        version = target.version or past.headers.get("anthropic-version", OLDEST)
        before = _asked(past, version, past.body, ask)
        if before[0] != OK:
            refused += 1
            continue
        model = {} if target.to_model is None else {"model": target.to_model}
        after = _asked(past, target.to_version or version, {**past.body, **model}, ask)
        findings += _findings(past, before[2], after)
    return Report(findings, len(requests), refused)


def _asked(past: Past, version: str, body: Json, ask: Ask) -> tuple[int, Mapping[str, str], Json]:
    beta = past.headers.get("anthropic-beta")
    headers = {"anthropic-version": version, **({"anthropic-beta": beta} if beta else {})}
    # A stream says the same as a message.
    return ask(past.path, headers, {k: v for k, v in body.items() if k != "stream"})


def _findings(
    past: Past, before: Json, after: tuple[int, Mapping[str, str], Json]
) -> Iterator[Finding]:
    status, headers, answer = after
    if status != OK:
        message = str(answer["error"]["message"])
        where = f"{past.place}, {place_of(message) or 'the request'}"
        yield Finding(headers.get("x-mock-rule", str(status)), where, message, is_refusal=True)
        return
    for what, old, new in differences(before, answer):
        yield Finding(what, past.place, f"{old} -> {new}")


def differences(before: Json, after: Json) -> Iterator[tuple[str, str, str]]:
    """What a client sees of a move: tokens, members, and kinds of blocks. Texts are the mock's own."""
    old, new = before.get("usage", before), after.get("usage", after)
    if old["input_tokens"] != new["input_tokens"]:
        yield "input tokens", str(old["input_tokens"]), str(new["input_tokens"])
    for name, first, second in (("members", before, after), ("members of usage", old, new)):
        if first.keys() != second.keys():
            yield name, _listed(first.keys() - second.keys()), _listed(second.keys() - first.keys())
    kinds = [sorted({b["type"] for b in each.get("content", ())}) for each in (before, after)]
    if kinds[0] != kinds[1]:
        yield "blocks", _listed(kinds[0]), _listed(kinds[1])


def _listed(names: Any) -> str:
    return ", ".join(sorted(names)) or "none"
