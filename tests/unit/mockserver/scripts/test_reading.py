"""Plain values into the model, and errors that name the place and the remedy."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from mockserver.faults import KINDS, PLAIN, Fault, Wire
from mockserver.scripts import reading
from mockserver.scripts.model import Call, Failure, Pacing, Reply, ScriptError, Text, When


def entry(value: Any) -> Any:
    return reading.entry(value, "rule 1")


def reply(value: Any) -> Reply:
    return reading.reply(value)


def test_a_text_is_a_reply() -> None:
    assert reply("Hello") == reply({"text": "Hello"}) == Reply(text="Hello")


def test_an_entry_keeps_what_it_was_read_from() -> None:
    given = {"name": "greeting", "when": {"user": "Hi"}, "reply": ["a", {"text": "b"}], "times": 2}
    found = entry(given)
    assert (found.id, found.given, found.times) == ("greeting", given, 2)
    assert found.when == When(user=Text(part="Hi"))
    assert found.replies == (Reply(text="a"), Reply(text="b"))
    assert entry({"reply": "a"}).id == "rule 1"
    assert entry({"reply": "a"}).when == When()


def test_every_condition_is_read() -> None:
    when = entry(
        {
            "when": {
                "model": "haiku",
                "system": {"regex": "^You"},
                "user": "a",
                "turn": 2,
                "tools": "get_weather",
                "result": {"regex": "4."},
                "images": 2,
                "stream": False,
                "headers": {"X-Tenant": "a"},
                "metadata": {"user_id": "u"},
            },
            "reply": "x",
        }
    ).when
    assert (when.model, when.user, when.turn, when.images, when.stream) == (
        *(Text("haiku"), Text("a"), 2, 2, False),
    )
    assert when.tools == ("get_weather",)
    assert when.headers == {"x-tenant": Text("a")}
    assert when.metadata == {"user_id": Text("u")}
    assert when.system is not None
    assert str(when.system) == "/^You/"
    assert str(when.result) == "/4./"
    assert entry({"when": {"tools": ["a", "b"]}, "reply": "x"}).when.tools == ("a", "b")
    assert entry({"when": {"result": True}, "reply": "x"}).when.result is True


def test_every_member_of_a_reply_is_read() -> None:
    found = reply(
        {
            "text": "a",
            "thinking": "b",
            "tool": "f",
            "input": {"x": 1},
            "calls": [{"tool": "g"}],
            "stop_reason": "tool_use",
            "usage": {"input_tokens": 3},
            "pacing": {"first_token": 0.5, "tokens_per_second": 20, "jitter": 0.1},
            "force": True,
        }
    )
    assert found.calls == (Call("f", {"x": 1}), Call("g"))
    assert found.pacing == Pacing(0.5, 20, 0.1)
    assert (found.text, found.thinking, found.stop_reason) == ("a", "b", "tool_use")
    assert (found.usage, found.force) == ({"input_tokens": 3}, True)
    assert reply({"error": 529}).error == Failure(529)
    assert reply({"error": {"status": 429, "headers": {"retry-after": "1"}}}).error == Failure(
        429, headers={"retry-after": "1"}
    )
    assert reply({"stop_reason": "refusal", "stop_details": {"type": "refusal"}}).stop_details


WRONG = [
    pytest.param({"reply": {"txet": "a"}}, "reply.txet", "there is no key 'txet'; did you mean 'text'?", id="nearest"),
    pytest.param({"reply": "a", "qqq": 1}, "qqq", "there is no key 'qqq'; The keys here are name, when", id="nothing_near"),
    pytest.param({"when": {"usr": "a"}, "reply": "b"}, "when.usr", "did you mean 'user'?", id="condition"),
    pytest.param({"when": {"user": {"regexp": "a"}}, "reply": "b"}, "when.user", "the key 'regex' is missing", id="pattern"),
    pytest.param({"when": {"user": 3}, "reply": "b"}, "when.user", "expected shape. (A part of the last user turn's text", id="kind"),
    pytest.param({"when": {"turn": 0}, "reply": "b"}, "when.turn", "greater than or equal to 1 (The number of", id="range"),
    pytest.param({"when": {"headers": {"a": 1}}, "reply": "b"}, "when.headers.a", "expected shape", id="header"),
    pytest.param({"when": {"user": {"regex": "("}}, "reply": "b"}, "when.user.regex", "not a regular expression: missing )", id="regex"),
    pytest.param({"reply": [{"txet": "a"}]}, "reply.0.txet", "did you mean 'text'?", id="in_a_list"),
    pytest.param({"reply": {"calls": [{"tol": "a"}]}}, "reply.calls.0", "the key 'tool' is missing", id="call"),
    pytest.param({"reply": {"calls": [{"tool": "a", "x": 1}]}}, "reply.calls.0.x", "The keys here are tool, input", id="call_key"),
    pytest.param({"reply": []}, "reply", "at least 1 item", id="empty"),
    pytest.param({"reply": {"input": {}}}, "reply", "'input' needs 'tool'", id="input"),
    pytest.param({"reply": {"error": 200}}, "reply.error", "greater than or equal to 400 (A status", id="status"),
    pytest.param({"reply": {"error": {"status": 529, "mesage": "a"}}}, "reply.error.mesage", "did you mean 'message'?", id="error_key"),
    pytest.param({"reply": {"error": 529, "text": "a"}}, "reply", "leave the rest out", id="error_and_text"),
    pytest.param({"reply": {"blocks": [], "text": "a"}}, "reply", "'blocks' is the whole content", id="blocks_and_text"),
    pytest.param({"reply": {"blocks": [{}]}}, "reply.blocks.0", "the key 'type' is missing", id="block_type"),
    pytest.param({"reply": {"input": {"a": {1, 2}}}}, "", "this is not JSON: ", id="no_json"),
    pytest.param({}, "", "the key 'reply' is missing", id="no_reply"),
    pytest.param("x", "", "expected shape. (What to answer when", id="no_object"),
    pytest.param({"reply": {"stop_reason": "done"}}, "reply.stop_reason", "Input should be 'end_turn'", id="stop_reason"),
    pytest.param({"reply": {"blocks": [{"type": "picture"}]}}, "reply.blocks.0", "Input tag 'picture' found", id="block_kind"),
    pytest.param({"reply": {"blocks": [{"type": "text"}]}}, "reply.blocks.0.text.text", "Field required; correct it, or add `force: true`", id="block_member"),
    pytest.param({"reply": {"usage": {"tokens": 3}}}, "reply.usage.tokens", "Extra inputs", id="usage"),
    pytest.param({"reply": {"stop_sequence": "a", "stop_reason": "end_turn"}}, "reply", "goes with stop_reason stop_sequence", id="stop_sequence"),
    pytest.param({"reply": {"stop_details": {"type": "refusal"}}}, "reply", "goes with stop_reason refusal", id="stop_details"),
    pytest.param({"reply": {"text": "a", "stop_reason": "tool_use"}}, "reply", "goes with a tool call", id="tool_use_without_call"),
    pytest.param({"reply": {"tool": "a", "stop_reason": "end_turn"}}, "reply", "a tool call ends with", id="call_and_end_turn"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "path", "problem"), WRONG)
def test_an_error_names_place_and_remedy(value: Any, path: str, problem: str) -> None:
    with pytest.raises(ScriptError) as caught:
        entry(value)
    assert ".".join(map(str, caught.value.path)) == path
    assert problem in caught.value.problem
    assert str(caught.value) == (f"{path}: " if path else "") + caught.value.problem


@pytest.mark.parametrize(
    "name", ["Entry", "When", "Reply", "Call", "Pacing", "Error", "Texts", "Pattern"]
)
def test_a_wrong_reply_is_wrong_at_its_place(name: str) -> None:
    with pytest.raises(ScriptError):
        reading.checker().check([], name, ("a",))


def test_force_sends_what_the_live_api_could_not() -> None:
    assert reply({"text": "a", "stop_reason": "done", "force": True}).stop_reason == "done"


def test_a_reply_outside_of_an_entry_is_checked_too() -> None:
    with pytest.raises(ScriptError, match=r"^reply\.txet: there is no key"):
        reading.reply({"txet": "a"}, ("reply",))


def test_the_schema_is_one_for_editors_too() -> None:
    validator = jsonschema.Draft202012Validator(json.loads(reading.SCHEMA.read_text("utf-8")))
    jsonschema.Draft202012Validator.check_schema(validator.schema)
    assert validator.is_valid([{"when": {"user": "a"}, "reply": ["b", {"tool": "c"}]}])
    assert not validator.is_valid([{"when": {"usr": "a"}, "reply": "b"}])


def test_a_fault_is_its_kind_or_its_kind_and_place() -> None:
    assert reply({"fault": "reset"}).fault == Fault("reset")
    assert reply({"fault": {"kind": "stall", "event": 2, "pings": 0.5}}).fault == Fault(
        "stall", event=2, pings=0.5
    )
    assert reply({"wire": {"split": 1}}).wire == Wire(split=1)
    assert reply("Hello").wire is PLAIN


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_knows_every_kind_of_fault(kind: str) -> None:
    assert reply({"fault": kind}).fault == reply({"fault": {"kind": kind}}).fault == Fault(kind)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        pytest.param({"fault": "rest"}, r"^fault: .*'reset'", id="unknown_kind"),
        pytest.param(
            {"fault": {"kind": "cut", "event": 1, "byte": 1}}, "^fault: .*not both", id="two_places"
        ),
        pytest.param({"error": 529, "fault": "cut"}, "leave the rest out", id="error_and_fault"),
        pytest.param(
            {"error": 529, "wire": {"delay": 1}}, "leave the rest out", id="error_and_wire"
        ),
    ],
)
def test_a_fault_that_can_not_be_meant(value: Any, problem: str) -> None:
    with pytest.raises(ScriptError, match=problem):
        reply(value)
