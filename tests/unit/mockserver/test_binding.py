"""Thinking is bound to the conversation before it: what may change, and what may not."""

from __future__ import annotations

import base64
from copy import deepcopy
from typing import Any

import pytest

from mockserver.binding import dropped, mismatches, preserved, transformations, unbound
from mockserver.prefix import CONTENT, MOST_BLOCKS, SYSTEM, TOOLS
from mockserver.signing import is_original, minted, opened
from mockserver.turns import BATCH_ITEM
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
    return [found.place.path for found in unbound(read(value))]


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
        case "left out between":
            del messages[1]["content"][2]
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


def controlled(behavior: str) -> dict[str, Any]:
    config = {"type": "adaptive", "block_binding": {"prefix_mismatch_behavior": behavior}}
    return {**changed("result"), "thinking": config}


@pytest.mark.parametrize(
    ("value", "roles", "expected"),
    [
        (controlled("drop_block"), set(), "thinking_dropped"),
        (controlled("error"), set(), "thinking_mismatch_allowed"),
        (changed("result"), set(), "thinking_mismatch_allowed"),
        (changed("result"), {BATCH_ITEM}, "thinking_dropped"),
        (controlled("error"), {BATCH_ITEM}, "thinking_mismatch_allowed"),
    ],
    ids=["dropped", "error_allowed", "allowed", "batch", "batch_error"],
)
def test_what_follows_another_conversation_is_told(
    value: dict[str, Any], roles: set[str], expected: str
) -> None:
    request = read(value)
    request.features = request.features._replace(roles=request.features.roles | roles)
    told = {"type": expected, "path": "messages.3.content.0", "reason": "prefix_binding_mismatch"}

    assert transformations(request) == [told]
    assert [block["thinking"] for block in dropped(request)] == (
        ["So"] if expected == "thinking_dropped" else []
    )


@pytest.mark.parametrize(
    "value",
    [replayed(), asked(), body(OLD, messages=conversation(("user", "Hi")))],
    ids=["unchanged", "no_thinking", "other_model"],
)
def test_nothing_is_told_of_a_conversation_that_is_the_same(value: dict[str, Any]) -> None:
    assert transformations(read(value)) == []


def made_by(maker: str, reader: str, **more: Any) -> dict[str, Any]:
    """A conversation that goes on with another model than it was begun with."""
    opening = conversation(("user", "Hello"))
    answer = preserved(read(body(maker, messages=opening)), [thought(), text("Hi")])
    return body(
        reader, messages=[*opening, *conversation(("assistant", answer), ("user", "And?"))], **more
    )


# docs: Preserved thinking, and the migration guides of the models; observed: claude-opus-5-5 to claude-sonnet-5 and
# to claude-opus-5
@pytest.mark.parametrize(
    ("maker", "reader", "is_read"),
    [
        ("claude-opus-5-5", "claude-opus-5-5", True),
        ("claude-opus-5-5", "claude-fable-5-1", True),
        ("claude-opus-5-5", "claude-mythos-5-1", True),
        ("claude-opus-5-5", "claude-opus-5", False),
        ("claude-opus-5-5", "claude-sonnet-5", False),
        ("claude-opus-5-5", "claude-sonnet-5-5", False),
        ("claude-opus-5", "claude-opus-5-5", True),
        ("claude-opus-5", "claude-fable-5-1", True),
        ("claude-opus-5", "claude-sonnet-5-5", False),
        ("claude-haiku-4-5", "claude-sonnet-5-5", True),
        ("claude-haiku-4-5", "claude-opus-5-5", True),
        ("claude-sonnet-5-5", "claude-opus-5-5", True),
        ("claude-fable-5", "claude-opus-5-5", False),
        ("claude-fable-5-1", "claude-opus-5", False),
        ("claude-fable-5-1", "claude-mythos-5-1", True),
        ("claude-fable-5-2", "claude-mythos-5-2", True),
        ("claude-fable-5-2", "claude-fable-5-1", False),
        ("claude-haiku-5-5", "claude-sonnet-5-5", True),
        ("claude-haiku-5-5", "claude-opus-5-5", True),
        ("claude-haiku-4-5", "claude-haiku-5-5", False),
        ("claude-sonnet-4-6", "claude-opus-4-6", False),
    ],
)
def test_a_model_reads_its_own_thinking_and_that_of_some_others(
    maker: str, reader: str, is_read: bool
) -> None:
    request = read(made_by(maker, reader))
    told = {
        "type": "thinking_dropped",
        "path": "messages.1.content.0",
        "reason": "model_binding_mismatch",
    }

    assert transformations(request) == ([] if is_read else [told])
    assert len(list(dropped(request))) == (0 if is_read else 1)


def test_thinking_that_cannot_be_read_is_not_told_to_follow_another_conversation() -> None:
    request = read(made_by("claude-opus-5-5", "claude-sonnet-5-5", system="Be brief"))

    assert [found.reason for found in mismatches(request)] == ["model_binding_mismatch"]


def test_thinking_stays_valid_after_some_that_could_not_be_read() -> None:
    value = made_by("claude-fable-5-1", NEW)
    answer = preserved(read(value), [thought("So"), text("Yes")])
    value["messages"] += conversation(("assistant", answer), ("user", "Thanks"))

    assert [found.reason for found in mismatches(read(value))] == ["model_binding_mismatch"]


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


def compacted(block: dict[str, Any]) -> dict[str, Any]:
    """A conversation that was summed up in the answer that goes on with it."""
    value = replayed()
    answer = preserved(read(value), [block, thought("On"), text("Yes")])
    value["messages"] += conversation(("assistant", answer), ("user", "More"))
    return value


SUMMARY = {"type": "compaction", "content": "They talked about the weather."}


def test_what_is_before_a_compaction_block_may_be_left_out() -> None:
    value = compacted(SUMMARY)
    del value["messages"][:-2]

    assert paths(value) == []


def test_a_summary_may_not_be_edited() -> None:
    value = compacted(SUMMARY)
    value["messages"][-2]["content"][0]["content"] += " And more."

    [found] = unbound(read(value))

    assert found.place.path == "messages.5.content.1"
    assert found.change == CONTENT.format(path="messages.5.content.0")


def test_turns_kept_after_a_signed_summary_keep_their_thinking() -> None:
    value = replayed()
    value["messages"][:2] = conversation(("assistant", [{**SUMMARY, "signature": "c2ln"}]))

    assert paths(value) == []
    assert paths({**value, "system": "Be long"}) == ["messages.2.content.0"]


def test_hidden_thinking_is_bound_as_well() -> None:
    value = asked()
    hidden = {"type": "redacted_thinking", "data": minted(0, "Hm")}
    answer = preserved(read(value), [hidden, text("Hi")])
    value["messages"] += conversation(("assistant", answer), ("user", "And?"))
    assert paths(value) == []

    assert paths({**value, "system": "Be long"}) == ["messages.1.content.0"]
