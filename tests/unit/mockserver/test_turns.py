"""One look over all turns finds what several looks would."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.request import Request
from mockserver.turns import Block, Survey, Turn, features, turns_of
from tests.unit.mockserver.bodies import body, read, text

MARK = {"cache_control": {"type": "ephemeral"}}


def call(identity: str, **more: Any) -> Block:
    return {"type": "tool_use", "id": identity, "name": "a", "input": {}, **more}


def result(identity: str, **more: Any) -> Block:
    return {"type": "tool_result", "tool_use_id": identity, **more}


def survey(*blocks: Block) -> Survey:
    return Survey([Turn(0, "user", list(blocks))])


def test_turns_have_lists_of_blocks() -> None:
    messages = [
        {"role": "user", "content": "a"},
        {"role": "assistant", "content": ""},
        {"role": "user", "content": [text("b")]},
        {"role": "system", "output_config": {"effort": "low"}},
    ]
    assert turns_of(messages) == [
        Turn(0, "user", [text("a")]),
        Turn(1, "assistant", []),
        Turn(2, "user", [text("b")]),
        Turn(3, "system", []),
    ]
    assert type(turns_of(messages)[0]) is Turn


def test_blocks_are_sorted_out() -> None:
    image = {"type": "image"}
    listed = result("b", content=[text("in")])
    found = survey(text("a"), call("a"), result("a", content="done"), listed, result("c"), image)

    assert found.texts == ["a", "done"]
    assert found.calls == [call("a")]
    assert found.others == [listed, result("c"), image]
    assert found.kinds == {"text", "tool_use", "tool_result", "image"}


@pytest.mark.parametrize(
    "block",
    [
        pytest.param(text("a") | MARK, id="text"),
        pytest.param(call("a") | MARK, id="call"),
        pytest.param(result("a", content="b") | MARK, id="result"),
        pytest.param(result("a") | MARK, id="empty_result"),
        pytest.param(result("a", content=[text("a") | MARK]), id="in_result"),
        pytest.param({"type": "image"} | MARK, id="image"),
        pytest.param(
            {"type": "document", "source": {"content": [text("a") | MARK]}}, id="in_document"
        ),
    ],
)
def test_a_mark_is_found(block: Block) -> None:
    assert survey(text("a"), block).is_marked


@pytest.mark.parametrize(
    ("block", "kind"),
    [
        pytest.param(text(""), "blank text", id="empty"),
        pytest.param(text(" \n") | MARK, "blank text", id="white_space"),
        pytest.param(result("a", content=[text("")]), "blank text", id="in_result"),
        pytest.param(result("a", is_error=True), "failed result", id="failed"),
        pytest.param(result("a", content="a", is_error=True), "failed result", id="failed_text"),
        pytest.param(call("a", caller={}), "caller", id="caller"),
        pytest.param({"type": "server_tool_use", "toolset_name": "a"}, "toolset_name", id="set"),
        pytest.param({"type": "document", "source": {"content": [text("a")]}}, "text", id="in"),
    ],
)
def test_what_is_rare_is_found(block: Block, kind: str) -> None:
    assert kind in survey(text("a"), block).kinds


def test_nothing_rare_is_found_where_there_is_none() -> None:
    found = survey(text("a"), call("a"), result("a", content=" ", is_error=False))

    assert found.kinds == {"text", "tool_use", "tool_result"}
    assert not found.is_marked


def test_features_say_what_there_is() -> None:
    turns = turns_of([{"role": "user", "content": "a"}, {"role": "assistant", "content": ""}])
    asked = {"model": "m", "tools": [{"strict": True}, MARK], "system": [text("a")]}
    found = features(asked, turns, Survey(turns))

    assert found.keys == {"model", "tools", "system", "strict", "cache_control"}
    assert found.roles == {"user", "assistant", "empty turn", "final assistant"}
    assert features({"system": [MARK]}, turns, Survey(turns)).keys == {"system", "cache_control"}


ROLES = st.sampled_from(["user", "assistant", "system"])
BLOCKS = st.sampled_from([text("a"), *map(call, "ab"), *map(result, "ab")])
TURNS = st.lists(st.tuples(ROLES, st.lists(BLOCKS, max_size=3)), min_size=1, max_size=5)


@given(TURNS)
def test_pairs_of_turns_are_pairs_of_runs(turns: list[tuple[str, list[Block]]]) -> None:
    """What the one look says is what the longer way finds; it may only know less."""
    request = read(body(messages=[{"role": r, "content": b} for r, b in turns]))
    is_known = request.survey.is_paired
    request.survey.is_paired = False
    longer = Request(request.body, request.model, request.turns, request.features)
    longer.survey = request.survey

    assert longer.is_paired or not is_known


@pytest.mark.parametrize(
    ("turns", "is_paired"),
    [
        pytest.param([], True, id="none"),
        pytest.param([("assistant", [call("a")]), ("user", [result("a")])], True, id="pair"),
        pytest.param(
            [("assistant", [call("a")]), ("user", [result("a"), text("b")])], True, id="text_behind"
        ),
        pytest.param([("assistant", [call("a")])], False, id="open"),
        pytest.param([("user", [result("a")])], False, id="orphan"),
        pytest.param([("user", [call("a")]), ("user", [result("a")])], False, id="role"),
        pytest.param([("assistant", [call("a")]), ("system", [result("a")])], False, id="system"),
        pytest.param(
            [("assistant", [call("a")]), ("user", [text("b"), result("a")])], False, id="late"
        ),
        pytest.param(
            [("assistant", [call("a")] * 2), ("user", [result("a")] * 2)], False, id="twice"
        ),
        pytest.param(
            [("assistant", [call("a"), call("b")]), ("user", [result("b"), result("a")])],
            False,
            id="order",
        ),
    ],
)
def test_pairs(turns: list[tuple[str, list[Block]]], is_paired: bool) -> None:
    assert Survey([Turn(n, r, b) for n, (r, b) in enumerate(turns)]).is_paired == is_paired
