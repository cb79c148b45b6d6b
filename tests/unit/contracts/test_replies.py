"""Generated answers are what the oracle takes for the API's, and hold what clients rarely see."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.derive import VERSIONS
from contracts.framing import frames
from contracts.oracle import check_message, check_stream
from contracts.strategies import messages, streams

LARGE = settings(max_examples=60, suppress_health_check=list(HealthCheck))


@LARGE
@given(messages(), st.sampled_from(VERSIONS))
def test_messages_are_what_the_api_sends(message: dict[str, Any], version: str) -> None:
    assert check_message(message, version) == []


@LARGE
@given(streams(), st.sampled_from(VERSIONS))
def test_streams_are_what_the_api_sends(raw: bytes, version: str) -> None:
    assert check_stream(raw, version) == []


@LARGE
@given(streams(unknown=True))
def test_streams_of_a_later_api_are_framed_all_the_same(raw: bytes) -> None:
    names = [frame.name for frame in frames(raw)]

    assert (names[0], names[-1]) == ("message_start", "message_stop")


def test_answers_hold_what_clients_rarely_see() -> None:
    seen: list[str] = []

    @settings(max_examples=400, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(messages(unknown=True), streams(unknown=True))
    def collect(message: dict[str, Any], raw: bytes) -> None:
        seen.append(json.dumps(message) + raw.decode())

    collect()
    shown = "\n".join(seen)
    wanted = [
        '"content": []', '"input": {}', '"text": ""', '"citations": null', '"cache_creation": null',
        '"type": "mock_unknown"', '"stop_reason": "mock_unknown"', "event: mock_unknown", "mock_unknown_delta",
        '"type": "redacted_thinking"', '"type": "server_tool_use"', "event: ping", "\\u2028", '"stop_details": {',
        *(f'"stop_reason": "{reason}"' for reason in (
            "end_turn", "max_tokens", "stop_sequence", "tool_use", "pause_turn", "refusal",
            "model_context_window_exceeded",
        )),
    ]  # fmt: skip

    assert [part for part in wanted if part not in shown] == []
