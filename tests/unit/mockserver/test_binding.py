"""Thinking is bound to the conversation before it: what may change, and what may not."""

from __future__ import annotations

import base64
from copy import deepcopy
from typing import Any

import pytest

from mockserver.binding import preserved, transformations, unbound
from mockserver.signing import binding, is_original, minted
from tests.unit.mockserver.bodies import TOOL, body, call, conversation, read, result, text

NEW, OLD = "claude-opus-5-5", "claude-opus-5"


def thought(words: str = "Hm") -> dict[str, Any]:
    return {"type": "thinking", "thinking": words, "signature": minted(0, words)}


def asked(**more: Any) -> dict[str, Any]:
    opening = conversation(("user", [text("Hello", cache_control={"type": "ephemeral"})]))
    return body(NEW, **{"messages": opening, "system": "Be brief", "tools": [TOOL], **more})


def replayed() -> dict[str, Any]:
    """Two answers with thinking, each made after the conversation before it, and sent back as they came."""
    asking = asked()
    first = preserved(read(asking), [thought(), text("Let me see"), thought("Oh"), call()])
    asking["messages"] += conversation(("assistant", first), ("user", [result(content="3")]))
    second = preserved(read(asking), [thought("So"), text("Cold")])
    asking["messages"] += conversation(("assistant", second), ("user", "Thanks"))
    return asking


def paths(value: dict[str, Any]) -> list[str]:
    return [place.path for place in unbound(read(value))]


def test_an_answers_thinking_keeps_its_text_and_gets_a_binding() -> None:
    [block, said] = preserved(read(asked()), [thought(), text("Hi")])

    assert is_original(0, "Hm", block["signature"])
    assert binding(block["signature"]) != binding(minted(0, "Hm")) == b""
    assert base64.b64decode(block["signature"], validate=True)
    assert said == text("Hi")


@pytest.mark.parametrize("blocks", [[text("a")], [thought(), text("a")]])
def test_models_that_do_not_preserve_thinking_bind_nothing(blocks: list[dict[str, Any]]) -> None:
    assert preserved(read({**asked(), "model": OLD}), blocks) is blocks


def test_a_foreign_signature_stays_as_it_is() -> None:
    foreign = {"type": "thinking", "thinking": "a", "signature": "c2ln"}

    assert preserved(read(asked()), [foreign]) == [foreign]


def test_an_unchanged_conversation_is_that_of_its_thinking() -> None:
    assert paths(replayed()) == []


def changed(name: str) -> dict[str, Any]:
    value = deepcopy(replayed())
    messages = value["messages"]
    match name:
        case "system":
            value["system"] = "Be long"
        case "tools":
            value["tools"].append({**TOOL, "name": "get_time"})
        case "first message":
            messages[0]["content"][0]["text"] = "Bye"
        case "text before the second thought":
            messages[1]["content"][1]["text"] = "Wait"
        case "result":
            messages[2]["content"][0]["content"] = "4"
        case "inserted turn":
            messages[2:2] = conversation(("user", "And?"), ("assistant", "Hm"))
        case _:
            raise AssertionError(name)
    return value


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("system", ["messages.1.content.0", "messages.1.content.2", "messages.3.content.0"]),
        ("tools", ["messages.1.content.0", "messages.1.content.2", "messages.3.content.0"]),
        ("first message", ["messages.1.content.0", "messages.1.content.2", "messages.3.content.0"]),
        ("text before the second thought", ["messages.1.content.2", "messages.3.content.0"]),
        ("result", ["messages.3.content.0"]),
        ("inserted turn", ["messages.5.content.0"]),
    ],
)
def test_a_change_unbinds_what_comes_after_it(name: str, expected: list[str]) -> None:
    assert paths(changed(name)) == expected


def kept(name: str) -> dict[str, Any]:
    value = deepcopy(replayed())
    messages = value["messages"]
    match name:
        case "cache mark":
            del messages[0]["content"][0]["cache_control"]
            messages[2]["content"][0]["cache_control"] = {"type": "ephemeral"}
        case "plain text":
            messages[0]["content"] = "Hello"
        case "system blocks":
            value["system"] = [text("Be brief", citations=None)]
        case "oldest thinking left out":
            del messages[1]["content"][0]
        case "deferred tool":
            value["tools"].append({**TOOL, "name": "get_time", "defer_loading": True})
        case "caller":
            messages[1]["content"][3]["caller"] = {"type": "direct"}
        case "directive":
            messages.insert(
                4, {"role": "system", "content": [], "output_config": {"effort": "low"}}
            )
            messages.insert(
                2, {"role": "system", "content": [], "output_config": {"effort": "low"}}
            )
        case "effort":
            value["output_config"] = {"effort": "low"}
        case "later turn":
            messages[-1]["content"] = "Something else"
        case _:
            raise AssertionError(name)
    return value


@pytest.mark.parametrize(
    "name",
    [
        *("cache mark", "plain text", "system blocks", "oldest thinking left out", "deferred tool"),
        *("caller", "directive", "effort", "later turn"),
    ],
)
def test_some_changes_keep_it(name: str) -> None:
    assert paths(kept(name)) == []


def test_a_signature_without_a_binding_follows_anything() -> None:
    value = asked()
    value["messages"] += conversation(("assistant", [thought(), text("a")]), ("user", "Go on"))

    assert paths(value) == []


def controlled(behavior: str) -> dict[str, Any]:
    config = {"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": behavior}}
    return {**changed("result"), "thinking": config}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (controlled("drop_block"), "thinking_dropped"),
        (controlled("error"), "thinking_mismatch_allowed"),
        (changed("result"), "thinking_mismatch_allowed"),
    ],
    ids=["dropped", "error_allowed", "allowed"],
)
def test_what_follows_another_conversation_is_told(value: dict[str, Any], expected: str) -> None:
    told = {"type": expected, "path": "messages.3.content.0", "reason": "prefix_binding_mismatch"}

    assert transformations(read(value)) == [told]


@pytest.mark.parametrize(
    "value",
    [replayed(), asked(), {**changed("result"), "model": OLD}],
    ids=["unchanged", "no_thinking", "other_model"],
)
def test_nothing_is_told_of_a_conversation_that_is_the_same(value: dict[str, Any]) -> None:
    assert transformations(read(value)) == []
