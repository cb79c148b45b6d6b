"""The body of a new batch: how large, how deep, and what in it is refused."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from starlette.types import ASGIApp

from mockserver.app import create_app
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import call
from tests.unit.mockserver.endpoints.batching import PATH, got, item


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"{}", "requests: Field required"),
        (b"[]", "Input does not match the expected shape."),
        (b'{"requests":{}}', "requests: Input should be a valid array"),
        (b'{"requests":"abc"}', "requests: Input should be a valid array"),
        (
            b'{"requests":[]}',
            "requests: List should have at least 1 item after validation, not 0",
        ),
        (b'{"requests":[1]}', "requests.0: Input does not match the expected shape."),
        (b'{"requests":[{"params":{}}]}', "requests.0.custom_id: Field required"),
        (b'{"requests":[{"custom_id":"a"}]}', "requests.0.params: Field required"),
        (
            b'{"requests":[{"custom_id":"a","params":[]}]}',
            "requests.0.params: Input should be an object",
        ),
        (
            b'{"requests":[{"custom_id":"a","params":{}},{"custom_id":"%b","params":{}}]}'
            % (b"a" * 65),
            "requests.1.custom_id: String should have at most 64 characters",
        ),
        (
            b'{"requests":[{"custom_id":"a b","params":{}}]}',
            "requests.0.custom_id: String should match pattern '^[a-zA-Z0-9_-]{1,64}$'",
        ),
        (
            b'{"requests":[{"custom_id":"a","params":{},"x":1}]}',
            "requests.0.x: Extra inputs are not permitted",
        ),
        (
            b'{"requests":[{"custom_id":"a","params":{}}],"x":1}',
            "x: Extra inputs are not permitted",
        ),
        (
            b'{"requests":[{"custom_id":"a","params":{}},{"custom_id":"a","params":{}}]}',
            "requests.1.custom_id: 'a' is not unique",
        ),
        (
            b'{"requests":[%b1]}' % (b'{"custom_id":"a","params":{}},' * 1 + b"1," * 100_000),
            "requests.1: Input does not match the expected shape.",
        ),
        (
            b'{"requests":[{"custom_id":"a","params":{"x":1e400}}]}',
            "The request body is not valid JSON: number is infinity when parsed as double: line 1 column 45 (char 44)",
        ),
        (
            b'{"requests":[',
            "The request body is not valid JSON: unexpected end of data: line 1 column 14 (char 13)",
        ),
        (
            b'{"requests":' + b"[" * 2_000,
            "The request body is not valid JSON: depth limit exceeded: line 1 column 1037 (char 1036)",
        ),
    ],
)
def test_a_bad_batch_is_refused(app: ASGIApp, body: bytes, message: str) -> None:
    answer = call(app, path=PATH, body=body)
    assert (answer.status, answer.error) == (400, message)
    assert got(app, "").json["data"] == []


def nested_params(depth: int) -> bytes:
    deep = b'{"custom_id":"a","params":{"x":%b}}' % (b"[" * depth + b"]" * depth)
    return b'{"requests":[%b]}' % deep


def test_params_may_be_deep(app: ASGIApp) -> None:
    answer = call(app, path=PATH, body=nested_params(500))
    assert got(app, f"/{answer.json['id']}").json["request_counts"]["errored"] == 1


def test_params_that_are_deeper_than_json_goes_are_refused(app: ASGIApp) -> None:
    answer = call(app, path=PATH, body=nested_params(100_000))
    assert (answer.status, "depth limit exceeded" in answer.error) == (400, True)


def test_params_that_are_too_deep_to_be_split_are_refused(
    app: ASGIApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up(*_: Any, **__: Any) -> None:  # how deep it goes depends on the Python
        raise RecursionError

    monkeypatch.setattr(msgspec.json, "decode", give_up)
    answer = call(app, path=PATH, body=nested_params(500))
    assert (answer.status, answer.error) == (400, "requests: nested too deeply")


@pytest.mark.parametrize("key", [b"\x80", b"requests\xff", b"\xed\xa0\x80"])
def test_a_key_that_is_not_utf_8_is_refused(app: ASGIApp, key: bytes) -> None:
    answer = call(app, path=PATH, body=[b'{"requests":[],"' + key + b'":1}'])
    assert answer.status == 400
    assert answer.error.startswith("The request body is not valid JSON: ")


def test_line_ends_in_a_body_are_white_space(app: ASGIApp) -> None:
    answer = call(app, path=PATH, body=json.dumps({"requests": [item()]}, indent=1).encode())
    assert got(app, f"/{answer.json['id']}").json["request_counts"]["succeeded"] == 1


def test_too_many_items_are_refused(app: ASGIApp) -> None:
    items = b",".join(b'{"custom_id":"%d","params":{}}' % n for n in range(100_001))
    answer = call(app, path=PATH, body=b'{"requests":[%b]}' % items)
    assert answer.error == (
        "requests: List should have at most 100000 items after validation, not 100001"
    )


def test_a_batch_has_a_limit_of_its_own() -> None:
    app = create_app(Settings(max_batch_bytes=100))
    answer = call(app, path=PATH, body=[bytes(60), bytes(60)])
    assert (answer.status, answer.headers["connection"]) == (413, "close")
