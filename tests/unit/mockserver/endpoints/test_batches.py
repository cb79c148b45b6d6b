"""The batches endpoints, over ASGI."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from starlette.types import ASGIApp

from contracts.resources import check_resource, check_results
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import Answer, call
from tests.unit.mockserver.bodies import body as params

PATH = "/v1/messages/batches"
VERSION = "2026-10-21"


@pytest.fixture
def app() -> ASGIApp:
    return create_app(Settings())


def item(custom_id: str = "a", **changes: Any) -> dict[str, Any]:
    return {"custom_id": custom_id, "params": params(**changes)}


def created(app: ASGIApp, *items: Any, **headers: str) -> Any:
    answer = call(app, path=PATH, body={"requests": items}, headers=headers)
    assert answer.status == 200, answer.error
    return answer.json


def got(app: ASGIApp, path: str) -> Answer:
    return call(app, method="GET", path=PATH + path)


def outcome(app: ASGIApp, *items: Any, **headers: str) -> list[Any]:
    """The results of a batch of these items, judged by the contract."""
    batch_id = created(app, *items, **headers)["id"]
    assert got(app, f"/{batch_id}").json["processing_status"] == "ended"
    answer = got(app, f"/{batch_id}/results")
    assert answer.headers["content-type"] == "application/x-jsonl"
    assert check_results(answer.body, VERSION) == []
    return [json.loads(line) for line in answer.body.splitlines()]


def test_a_batch_runs_to_its_results(app: ASGIApp) -> None:
    shown = created(app, item("a"), item("b"))
    assert check_resource("message_batch", shown, VERSION) == []
    early = got(app, f"/{shown['id']}/results")
    assert early.status == 404
    assert early.error == f"Message Batch {shown['id']} has no available results."
    ended = got(app, f"/{shown['id']}").json
    assert check_resource("message_batch", ended, VERSION) == []
    assert ended["results_url"] == f"http://127.0.0.1:8080{PATH}/{shown['id']}/results"
    results = [json.loads(line) for line in got(app, f"/{shown['id']}/results").body.splitlines()]
    assert [line["custom_id"] for line in results] == ["a", "b"]
    message = results[0]["result"]["message"]
    assert message["usage"]["service_tier"] == "batch"
    single = call(app, body=params()).json
    assert single["content"] == message["content"]
    assert {**single["usage"], "service_tier": "batch"} == message["usage"]


def test_results_do_not_change(app: ASGIApp) -> None:
    batch_id = created(app, item())["id"]
    got(app, f"/{batch_id}")
    assert got(app, f"/{batch_id}/results").body == got(app, f"/{batch_id}/results").body


@pytest.mark.parametrize(
    ("changes", "kind", "message"),
    [
        ({"temperature": 7}, "invalid_request_error", "temperature: "),
        ({"model": "claude-x"}, "not_found_error", "model: claude-x"),
        ({"messages": []}, "invalid_request_error", "messages: "),
        (
            {"stream": True},
            "invalid_request_error",
            "stream: streaming is not supported in a message batch",
        ),
        (
            {"max_tokens": 0},
            "invalid_request_error",
            "max_tokens: must be greater than or equal to 1 in a message batch",
        ),
        (
            {"max_tokens": 64_001},
            "invalid_request_error",
            "max_tokens: 64001 > 64000, which is the maximum",
        ),
        ({"store": True}, "invalid_request_error", "store: Extra inputs are not permitted"),
    ],
)
def test_a_bad_item_is_an_errored_result(
    app: ASGIApp, changes: dict[str, Any], kind: str, message: str
) -> None:
    good, bad = outcome(app, item("good"), item("bad", **changes))
    assert good["result"]["type"] == "succeeded"
    error = bad["result"]["error"]["error"]
    assert list(error) == ["details", "type", "message"]
    assert (error["details"], error["type"]) == (None, kind)
    assert error["message"].startswith(message)


@pytest.mark.parametrize(
    ("name", "value", "beta"),
    [
        ("speed", "standard", "fast-mode-2026-02-01"),
        ("fallbacks", [{"model": "claude-haiku-4-5"}], "server-side-fallback-2026-07-01"),
        ("thread", {"type": "create"}, "message-threads-2026-08-12"),
    ],
)
def test_an_item_can_t_have_what_batches_have_not(
    app: ASGIApp, name: str, value: Any, beta: str
) -> None:
    (line,) = outcome(app, item(**{name: value}), **{"anthropic-beta": beta})
    error = line["result"]["error"]["error"]
    assert error["message"] == f"{name}: not supported in a message batch"


def test_an_item_may_be_said_not_to_be_streamed(app: ASGIApp) -> None:
    assert outcome(app, item(stream=False))[0]["result"]["type"] == "succeeded"


def test_only_a_batch_may_ask_for_300k(app: ASGIApp) -> None:
    headers = {"anthropic-beta": "output-300k-2026-03-24"}
    body = params("claude-haiku-5-5", max_tokens=300_000)
    (line,) = outcome(app, {"custom_id": "a", "params": body}, **headers)
    assert line["result"]["type"] == "succeeded"
    assert call(app, body=body, headers=headers).status == 400


def test_items_are_judged_by_the_version_and_the_day_of_the_batch(app: ASGIApp) -> None:
    old = {"anthropic-version": "2023-06-01", "x-mock-now": "2026-07-01"}
    body = params("claude-opus-4-1", temperature=0.5)
    for headers, kind in ((old, "succeeded"), ({}, "errored")):
        (line,) = outcome(app, {"custom_id": "a", "params": body}, **headers)
        assert line["result"]["type"] == kind


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


def test_an_item_on_which_the_server_fails_is_errored(
    app: ASGIApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mockserver.endpoints.batches.chosen", lambda *_: 1 // 0)
    (line,) = outcome(app, item())
    assert line["result"]["error"]["error"]["type"] == "api_error"


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


def test_batches_are_listed_by_pages(app: ASGIApp) -> None:
    ids = [created(app, item())["id"] for _ in range(3)][::-1]
    first = got(app, "?limit=2").json
    assert check_resource("message_batch_list", first, VERSION) == []
    assert [batch["id"] for batch in first["data"]] == ids[:2]
    assert (first["has_more"], first["last_id"]) == (True, ids[1])
    assert {batch["processing_status"] for batch in first["data"]} == {"ended"}
    rest = got(app, f"?after_id={ids[1]}").json
    assert [batch["id"] for batch in rest["data"]] == ids[2:]


def test_a_batch_is_canceled_and_deleted(app: ASGIApp) -> None:
    batch_id = created(app, item("a"), item("b"))["id"]
    deleting = call(app, method="DELETE", path=f"{PATH}/{batch_id}")
    assert (deleting.status, deleting.json["error"]["type"]) == (400, "invalid_request_error")
    canceling = call(app, path=f"{PATH}/{batch_id}/cancel").json
    assert check_resource("message_batch", canceling, VERSION) == []
    assert canceling["processing_status"] == "canceling"
    ended = got(app, f"/{batch_id}").json
    assert check_resource("message_batch", ended, VERSION) == []
    assert ended["request_counts"]["canceled"] == 2
    assert call(app, path=f"{PATH}/{batch_id}/cancel").status == 400
    gone = call(app, method="DELETE", path=f"{PATH}/{batch_id}").json
    assert check_resource("deleted_message_batch", gone, VERSION) == []
    assert got(app, f"/{batch_id}").status == 404


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/msgbatch_x"),
        ("GET", "/msgbatch_x/results"),
        ("POST", "/msgbatch_x/cancel"),
        ("DELETE", "/msgbatch_x"),
    ],
)
def test_an_unknown_batch_is_not_found(app: ASGIApp, method: str, path: str) -> None:
    answer = call(app, method=method, path=PATH + path)
    assert (answer.status, answer.error) == (404, "Message Batch msgbatch_x not found.")


def test_a_batch_belongs_to_its_key(app: ASGIApp) -> None:
    batch_id = created(app, item())["id"]
    answer = call(app, method="GET", path=f"{PATH}/{batch_id}", headers={"x-api-key": "other"})
    assert answer.status == 404


def said(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def test_items_are_answered_by_script(app: ASGIApp) -> None:
    marked = '[[mock {"text": "Hello", "usage": {"output_tokens": 7}}]]'
    spoken, failed = outcome(
        app,
        item("spoken", messages=said(marked)),
        item("failed", messages=said("[[mock error: 529]]")),
    )
    assert spoken["result"]["message"]["content"] == [{"type": "text", "text": "Hello"}]
    assert spoken["result"]["message"]["usage"]["output_tokens"] == 7
    assert failed["result"]["error"]["error"]["type"] == "overloaded_error"
