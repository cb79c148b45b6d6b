"""Which error wins when a request has two: the order is part of the contract.

size or host, path, key, version, beta, content type, JSON, shape, model, rules
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from types import MappingProxyType
from typing import NamedTuple

import pytest

from tests.wire import raw

MESSAGES = "/v1/messages"
GOOD = {
    "host": "127.0.0.1",
    "x-api-key": "sk-ant-raw",
    "anthropic-version": "2023-06-01",
    "content-type": "application/json",
}
MODEL = b'"model":"claude-opus-5"'
PREFILL = b'{%b,"max_tokens":9%b,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}'


class Fault(NamedTuple):
    """One thing that is wrong with a request, and what the server says of it."""

    name: str
    status: int
    message: str
    headers: Mapping[str, str | None] = MappingProxyType({})
    path: str = MESSAGES
    in_body: bool = False


FAULTS = [
    Fault("host", 403, "Host: 'evil.example'", {"host": "evil.example"}),
    Fault("path", 404, "Not Found", path="/v1/nothing"),
    Fault("key", 401, "x-api-key header is required", {"x-api-key": None}),
    Fault("version", 400, "anthropic-version: header is required", {"anthropic-version": None}),
    Fault("beta", 400, "Unexpected value(s) `no-such-beta`", {"anthropic-beta": "no-such-beta"}),
    Fault(
        "content-type",
        400,
        "content-type: must be application/json",
        {"content-type": "text/plain"},
    ),
    Fault("json", 400, "The request body is not valid JSON", in_body=True),
    Fault("shape", 400, "surplus: Extra inputs are not permitted", in_body=True),
    Fault("model", 404, "model: claude-nothing", in_body=True),
    Fault("rules", 400, "This model does not support assistant message prefill", in_body=True),
]


def request(*faults: Fault) -> bytes:
    """A request with faults."""
    headers: dict[str, str | None] = dict(GOOD)
    for fault in faults:
        headers.update(fault.headers)
    path = next((fault.path for fault in faults if fault.path != MESSAGES), MESSAGES)
    body = _body({fault.name for fault in faults})
    lines = [f"{name}: {value}" for name, value in headers.items() if value is not None]
    head = [f"POST {path} HTTP/1.1", *lines, f"content-length: {len(body)}", "", ""]
    return "\r\n".join(head).encode() + body


def _body(names: set[str]) -> bytes:
    model = b'"model":"claude-nothing"' if "model" in names else MODEL
    body = PREFILL % (model, b',"surplus":1' if "shape" in names else b"")
    if "rules" not in names:
        body = body.replace(b',{"role":"assistant","content":"b"}', b"")
    return body[:-1] if "json" in names else body


def test_a_request_without_faults_is_answered(port: int) -> None:
    assert raw.only(port, request()).status == 200


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_each_fault_alone_is_refused(port: int, fault: Fault) -> None:
    status, _, message = raw.only(port, request(fault)).error
    assert status == fault.status
    assert message.startswith(fault.message)


@pytest.mark.parametrize(
    ("first", "second"),
    [pytest.param(a, b, id=f"{a.name}_before_{b.name}") for a, b in combinations(FAULTS, 2)],
)
def test_the_earlier_of_two_faults_wins(port: int, first: Fault, second: Fault) -> None:
    status, _, message = raw.only(port, request(first, second)).error
    assert status == first.status
    assert message.startswith(first.message)


@pytest.mark.parametrize("fault", [f for f in FAULTS if f.in_body], ids=lambda fault: fault.name)
def test_a_stream_that_fails_is_refused_in_json(port: int, fault: Fault) -> None:
    asked = (
        request(fault)
        .split(b"\r\n\r\n", 1)[1]
        .replace(b'"max_tokens"', b'"stream":true,"max_tokens"')
    )
    status, _, message = raw.only(port, raw.post(asked)).error
    assert (status, message.startswith(fault.message)) == (fault.status, True)
