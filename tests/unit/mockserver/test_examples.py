"""Example mode over ASGI: every answer has the keys, the order and the schema of a real one."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.types import ASGIApp

from contracts.oracle import check_message
from contracts.resources import check_resource, check_results
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import HEADERS, call

FILE = "file_011CNha8iCJcU1wXNR6q4V8x"
BATCH = "msgbatch_013Zva2CMHLNnXjNJJKqJ2EG"
HELLO: dict[str, Any] = {
    "model": "model",
    "max_tokens": 64,
    "messages": [{"role": "user", "content": "Hello"}],
}
GONE = {"type": "continue", "previous_message_id": "msg_x"}
VERSIONS = ["2023-06-01", "2026-10-21"]


@pytest.fixture
def app() -> ASGIApp:
    return create_app(Settings(example=True))


ANSWERS = (
    ("GET", f"/v1/files/{FILE}", "file"),
    ("DELETE", f"/v1/files/{FILE}", "deleted_file"),
    ("GET", "/v1/files", "file_list"),
    ("GET", "/v1/files?page=page", "file_list"),
    ("GET", "/v1/files?ids[]=string&limit=1", "file_list"),
    ("GET", f"/v1/messages/batches/{BATCH}", "message_batch"),
    ("POST", f"/v1/messages/batches/{BATCH}/cancel", "message_batch"),
    ("DELETE", f"/v1/messages/batches/{BATCH}", "deleted_message_batch"),
    ("GET", "/v1/messages/batches?after_id=x&before_id=y", "message_batch_list"),
    ("GET", "/v1/models/model_id", "model"),
    ("GET", "/v1/models?before_id=before_id", "model_list"),
)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("method", "path", "name"), ANSWERS)
def test_examples_keep_the_contract(
    app: ASGIApp, method: str, path: str, name: str, version: str
) -> None:
    headers = {**HEADERS, "anthropic-version": version, "anthropic-workspace-id": "mine"}
    for _ in range(2):
        answer = call(app, method=method, path=path, headers=headers)
        assert answer.status == 200
        assert check_resource(name, answer.json, version) == []
        assert answer.json.get("data") != []


@pytest.mark.parametrize("version", VERSIONS)
def test_results_keep_the_contract(app: ASGIApp, version: str) -> None:
    answer = call(app, method="GET", path=f"/v1/messages/batches/{BATCH}/results")
    assert answer.body.count(b"\n") == 1
    assert check_results(answer.body, version) == []


def test_content_is_as_long_as_the_metadata_say(app: ASGIApp) -> None:
    answer = call(app, method="GET", path="/v1/files/file_id/content")
    metadata = call(app, method="GET", path="/v1/files/file_id").json
    assert (len(answer.body), answer.headers["content-type"]) == (
        metadata["size_bytes"],
        metadata["mime_type"],
    )


def test_an_upload_can_be_had_back_and_deleted_twice(app: ASGIApp) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc\r\n--x--\r\n'
    )
    kind = {"content-type": "multipart/form-data; boundary=x"}
    stored = call(app, path="/v1/files", headers=kind, body=body).json
    path = f"/v1/files/{stored['id']}"
    assert check_resource("file", stored, "2026-10-21") == []
    assert call(app, method="GET", path="/v1/files").json["data"] == [stored]
    assert call(app, method="GET", path=f"{path}/content").body == b"abc"
    for _ in range(2):
        assert call(app, method="DELETE", path=path).json["id"] == stored["id"]
    assert call(app, method="GET", path=f"{path}/content").body == b"Example data\n"


@pytest.mark.parametrize("path", ["?limit=0", "?limit=1001&after_id=x"])
def test_a_list_needs_a_limit_of_good_shape(app: ASGIApp, path: str) -> None:
    assert call(app, method="GET", path=f"/v1/models{path}").status == 400


def created(app: ASGIApp, **params: Any) -> str:
    body = {"requests": [{"custom_id": "a", "params": {**HELLO, **params}}]}
    headers = {"anthropic-beta": "no-such-beta"}
    found = call(app, path="/v1/messages/batches", headers=headers, body=body).json
    return str(found["id"])


@pytest.mark.parametrize(
    "params",
    [{}, {"stream": True}, {"thread": GONE}, {"thread": GONE, "messages": []}],
    ids=["plain", "streamed", "thread", "resumed"],
)
def test_a_real_batch_runs_whatever_its_items_name(app: ASGIApp, params: dict[str, Any]) -> None:
    path = f"/v1/messages/batches/{created(app, **params)}"
    assert call(app, method="GET", path=path).json["request_counts"]["succeeded"] == 1
    results = call(app, method="GET", path=f"{path}/results")
    assert check_results(results.body, "2023-06-01") == []
    assert b'"model":"model"' in results.body


def test_a_real_batch_that_runs_can_be_canceled_and_deleted() -> None:
    app = create_app(Settings(example=True, batch_ends="step"))
    path = f"/v1/messages/batches/{created(app)}"
    assert check_results(call(app, method="GET", path=f"{path}/results").body, "2023-06-01") == []
    assert call(app, method="DELETE", path=path).status == 200
    for _ in range(2):
        answer = call(app, path=f"{path}/cancel", body={})
        assert answer.json["processing_status"] == "canceling"
    assert call(app, method="GET", path=path).json["processing_status"] == "ended"
    assert b'"canceled"' in call(app, method="GET", path=f"{path}/results").body
    assert call(app, path=f"{path}/cancel", body={}).json["processing_status"] == "canceling"
    for _ in range(2):
        assert call(app, method="DELETE", path=path).json["type"] == "message_batch_deleted"
    assert b"An example" in call(app, method="GET", path=f"{path}/results").body


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"thread": GONE},
        {"thread": GONE, "messages": []},
        {"max_tokens": 0},
        {"messages": [{"role": "assistant", "content": "Hi "}]},
        {"model": "claude-3-opus-20240229"},
    ],
)
def test_messages_are_answered(app: ASGIApp, version: str, changes: dict[str, Any]) -> None:
    headers = {"anthropic-beta": "no-such-beta", "anthropic-version": version}
    answer = call(app, headers=headers, body={**HELLO, **changes})
    assert answer.status == 200
    assert check_message(answer.json, version, "beta") == []


def test_a_thread_that_is_there_goes_on(app: ASGIApp) -> None:
    first = call(app, body={**HELLO, "thread": {"type": "create"}}).json
    going = {"type": "continue", "previous_message_id": first["id"]}
    second = call(app, body={**HELLO, "thread": going}).json
    assert second["usage"]["input_tokens"] > first["usage"]["input_tokens"]


def test_what_has_no_shape_is_refused(app: ASGIApp) -> None:
    assert call(app, body={**HELLO, "max_tokens": "string"}).status == 400
    assert call(app, body={**HELLO, "foo": "bar"}).status == 400
