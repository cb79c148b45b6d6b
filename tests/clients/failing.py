"""Faults, and what the official SDK makes of each."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import anthropic
import httpx2
import pytest
from anthropic.types.message_create_params import MessageCreateParamsBase

ASKED: MessageCreateParamsBase = {
    "model": "claude-haiku-4-5",
    "max_tokens": 200,
    "messages": [{"role": "user", "content": "Tell me about ancient Rome."}],
}
PATIENCE = 20.0
SAID = "Ahoy, naïve 👩‍🚀 sailor!"


class Row(NamedTuple):
    """A fault, what the SDK raises for a stream (None: nothing), and how often it asks."""

    reply: dict[str, Any]
    raised: type[Exception] | None
    requests: int


ONCE, THRICE = 1, 3
BEFORE = {
    "F5_reset": Row({"fault": "reset"}, anthropic.APIConnectionError, THRICE),
    "F6_empty": Row({"fault": "empty"}, anthropic.APIConnectionError, THRICE),
    "F13_garbage": Row({"fault": "garbage"}, anthropic.APIConnectionError, THRICE),
    "F7_stall": Row({"fault": "stall"}, anthropic.APITimeoutError, THRICE),
    "F7_slow": Row({"wire": {"delay": 5}}, anthropic.APITimeoutError, THRICE),
    "F15_html_of_a_gateway": Row(
        {"fault": {"kind": "html", "status": 502}}, anthropic.InternalServerError, THRICE
    ),
}
IN_STREAM = {
    "F8_stall": Row({"fault": {"kind": "stall", "event": 4}}, httpx2.ReadTimeout, ONCE),
    "F9_reset": Row({"fault": {"kind": "reset", "event": 4}}, httpx2.ReadError, ONCE),
    "F9_cut": Row({"fault": {"kind": "cut", "event": 4}}, httpx2.RemoteProtocolError, ONCE),
    "F9_cut_at_a_byte": Row(
        {"fault": {"kind": "cut", "byte": 700}}, httpx2.RemoteProtocolError, ONCE
    ),
    "F9_cut_and_closed_slowly": Row(
        {"fault": {"kind": "cut", "event": 4}, "wire": {"slow_close": 0.05}},
        httpx2.RemoteProtocolError,
        ONCE,
    ),
    "F12_bad_chunk": Row(
        {"fault": {"kind": "bad_chunk", "event": 4}}, httpx2.RemoteProtocolError, ONCE
    ),
    "F11_error_event": Row(
        {"fault": {"kind": "error", "event": 4}}, anthropic.APIStatusError, ONCE
    ),
    "F14_bad_json": Row({"fault": {"kind": "bad_json", "event": 4}}, json.JSONDecodeError, ONCE),
    # The worst of all: nothing is raised, and half an answer looks like a whole one.
    "F10_end": Row({"fault": {"kind": "end", "event": 4}}, None, ONCE),
    "F10_only_the_start": Row({"fault": {"kind": "end", "event": 1}}, None, ONCE),
    "F15_length_too_small": Row({"fault": "length_too_small"}, None, ONCE),
    # The helper for streams has nothing to give, and says so without a word.
    "F15_html": Row({"fault": "html"}, AssertionError, ONCE),
}
HARMLESS = {
    "F14_unknown_event": {"fault": {"kind": "unknown_event", "event": 4}},
    "F14_every_byte_alone": {"wire": {"split": 1}},
    "F14_seven_bytes": {"wire": {"split": 7}},
    "F14_crlf": {"wire": {"crlf": True}},
    "F14_comments": {"wire": {"comments": True}},
    "F15_wrong_type": {"fault": "wrong_type"},
    "F16_slow_close": {"wire": {"slow_close": 30}},
    "F16_latency": {"wire": {"delay": 0.05, "jitter": 1}},
}
BETWEEN_EVENTS = {"F14_unknown_event"}


STATUSES = [
    pytest.param(400, anthropic.BadRequestError, ONCE, id="F4_400"),
    pytest.param(401, anthropic.AuthenticationError, ONCE, id="F4_401"),
    pytest.param(403, anthropic.PermissionDeniedError, ONCE, id="F4_403"),
    pytest.param(404, anthropic.NotFoundError, ONCE, id="F4_404"),
    pytest.param(408, anthropic.APIStatusError, THRICE, id="F2_408"),
    pytest.param(409, anthropic.ConflictError, THRICE, id="F2_409"),
    pytest.param(413, anthropic.RequestTooLargeError, ONCE, id="F4_413"),
    pytest.param(429, anthropic.RateLimitError, THRICE, id="F1_429"),
    pytest.param(500, anthropic.InternalServerError, THRICE, id="F2_500"),
    pytest.param(503, anthropic.InternalServerError, THRICE, id="F2_503"),
    pytest.param(504, anthropic.InternalServerError, THRICE, id="F2_504"),
    pytest.param(529, anthropic.InternalServerError, THRICE, id="F2_529"),
]


def becomes(check: Callable[[], bool]) -> bool:
    """Whether something is true before patience is over."""
    end = time.monotonic() + PATIENCE
    while not check() and time.monotonic() < end:
        time.sleep(0.005)
    return check()


def streamed(client: anthropic.Anthropic) -> anthropic.types.Message:
    """The answer to ASKED by the SDK's helper for streams."""
    with client.messages.stream(**ASKED) as stream:
        return stream.get_final_message()
