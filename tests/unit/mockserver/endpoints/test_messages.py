"""The way of a request from bytes to an answer, over ASGI."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from starlette.types import ASGIApp, Message

from contracts.oracle import check_message, check_stream
from mockserver.app import create_app
from mockserver.rules import UnknownRuleError
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import call
from tests.unit.mockserver.bodies import NEW, TODAY, body, conversation

PREFILLED = body("claude-opus-5", messages=conversation(("user", "a"), ("assistant", "b")))
COUNT = "/v1/messages/count_tokens"


def app(**settings: Any) -> ASGIApp:
    return create_app(Settings(**{"now": TODAY, **settings}))


def counted(value: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in value.items() if k != "max_tokens"}


def test_a_message_is_answered() -> None:
    answer = call(app(), body=body())
    assert answer.status == 200
    assert check_message(answer.json, NEW) == []


def test_a_stream_is_answered() -> None:
    answer = call(app(), body=body(stream=True))
    assert answer.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert check_stream(answer.body, NEW) == []


def test_counting_and_usage_agree() -> None:
    usage = call(app(), body=body()).json["usage"]
    assert call(app(), path=COUNT, body=counted(body())).json == {
        "input_tokens": usage["input_tokens"]
    }


@pytest.mark.parametrize(
    ("path", "value"), [("/v1/messages", PREFILLED), (COUNT, counted(PREFILLED))]
)
def test_rules_judge_both_endpoints(path: str, value: dict[str, Any]) -> None:
    answer = call(app(), path=path, body=value)
    assert answer.status == 400
    assert answer.headers["x-mock-rule"] == "prefill.unsupported"


@pytest.mark.parametrize(
    "settings", [{"lenient": True}, {"allowed_rules": ("prefill.unsupported",)}]
)
def test_rules_can_be_switched_off(settings: dict[str, Any]) -> None:
    assert call(app(**settings), body=PREFILLED).status == 200


def test_shape_can_not_be_switched_off() -> None:
    answer = call(app(lenient=True), body={})
    assert (answer.status, answer.headers["x-mock-rule"]) == (400, "shape")


EDITED = body(context_management={"edits": []})
MISSING = (400, "context_management: Extra inputs are not permitted")


@pytest.mark.parametrize("path", ["/v1/messages", COUNT])
@pytest.mark.parametrize("betas", [None, "files-api-2025-04-14,mcp-client-2025-11-20"])
def test_a_beta_field_needs_its_value(path: str, betas: str | None) -> None:
    value = EDITED if path != COUNT else counted(EDITED)
    headers = {} if betas is None else {"anthropic-beta": betas}
    answer = call(app(), path=path, headers=headers, body=value)
    assert (answer.status, answer.error) == MISSING
    assert answer.headers["x-mock-rule"] == "beta.header-missing"


def test_a_beta_field_with_its_value_is_taken() -> None:
    headers = {"anthropic-beta": "context-management-2025-06-27"}
    assert call(app(), headers=headers, body=EDITED).status == 200


@pytest.mark.parametrize(
    "settings", [{"lenient": True}, {"allowed_rules": ("beta.header-missing",)}]
)
def test_the_need_of_beta_values_can_be_switched_off(settings: dict[str, Any]) -> None:
    assert call(app(**settings), body=EDITED).status == 200
    answer = call(app(**settings), body=body(no_such_field=1))
    assert (answer.status, answer.headers["x-mock-rule"]) == (400, "shape")


@pytest.mark.parametrize(
    ("value", "rule"),
    [
        pytest.param(body(no_such_field=1), "shape", id="unknown_in_every_beta"),
        pytest.param(body(context_management=1), "shape", id="wrong_under_its_value_too"),
        pytest.param(
            {**EDITED, "no_such_field": 1}, "beta.header-missing", id="the_first_fault_counts"
        ),
    ],
)
def test_what_is_wrong_anyhow_is_a_matter_of_shape(value: dict[str, Any], rule: str) -> None:
    assert call(app(), body=value).headers["x-mock-rule"] == rule


def test_an_unknown_rule_is_named_at_the_start() -> None:
    with pytest.raises(UnknownRuleError, match=r"did you mean prefill.unsupported"):
        app(allowed_rules=("prefill.unsuported",))


@pytest.mark.parametrize(
    ("settings", "headers", "status"),
    [
        ({}, {}, 200),
        ({}, {"x-mock-now": "2026-11-30"}, 404),
        ({"now": None}, {"x-mock-now": "2026-11-29"}, 200),
    ],
)
def test_the_day_decides_about_retired_models(
    settings: dict[str, Any], headers: dict[str, str], status: int
) -> None:
    answer = call(app(**settings), headers=headers, body=body("claude-sonnet-4-5"))
    assert answer.status == status


def test_the_version_decides_about_sampling() -> None:
    asked = body(temperature=0.5)
    assert call(app(), headers={"anthropic-version": "2023-06-01"}, body=asked).status == 200
    answer = call(app(), body=asked)
    assert (answer.status, answer.error) == (400, "temperature: Extra inputs are not permitted")


def test_a_beta_opens_its_fields() -> None:
    asked = body(context_management={"edits": []})
    answer = call(app(), body=asked)
    assert answer.error == "context_management: Extra inputs are not permitted"
    beta = {"anthropic-beta": "context-management-2025-06-27"}
    assert call(app(), headers=beta, body=asked).status == 200


def test_a_body_comes_in_chunks() -> None:
    chunks = [
        b'{"model":"claude-haiku-4-5","max_tokens":9,',
        b"",
        b'"messages":[{"role":"user","content":"a"}]}',
    ]
    assert call(app(), body=chunks).status == 200


def test_chunks_are_counted() -> None:
    answer = call(app(max_message_bytes=10), body=[b"12345", b"67890", b"1"])
    assert (answer.status, answer.error) == (413, "Request exceeds the maximum size")


def test_an_announced_size_is_believed() -> None:
    answer = call(app(), headers={"content-length": str(10**9)}, script=[])
    assert answer.status == 413


def test_a_client_that_leaves_gets_nothing() -> None:
    script: list[Message] = [
        {"type": "http.request", "body": b"{", "more_body": True},
        {"type": "http.disconnect"},
    ]
    assert call(app(), script=script).messages == []


def test_a_length_that_is_no_number_says_nothing() -> None:
    assert call(app(), headers={"content-length": "?"}, body=body()).status == 200


LONG = "The quick brown fox jumps over the lazy dog. " * 600
CACHED = body(system=LONG, cache_control={"type": "ephemeral"})
ASKING = body(diagnostics={"previous_message_id": "msg_1"})


def test_the_cache_belongs_to_the_key() -> None:
    server = app()
    first = call(server, body=CACHED).json["usage"]
    other = call(server, body=CACHED, headers={"x-api-key": "sk-ant-other"}).json["usage"]
    second = call(server, body=CACHED).json["usage"]

    assert first["cache_creation_input_tokens"] == other["cache_creation_input_tokens"] > 4096
    assert second["cache_read_input_tokens"] == first["cache_creation_input_tokens"]


def test_what_the_cache_knows_adds_up_to_the_count() -> None:
    server = app()
    total = call(server, path=COUNT, body=counted(CACHED)).json["input_tokens"]
    for _ in range(2):
        usage = call(server, body=CACHED).json["usage"]
        names = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        assert sum(usage[name] for name in names) == total
        assert sum(usage["cache_creation"].values()) == usage["cache_creation_input_tokens"]


def test_the_cache_is_warmed_without_an_answer() -> None:
    server = app()
    warmed = call(server, body={**CACHED, "max_tokens": 0}).json
    assert (warmed["content"], warmed["stop_reason"]) == ([], "max_tokens")
    assert warmed["usage"]["output_tokens"] == 0
    assert call(server, body=CACHED).json["usage"]["cache_creation_input_tokens"] == 0


def test_counting_does_not_touch_the_cache() -> None:
    server = app()
    call(server, path=COUNT, body=counted(CACHED))
    assert call(server, body=CACHED).json["usage"]["cache_read_input_tokens"] == 0


def test_diagnostics_are_in_the_message_and_at_the_start_of_a_stream() -> None:
    expected = {"cache_miss_reason": {"type": "previous_message_not_found"}}
    assert call(app(), body=ASKING).json["diagnostics"] == expected
    stream = call(app(), body={**ASKING, "stream": True})
    assert check_stream(stream.body, NEW) == []
    start = stream.body.split(b"\n\n")[0]
    assert orjson.loads(start.partition(b"data: ")[2])["message"]["diagnostics"] == expected
