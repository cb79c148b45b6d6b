"""Answers beside their requests: each promise that an answer can break is noticed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contracts.exchanges import EXCHANGES, check_exchange
from contracts.suite.transports import Received, Sent
from tests.unit.contracts.samples import message, usage

VERSION = "2026-10-21"
REQUEST_ID = "req_01" + "a" * 22
HEADERS = {
    "content-type": "application/json",
    "request-id": REQUEST_ID,
    "anthropic-organization-id": "o",
}
CALL = {
    "type": "tool_use",
    "id": "toolu_01" + "a" * 22,
    "name": "book",
    "input": {},
    "caller": {"type": "direct"},
}
CALLS = message(content=[CALL], stop_reason="tool_use")
SEARCHED = {**CALL, "type": "server_tool_use", "id": "srvtoolu_01" + "a" * 22, "name": "web_search"}
SEARCH = {"type": "web_search_20250305", "name": "web_search"}
BOOK = {"name": "book", "input_schema": {"type": "object"}}


def asked(path: str = "/v1/messages", **more: Any) -> Sent:
    return Sent("POST", path, {}, json.dumps({"model": "x", "max_tokens": 999, **more}).encode())


def answer(body: Any, status: int = 200, **headers: str | None) -> Received:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    own = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Received(status, {k: v for k, v in own.items() if v is not None}, raw)


COUNT = asked("/v1/messages/count_tokens")
ERROR = {
    "type": "error",
    "error": {"type": "invalid_request_error", "message": "no"},
    "request_id": REQUEST_ID,
}
TEAPOT = answer(ERROR, 418)
BROKEN = [
    pytest.param("answer.status", asked(), TEAPOT, id="status"),
    pytest.param("answer.json", asked(), answer(b"<html>"), id="no_json"),
    pytest.param("answer.json", asked(), answer([]), id="no_object"),
    pytest.param(
        "answer.content-type", asked(), answer(message(), content_type="text/html"), id="kind"
    ),
    pytest.param("answer.content-type", asked(stream=True), answer(b""), id="no_stream"),
    pytest.param("answer.request-id", asked(), answer(message(), request_id=None), id="id"),
    pytest.param(
        "answer.organization",
        asked(),
        answer(message(), anthropic_organization_id=None),
        id="organization",
    ),
    pytest.param(
        "answer.model", asked(model="claude-opus-5"), answer(message(model="x")), id="model"
    ),
    pytest.param(
        "answer.max-tokens",
        asked(max_tokens=5),
        answer(message(usage=usage(output_tokens=6))),
        id="tokens",
    ),
    pytest.param(
        "answer.stop-sequence",
        asked(stop_sequences=["a"]),
        answer(message(stop_reason="stop_sequence", stop_sequence="b")),
        id="sequence",
    ),
    pytest.param("answer.tool", asked(), answer(CALLS), id="tool_that_was_not_offered"),
    pytest.param(
        "answer.tool-choice",
        asked(tools=[BOOK], tool_choice={"type": "none"}),
        answer(CALLS),
        id="call_though_none",
    ),
    pytest.param(
        "answer.tool-choice",
        asked(tools=[BOOK], tool_choice={"type": "tool", "name": "x"}),
        answer(CALLS),
        id="call_of_another",
    ),
    *(
        pytest.param(
            "answer.tool-choice",
            asked(tools=[BOOK], tool_choice=choice),
            answer(message()),
            id=f"no_call_though_{choice['type']}",
        )
        for choice in ({"type": "any"}, {"type": "tool", "name": "book"})
    ),
    pytest.param("count.keys", COUNT, answer({"input_tokens": True}), id="count_of_no_number"),
    pytest.param("count.keys", COUNT, answer({"input_tokens": 1, "x": 1}), id="count_and_more"),
    pytest.param(
        "count.keys",
        COUNT,
        answer({"input_tokens": 5, "context_management": {"original_input_tokens": 5}}),
        id="count_of_edits_that_nobody_asked_for",
    ),
    pytest.param("count.keys", COUNT, answer([]), id="no_count"),
]


@pytest.mark.parametrize(("rule", "sent", "received"), BROKEN)
def test_broken_promise_is_found(rule: str, sent: Sent, received: Received) -> None:
    assert rule in [finding.rule for finding in check_exchange(sent, received, VERSION)]


def test_every_rule_is_provoked() -> None:
    assert {row.values[0] for row in BROKEN} == EXCHANGES.sources.keys()


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        pytest.param(asked(), answer(message()), id="message"),
        pytest.param(asked(tools=[BOOK]), answer(CALLS), id="call"),
        pytest.param(asked(tools=[{"type": "toolset"}]), answer(CALLS), id="call_of_a_toolset"),
        pytest.param(
            asked(tools=[{"type": "toolset"}], tool_choice={"type": "tool", "name": "computer"}),
            answer(message(content=[{**CALL, "toolset_name": "computer"}], stop_reason="tool_use")),
            id="call_of_the_chosen_toolset",
        ),
        pytest.param(
            asked(tools=[SEARCH], tool_choice={"type": "any"}),
            answer(message(content=[SEARCHED, {"type": "text", "text": "", "citations": None}])),
            id="call_of_a_servers_tool",
        ),
        pytest.param(COUNT, answer({"input_tokens": 5}), id="count"),
        pytest.param(
            asked("/v1/messages/count_tokens", context_management={"edits": []}),
            answer({"input_tokens": 5, "context_management": {"original_input_tokens": 5}}),
            id="count_of_edits",
        ),
        pytest.param(asked(), answer(ERROR, 400, x_should_retry="false"), id="refusal"),
        pytest.param(
            Sent("GET", "/v1/nothing", {}, b""),
            answer(
                {**ERROR, "error": {"type": "not_found_error", "message": "x"}},
                404,
                x_should_retry="false",
                anthropic_organization_id=None,
            ),
            id="path",
        ),
        pytest.param(Sent("POST", "/v1/messages", {}, b"{"), answer(message()), id="no_json_asked"),
    ],
)
def test_kept_promise_is_no_finding(sent: Sent, received: Received) -> None:
    assert check_exchange(sent, received, VERSION) == []
