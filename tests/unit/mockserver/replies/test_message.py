"""The message object: the recorded keys, their order, their nulls."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.replies.answer import Answer
from mockserver.replies.message import closing, message, opening
from tests.unit.mockserver.bodies import MODELS, body, read

# recorded 2026-09-29
KEYS = [
    "model",
    "id",
    "type",
    "role",
    "content",
    "container",
    "stop_reason",
    "stop_sequence",
    "stop_details",
    "usage",
    "diagnostics",
]
USAGE = [
    "input_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
    "cache_creation",
    "output_tokens",
    "output_tokens_details",
    "service_tier",
    "inference_geo",
]


def whole(
    model: str = "claude-sonnet-5-5", answer: Answer | None = None, **more: Any
) -> dict[str, Any]:
    said = Answer([{"type": "text", "text": "Hi"}], output_tokens=3)
    return message(read(body(model, **more)), answer or said, "msg_1", 9)


def test_message_has_the_recorded_keys_in_order() -> None:
    found = whole()
    assert list(found) == KEYS
    assert list(found["usage"]) == USAGE
    nulls = ("container", "stop_sequence", "stop_details", "diagnostics")
    assert all(found[key] is None for key in nulls)


def test_message_names_the_resolved_model() -> None:
    assert whole("claude-haiku-4-5")["model"] == "claude-haiku-4-5-20251001"


@pytest.mark.parametrize("name", MODELS)
def test_details_of_the_output_come_with_newer_models(name: str) -> None:
    released = MODELS[name].released
    is_new = released is not None and str(released) >= "2026-05-28"
    assert ("output_tokens_details" in whole(name)["usage"]) == is_new


def test_details_of_the_output_come_when_an_older_model_thought() -> None:
    usage = whole("claude-haiku-4-5", Answer([], output_tokens=9, thinking_tokens=4))["usage"]
    assert usage["output_tokens_details"] == {"thinking_tokens": 4}


@pytest.mark.parametrize(
    ("model", "asked", "expected"),
    [
        ("claude-haiku-4-5", {}, "not_available"),
        ("claude-sonnet-4-6", {}, "global"),
        ("claude-sonnet-4-6", {"inference_geo": None}, "global"),
        ("claude-sonnet-4-6", {"inference_geo": "us"}, "us"),
    ],
)
def test_region_follows_model_and_request(model: str, asked: dict[str, Any], expected: str) -> None:
    assert whole(model, **asked)["usage"]["inference_geo"] == expected


def test_opening_has_no_content_yet() -> None:
    found = whole()
    start = opening(found)
    assert list(start) == KEYS
    assert start["content"] == []
    assert start["stop_reason"] is start["stop_sequence"] is start["stop_details"] is None
    assert list(start["usage"]) == [key for key in USAGE if key != "output_tokens_details"]
    assert start["usage"]["output_tokens"] == 1
    assert found["content"], "the message itself stays whole"


def test_opening_of_nothing_has_sampled_nothing() -> None:
    assert opening(whole(answer=Answer([])))["usage"]["output_tokens"] == 0


def test_closing_leaves_out_tier_and_region() -> None:
    closed = closing(whole())
    assert list(closed) == ["type", "delta", "usage"]
    assert list(closed["delta"]) == ["stop_reason", "stop_sequence", "stop_details", "container"]
    kept = [k for k in USAGE if k not in ("cache_creation", "service_tier", "inference_geo")]
    assert list(closed["usage"]) == kept
    assert "output_tokens_details" not in closing(whole("claude-haiku-4-5"))["usage"]


def test_applied_edits_come_last_and_are_null_at_the_start() -> None:
    edits = {"edits": [{"type": "clear_tool_uses_20250919"}]}
    found = whole(context_management=edits)
    assert list(found) == [*KEYS, "context_management"]
    assert found["context_management"] == {"applied_edits": []}
    assert list(opening(found)) == [*KEYS, "context_management"]
    assert opening(found)["context_management"] is None
    assert list(closing(found)) == ["type", "delta", "usage", "context_management"]


def test_applied_edits_come_with_the_beta_alone() -> None:
    request = read(body(), betas=frozenset(["context-management-2025-06-27"]))
    assert "context_management" in message(request, Answer([]), "msg_1", 9)


@pytest.mark.parametrize(
    ("model", "is_told"), [("claude-opus-5-5", True), ("claude-3-haiku-20240307", False)]
)
def test_transformations_of_the_input_come_with_their_beta(model: str, is_told: bool) -> None:
    request = read(body(model), betas=frozenset(["thinking-binding-controls-2026-08-01"]))
    found = message(request, Answer([]), "msg_1", 9)
    assert found.get("input_transformations", "absent") == ([] if is_told else "absent")
    assert ("input_transformations" in opening(found)) == is_told
