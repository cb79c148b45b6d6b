"""The batches endpoints, over ASGI."""

from __future__ import annotations

import json
from typing import Any

import pytest
from starlette.types import ASGIApp

from contracts.resources import check_resource
from tests.unit.mockserver.asgi import call
from tests.unit.mockserver.bodies import body as params
from tests.unit.mockserver.endpoints.batching import PATH, VERSION, created, got, item, outcome


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


def test_an_item_on_which_the_server_fails_is_errored(
    app: ASGIApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mockserver.endpoints.batches.chosen", lambda *_: 1 // 0)
    (line,) = outcome(app, item())
    assert line["result"]["error"]["error"]["type"] == "api_error"


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
