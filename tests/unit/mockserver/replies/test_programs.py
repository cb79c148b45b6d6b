"""Tools that code calls: the code and its calls, and what it printed when their results have come."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.replies.answer import Answer
from tests.unit.mockserver.replies.judging import judged, kinds

CODE = {"type": "code_execution_20260120", "name": "code_execution"}
ASK = ("user", "What is the weather in Paris?")
CALLER = {"type": CODE["type"], "tool_id": "srvtoolu_1"}
RAN = {
    "type": "server_tool_use",
    "id": "srvtoolu_1",
    "name": "code_execution",
    "input": {"code": "x"},
}


def tool(*callers: str, name: str = "get_weather") -> dict[str, Any]:
    schema = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
    return {"name": name, "input_schema": schema, "allowed_callers": list(callers)}


WEATHER = tool(CODE["type"])


def called(number: int, **more: Any) -> dict[str, Any]:
    call = {"type": "tool_use", "id": f"toolu_{number}", "name": "get_weather", "input": {}}
    return {**call, "caller": CALLER, **more}


def result(number: int, content: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": content}


def answered(*turns: Any, tools: Any = (CODE, WEATHER), **more: Any) -> Answer:
    return judged(*turns, model="claude-sonnet-4-6", tools=list(tools), **more)


def test_code_calls_what_only_code_may_call() -> None:
    found = answered(ASK)
    assert kinds(found) == ["server_tool_use", "tool_use"]
    ran, call = found.blocks
    assert ran["name"] == "code_execution"
    assert 'get_weather({"city": "Paris"})' in ran["input"]["code"]
    compile(ran["input"]["code"], "code", "exec")
    assert call["input"] == {"city": "Paris"}
    assert call["caller"] == {"type": CODE["type"], "tool_id": ran["id"]}
    assert found.stop_reason == "tool_use"
    assert found.container is not None


def test_code_calls_for_all_that_is_asked_at_once() -> None:
    found = answered(("user", "What is the weather in Paris, London and Rome?"))
    assert [block["input"]["city"] for block in found.blocks[1:]] == ["Paris", "London", "Rome"]


@pytest.mark.parametrize(
    "tools",
    [
        [CODE, tool("direct", CODE["type"])],
        [CODE, tool("direct")],
        [CODE, {**WEATHER, "allowed_callers": None}],
    ],
)
def test_what_the_model_may_call_it_calls_itself(tools: Any) -> None:
    found = answered(ASK, tools=tools)
    assert kinds(found) == ["text", "tool_use"]
    assert found.blocks[1]["caller"] == {"type": "direct"}


@pytest.mark.parametrize(
    ("turn", "more"),
    [
        (ASK, {"tools": [{**CODE, "type": "code_execution_20250825"}, WEATHER]}),
        (ASK, {"tool_choice": {"type": "none"}}),
        (("user", "Hello"), {}),
    ],
    ids=["other_version", "none", "not_asked"],
)
def test_code_calls_nothing_else(turn: Any, more: dict[str, Any]) -> None:
    assert kinds(answered(turn, **more)) == ["text"]


# recorded: langchain-ai/langchain, cassette test_programmatic_tool_use
def test_code_prints_the_results() -> None:
    found = answered(
        ASK,
        ("assistant", [RAN, called(1), called(2)]),
        ("user", [result(1, "sunny"), result(2, [{"type": "text", "text": "warm"}])]),
    )
    assert kinds(found) == ["code_execution_tool_result", "text"]
    assert found.blocks[0] == {
        "type": "code_execution_tool_result",
        "tool_use_id": "srvtoolu_1",
        "content": {
            "type": "code_execution_result",
            "stdout": "sunny\nwarm\n",
            "stderr": "",
            "return_code": 0,
            "content": [],
        },
    }
    assert found.stop_reason == "end_turn"


def test_results_of_other_calls_are_not_printed() -> None:
    other = called(2, name="get_time", caller={"type": "direct"})
    found = answered(
        ASK,
        ("assistant", [RAN, called(1), other]),
        ("user", [result(1, "sunny")]),
        ("user", [result(2, "noon")]),
        tools=[CODE, WEATHER, tool("direct", name="get_time")],
    )
    assert found.blocks[0]["content"]["stdout"] == "sunny\n"


def test_one_call_comes_after_the_other_when_the_text_says_so() -> None:
    then = ("user", "Get the weather in Paris, then get the time.")
    tools = [CODE, WEATHER, tool(CODE["type"], name="get_time")]
    first = answered(then, tools=tools)
    assert [block["name"] for block in first.blocks] == ["code_execution", "get_weather"]
    second = answered(
        then,
        ("assistant", [RAN, called(1)]),
        ("user", [result(1, "sunny")]),
        tools=tools,
    )
    assert kinds(second) == ["code_execution_tool_result", "server_tool_use", "tool_use"]


@pytest.mark.parametrize("most", [1, 20, 70])
def test_tokens_end_code_and_calls(most: int) -> None:
    found = answered(ASK, max_tokens=most)
    assert found.stop_reason == "max_tokens"
    assert found.output_tokens == most
