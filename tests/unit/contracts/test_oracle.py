"""The oracle: nothing against what the live API sends, and a finding for every way to differ."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.answers import ANSWERS
from contracts.derive import VERSIONS
from contracts.oracle import ORACLE, check_message, check_stream
from tests.unit.contracts.samples import (
    OVERLOADED,
    PING,
    SIGNATURE,
    STOPPED,
    THINKING,
    Json,
    backwards,
    block,
    delta,
    message,
    started,
    text_block,
    thought,
    tool_block,
    tool_use,
    usage,
    wire,
    without,
)

VERSION = "2026-10-21"
REFUSED: Json = {"type": "refusal", "category": "cyber", "explanation": None}
SEARCHED: Json = {
    "type": "server_tool_use",
    "id": "srvtoolu_01JjfQsdhSJkT7qLCL7Pj9jc",
    "name": "web_search",
    "input": {},
}


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("namespace", ["stable", "beta"])
@pytest.mark.parametrize(
    "good",
    [
        pytest.param(message(), id="accept_text"),
        pytest.param(message(content=[]), id="accept_empty_content"),
        pytest.param(message(content=[tool_use()], stop_reason="tool_use"), id="accept_tool_use"),
        pytest.param(
            message(stop_reason="stop_sequence", stop_sequence="END"), id="accept_stop_sequence"
        ),
        pytest.param(
            message(content=[], stop_reason="refusal", stop_details=REFUSED), id="accept_refusal"
        ),
        pytest.param(
            message(content=[{"citations": None, "type": "text", "text": "a"}]),
            id="accept_citations_first",
        ),
    ],
)
def test_check_message_accepts(good: Json, namespace: str, version: str) -> None:
    assert check_message(good, version, namespace) == []


def test_check_message_accepts_context_management_under_beta_only() -> None:
    managed = message(context_management={"applied_edits": []})
    assert check_message(managed, VERSION, "beta") == []
    assert [f.rule for f in check_message(managed, VERSION)] == ["schema"]


ODD_MESSAGES = [
    pytest.param(
        "schema", "usage.output_tokens", message(usage=usage(output_tokens="6")), id="text"
    ),
    pytest.param("schema", "", message(zz=1), id="reject_unknown_key"),
    pytest.param(
        "schema", "content.0", message(content=[{"type": "image"}]), id="reject_image_in_answer"
    ),
    pytest.param("schema", "", [], id="reject_array"),
    pytest.param("message.keys", "", without(message(), "diagnostics"), id="reject_no_diagnostics"),
    pytest.param("message.order", "", backwards(message()), id="reject_key_order"),
    pytest.param(
        "usage.keys", "usage", message(usage=without(usage(), "inference_geo")), id="reject_no_geo"
    ),
    pytest.param(
        "usage.order", "usage", message(usage=backwards(usage())), id="reject_usage_order"
    ),
    pytest.param(
        "usage.cache",
        "usage",
        message(usage=usage(cache_creation_input_tokens=31)),
        id="reject_cache_sum",
    ),
    pytest.param(
        "block.order",
        "content.0",
        message(content=[backwards(tool_use())], stop_reason="tool_use"),
        id="reject_block_order",
    ),
    pytest.param("id", "id", message(id="msg_1"), id="reject_short_id"),
    pytest.param("id", "id", message(id="msg_02" + "a" * 22), id="reject_id_not_01"),
    pytest.param(
        "id", "content.0.id", message(content=[{**SEARCHED, "id": "toolu_1"}]), id="reject_srv_id"
    ),
    pytest.param(
        "stop.sequence", "stop_sequence", message(stop_sequence="END"), id="reject_stray_sequence"
    ),
    pytest.param(
        "stop.sequence",
        "stop_sequence",
        message(stop_reason="stop_sequence"),
        id="reject_missing_sequence",
    ),
    pytest.param(
        "stop.details", "stop_details", message(stop_details=REFUSED), id="reject_stray_details"
    ),
    pytest.param(
        "stop.tool-use", "stop_reason", message(stop_reason="tool_use"), id="reject_no_tool_use"
    ),
]


@pytest.mark.parametrize(("rule", "path", "odd"), ODD_MESSAGES)
def test_check_message_finds(rule: str, path: str, odd: Any) -> None:
    findings = check_message(odd, VERSION)
    assert [(f.rule, f.path) for f in findings] == [(rule, path)]
    assert findings[0].source == {**ORACLE.sources, **ANSWERS.sources}[rule]


@pytest.mark.parametrize(
    ("path", "odd"),
    [
        pytest.param("content", message(content="Hello!"), id="reject_text_as_content"),
        pytest.param("content.0", message(content=["Hello!"]), id="reject_text_as_block"),
        pytest.param("usage", message(usage=None), id="reject_no_usage"),
    ],
)
def test_check_message_survives_wrong_shape(path: str, odd: Json) -> None:
    assert [(f.rule, f.path) for f in check_message(odd, VERSION)] == [("schema", path)]


@pytest.mark.parametrize(
    "events",
    [
        pytest.param([started(), PING, *text_block(), delta(), STOPPED], id="accept_text"),
        pytest.param(
            [started(), *tool_block(0, "", "{}"), delta(stop_reason="tool_use"), STOPPED],
            id="accept_tool_use",
        ),
        pytest.param(
            [started(), *block(0, THINKING, thought("a"), SIGNATURE), delta(), STOPPED],
            id="accept_thinking",
        ),
        pytest.param([started(), text_block()[0], OVERLOADED], id="accept_overloaded"),
    ],
)
@pytest.mark.parametrize("namespace", ["stable", "beta"])
def test_check_stream_accepts(events: list[Json], namespace: str) -> None:
    assert check_stream(wire(events), VERSION, namespace) == []


def stream(*events: Json) -> bytes:
    """A stream from its start to its message_delta, with some of it replaced."""
    return wire([*events, STOPPED])


END = delta()
TEXT: Json = {"type": "text", "text": ""}
EARLY = started(usage=usage(server_tool_use={"web_search_requests": 0, "web_fetch_requests": 0}))
ODD_STREAMS = [
    pytest.param("frame.lines", "frame 1", b"data: [DONE]\n\n", id="reject_done"),
    pytest.param("order.start", "event 1", wire([PING]), id="reject_ping_first"),
    pytest.param("end", "event 1", wire([started()]), id="reject_cut_stream"),
    pytest.param(
        "schema",
        "event 3.delta.text",
        stream(started(), *block(0, TEXT, {"type": "text_delta", "text": 1}), END),
        id="reject_number_as_text",
    ),
    pytest.param("ping", "event 2", stream(started(), {**PING, "n": 1}, END), id="reject_ping"),
    pytest.param(
        "message.keys",
        "event 1.message",
        stream(
            {"type": "message_start", "message": without(started()["message"], "container")}, END
        ),
        id="reject_message_without_container",
    ),
    pytest.param("start.usage", "event 1.message.usage", stream(EARLY, END), id="reject_early_key"),
    pytest.param(
        "id",
        "event 2.content_block.id",
        stream(started(), *block(0, tool_use(id="toolu_1", input={})), END),
        id="reject_tool_id",
    ),
    pytest.param(
        "delta.keys",
        "event 2.delta",
        stream(started(), {**END, "delta": without(END["delta"], "container")}),
        id="reject_delta_without_container",
    ),
    pytest.param(
        "delta.order",
        "event 2.delta",
        stream(started(), {**END, "delta": backwards(END["delta"])}),
        id="reject_delta_order",
    ),
    pytest.param(
        "delta.usage.keys",
        "event 2.usage",
        stream(started(), {**END, "usage": without(END["usage"], "input_tokens")}),
        id="reject_usage_without_input_tokens",
    ),
    pytest.param(
        "delta.usage.order",
        "event 2.usage",
        stream(started(), {**END, "usage": backwards(END["usage"])}),
        id="reject_delta_usage_order",
    ),
    pytest.param(
        "stop.sequence",
        "event 2.delta.stop_sequence",
        stream(started(), delta(stop_sequence="END")),
        id="reject_stray_sequence",
    ),
    pytest.param(
        "error.type",
        "event 2.error.type",
        wire([started(), {**OVERLOADED, "error": {"type": "oops", "message": "a"}}]),
        id="reject_unknown_error",
    ),
    pytest.param(
        "error.keys",
        "event 2.error",
        wire([started(), without(OVERLOADED, "error")]),
        id="reject_error_without_error",
    ),
]


@pytest.mark.parametrize(("rule", "path", "raw"), ODD_STREAMS)
def test_check_stream_finds(rule: str, path: str, raw: bytes) -> None:
    assert [(f.rule, f.path) for f in check_stream(raw, VERSION)] == [(rule, path)]


def test_check_stream_survives_wrong_shapes() -> None:
    raw = stream(started(), {"type": "message_delta", "delta": None, "usage": 7})
    assert [(f.rule, f.path) for f in check_stream(raw, VERSION)] == [
        ("schema", "event 2.delta"),
        ("schema", "event 2.usage"),
    ]


def test_check_stream_keeps_what_it_found_before_the_order_broke() -> None:
    raw = wire([EARLY, STOPPED, STOPPED])
    assert [f.rule for f in check_stream(raw, VERSION)] == ["start.usage", "order.between"]


def test_every_rule_is_provoked() -> None:
    provoked = {row.values[0] for row in [*ODD_MESSAGES, *ODD_STREAMS]}
    assert provoked >= {"schema", *ANSWERS.sources}
