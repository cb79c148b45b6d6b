"""Thinking is bound to the conversation before it: what may change, and what may not."""

from __future__ import annotations

import base64
from copy import deepcopy
from typing import Any

import pytest

from mockserver.binding import preserved, unbound
from mockserver.prefix import CONTENT, MOST_BLOCKS, SYSTEM, TOOLS
from mockserver.signing import is_original, minted, opened
from tests.unit.mockserver.bodies import TOOL, body, conversation, read, text
from tests.unit.mockserver.bound import (
    NEW,
    OLD,
    asked,
    changed,
    controlled,
    paths,
    replayed,
    thought,
)


def binding(block: dict[str, Any]) -> bytes:
    signed = opened(0, block["signature"])
    assert signed is not None
    return signed.binding


def test_an_answers_thinking_keeps_its_text_and_gets_a_binding() -> None:
    [block, said] = preserved(read(asked()), [thought(), text("Hi")])

    assert is_original(0, "Hm", block["signature"])
    assert binding(block) != binding(thought()) == b""
    assert base64.b64decode(block["signature"], validate=True)
    assert said == text("Hi")


def test_an_answer_without_thinking_stays_as_it_is() -> None:
    blocks = [text("a")]

    assert preserved(read(asked()), blocks) is blocks


def test_models_that_do_not_preserve_thinking_sign_it_and_bind_it_to_nothing() -> None:
    [block, said] = preserved(read({**asked(), "model": OLD}), [thought(), text("a")])

    assert binding(block) == b""
    assert is_original(0, "Hm", block["signature"])
    assert block["signature"] != thought()["signature"]
    assert said == text("a")


def test_a_foreign_signature_stays_as_it_is() -> None:
    foreign = {"type": "thinking", "thinking": "a", "signature": "c2ln"}

    assert preserved(read(asked()), [foreign]) == [foreign]


def test_an_unchanged_conversation_is_that_of_its_thinking() -> None:
    assert paths(replayed()) == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("system", ["messages.1.content.0", "messages.1.content.2", "messages.3.content.0"]),
        ("tools", ["messages.1.content.0", "messages.1.content.2", "messages.3.content.0"]),
        ("first message", ["messages.1.content.0", "messages.1.content.2", "messages.3.content.0"]),
        ("text before the second thought", ["messages.1.content.2", "messages.3.content.0"]),
        ("result", ["messages.3.content.0"]),
        ("inserted turn", ["messages.5.content.0"]),
        ("left out between", ["messages.3.content.0"]),
    ],
)
def test_a_change_unbinds_what_comes_after_it(name: str, expected: list[str]) -> None:
    assert paths(changed(name)) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("system", SYSTEM),
        ("tools", TOOLS),
        ("first message", CONTENT.format(path="messages.0.content.0")),
        ("text before the second thought", CONTENT.format(path="messages.1.content.1")),
        ("result", CONTENT.format(path="messages.2.content.0")),
        ("inserted turn", ""),
        ("left out between", ""),
    ],
)
def test_what_has_changed_is_named_where_its_words_are_known(name: str, expected: str) -> None:
    assert next(unbound(read(changed(name)))).change == expected


def test_the_system_prompt_is_named_before_the_tools_and_these_before_the_content() -> None:
    value = changed("first message")
    value["tools"] = []
    assert next(unbound(read(value))).change == TOOLS

    assert next(unbound(read({**value, "system": "Be long"}))).change == SYSTEM


@pytest.mark.parametrize(("number", "is_named"), [(MOST_BLOCKS - 1, True), (MOST_BLOCKS, False)])
def test_what_comes_late_in_a_long_conversation_is_noticed_but_not_named(
    number: int, is_named: bool
) -> None:
    said = [text(f"{i}") for i in range(MOST_BLOCKS + 1)]
    value = body(NEW, messages=conversation(("user", said)))
    answer = preserved(read(value), [thought(), text("a")])
    value["messages"] += conversation(("assistant", answer), ("user", "Go on"))
    value["messages"][0]["content"] = [*said[:number], text("x"), *said[number + 1 :]]

    [found] = unbound(read(value))

    assert found.change == (CONTENT.format(path=f"messages.0.content.{number}") if is_named else "")


def test_turns_that_only_change_sides_are_noticed_but_not_named() -> None:
    value = replayed()
    value["messages"][0]["role"] = "assistant"

    assert next(unbound(read(value))).change == ""


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


def test_thinking_made_after_a_change_is_valid_while_that_before_it_is_not() -> None:
    value = controlled("drop_block")
    answer = preserved(read(value), [thought("Well"), text("Fine")])
    value["messages"] += conversation(("assistant", answer), ("user", "Bye"))

    assert paths(value) == ["messages.3.content.0"]


def test_thinking_that_is_put_back_unbinds_what_was_made_while_it_was_gone() -> None:
    whole = replayed()
    value = deepcopy(whole)
    del value["messages"][1]["content"][0], value["messages"][1]["content"][1]
    del value["messages"][3]["content"][0]
    answer = preserved(read(value), [thought("Well"), text("Fine")])
    more = conversation(("assistant", answer), ("user", "Bye"))

    assert paths({**value, "messages": value["messages"] + more}) == []
    assert paths({**whole, "messages": whole["messages"] + more}) == ["messages.5.content.0"]


def test_hidden_thinking_is_bound_as_well() -> None:
    value = asked()
    hidden = {"type": "redacted_thinking", "data": minted(0, "Hm")}
    answer = preserved(read(value), [hidden, text("Hi")])
    value["messages"] += conversation(("assistant", answer), ("user", "And?"))
    assert paths(value) == []

    assert paths({**value, "system": "Be long"}) == ["messages.1.content.0"]
