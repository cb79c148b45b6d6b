"""Cache diagnostics: the reason is the earliest divergence, and null is for none."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from mockserver.cachestore import FINGERPRINT_SECONDS, CacheStore
from mockserver.clock import Clock
from mockserver.diagnostics import HORIZON, diagnosed
from mockserver.tokens import prompt_tokens
from tests.unit.mockserver.bodies import TOOL, body, conversation, read, text

MODEL = "claude-opus-5"
LONG = "The quick brown fox jumps over the lazy dog. " * 100
TURNS = conversation(("user", LONG), ("assistant", "Yes"), ("user", "Go on"))
BASE: dict[str, Any] = {"model": MODEL, "system": LONG, "tools": [TOOL], "messages": TURNS}


class Conversation:
    """Requests that each name the one before; `None` asks without naming one."""

    def __init__(self) -> None:
        self.clock = Clock(dt.date(2026, 11, 22))
        self.store = CacheStore(self.clock)
        self.tokens = 0

    def ask(
        self, name: str, previous: str | None, betas: tuple[str, ...] = (), **changes: Any
    ) -> Any:
        sent = {**BASE, "diagnostics": {"previous_message_id": previous}, **changes}
        request = read(body(**sent), betas=frozenset(betas))
        self.tokens = prompt_tokens(request)
        return diagnosed(request, self.tokens, name, self.store)


@pytest.fixture
def talk() -> Conversation:
    return Conversation()


def reason(answer: Any) -> str:
    assert set(answer) == {"cache_miss_reason"}
    return str(answer["cache_miss_reason"]["type"])


def test_nothing_is_kept_of_a_request_that_does_not_ask(talk: Conversation) -> None:
    assert talk.ask("msg_1", None, diagnostics=None) is None
    assert reason(talk.ask("msg_2", "msg_1")) == "previous_message_not_found"


def test_a_first_request_has_nothing_to_compare(talk: Conversation) -> None:
    assert talk.ask("msg_1", None) is None
    assert talk.ask("msg_1", None, diagnostics={}) is None


def test_appended_messages_are_no_divergence(talk: Conversation) -> None:
    talk.ask("msg_1", None)
    more = [*TURNS, *conversation(("assistant", "Well"), ("user", "And?"))]
    assert talk.ask("msg_2", "msg_1", messages=more) is None


def test_marks_are_no_divergence(talk: Conversation) -> None:
    mark = {"cache_control": {"type": "ephemeral"}}
    talk.ask("msg_1", None)
    more = {"tools": [{**TOOL, **mark}], "system": [text(LONG, **mark)]}
    assert talk.ask("msg_2", "msg_1", **more) is None


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"model": "claude-opus-4-8"}, "model_changed"),
        ({"speed": "fast"}, "model_changed"),
        ({"system": "Other"}, "system_changed"),
        ({"tools": [TOOL, {**TOOL, "name": "other"}]}, "tools_changed"),
        ({"tools": [], "system": "Other"}, "tools_changed"),
        ({"messages": conversation(("user", "Other"))}, "messages_changed"),
        ({"messages": TURNS[:1]}, "messages_changed"),
        ({"tool_choice": {"type": "any"}}, "unavailable"),
        ({"thinking": {"type": "disabled"}}, "unavailable"),
        ({"output_config": {"effort": "low"}}, "unavailable"),
        ({"betas": ("context-management-2025-06-27",)}, "unavailable"),
    ],
)
def test_the_earliest_divergence_is_named(
    talk: Conversation, change: dict[str, Any], expected: str
) -> None:
    talk.ask("msg_1", None)
    answer = talk.ask("msg_2", "msg_1", **change)
    assert reason(answer) == expected
    has_tokens = expected != "unavailable"
    assert ("cache_missed_input_tokens" in answer["cache_miss_reason"]) is has_tokens


def test_the_missed_tokens_are_those_behind_the_divergence(talk: Conversation) -> None:
    def missed(**change: Any) -> int:
        answer = talk.ask("msg_2", "msg_1", **change)
        return int(answer["cache_miss_reason"]["cache_missed_input_tokens"])

    talk.ask("msg_1", None)
    whole = talk.tokens
    assert missed(model="claude-opus-4-8") == whole
    assert missed(tools=[]) == whole
    assert missed(system="Other") == pytest.approx(whole, rel=0.05)
    assert missed(messages=conversation(("user", "Other"))) == pytest.approx(whole / 2, rel=0.05)
    edited = [*TURNS[:2], *conversation(("user", "Go on, please"))]
    assert 0 < missed(messages=edited) < 20


def test_a_fingerprint_does_not_last(talk: Conversation) -> None:
    talk.ask("msg_1", None)
    talk.clock.forward(FINGERPRINT_SECONDS)
    assert reason(talk.ask("msg_2", "msg_1")) == "previous_message_not_found"


def test_beyond_the_horizon_only_all_or_nothing_is_known(talk: Conversation) -> None:
    long = conversation(*[("user", f"Turn {n}") for n in range(HORIZON + 5)])
    talk.ask("msg_1", None, messages=long)
    assert talk.ask("msg_2", "msg_1", messages=[*long, *TURNS]) is None
    edited = [*long[:-1], *conversation(("user", "Edited"))]
    assert reason(talk.ask("msg_3", "msg_1", messages=edited)) == "unavailable"
    assert reason(talk.ask("msg_4", "msg_1", messages=TURNS)) == "messages_changed"
