"""Which tools an unscripted answer calls, and with what."""

from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from mockserver.ids import Ids
from mockserver.replies.answer import Answer
from mockserver.replies.improvise import improvised
from tests.unit.mockserver.bodies import body, call, conversation, read, result, text


def tool(name: str, description: str = "", **properties: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"name": name, "description": description, "input_schema": schema}


STRING = {"type": "string"}
WEATHER = tool("get_weather", "Get the current weather in a given location", city=STRING)
TIME = tool("get_time", zone=STRING)
READ = tool("Read", "Reads a file.", file_path=STRING)
ASKED = "What's the weather in Paris?"
USED = ("assistant", [call("toolu_1", name="get_weather", input={"city": "Paris"})])
CAME = ("user", [result("toolu_1", content="21 degrees")])


def answer(*turns: tuple[str, Any], tools: list[Any] | None = None, **more: Any) -> Answer:
    changes = {"max_tokens": 1024, "tools": [WEATHER, TIME] if tools is None else tools, **more}
    request = read(body(messages=conversation(*turns), **changes))
    return improvised(request, Ids(0, "key"), 0)


def called(*turns: tuple[str, Any], **more: Any) -> list[tuple[str, Any]]:
    found = answer(*turns, **more)
    calls = [block for block in found.blocks if block["type"] == "tool_use"]
    assert bool(calls) == (found.stop_reason == "tool_use")
    return [(block["name"], block["input"]) for block in calls]


def test_a_call_that_nobody_forced_comes_after_a_text() -> None:
    found = answer(("user", ASKED))
    said, made = found.blocks
    assert said == text("I'll use get_weather.")
    assert list(made) == ["type", "id", "name", "input", "caller"]
    assert made["input"] == {"city": "Paris"}
    assert found.stop_reason == "tool_use"


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        (ASKED, ["get_weather"]),
        ("use get_time", ["get_time"]),
        ("Get time now", ["get_time"]),
        ("the WEATHERS", ["get_weather"]),
        ("Hello", []),
        ("What is the current forecast for a location?", ["get_weather"]),
        ("Is the current better?", []),
        ("weather, but don't use any tools", []),
        ("time and weather", ["get_time", "get_weather"]),
        ("<system-reminder>get_weather is a tool</system-reminder>", []),
        ("<system-reminder>get_weather</system-reminder>the time?", ["get_time"]),
    ],
)
def test_a_text_asks_for_tools(asked: str, names: list[str]) -> None:
    assert [name for name, _ in called(("user", asked))] == names


@pytest.mark.parametrize(
    ("asked", "is_called"),
    [("Read a.py", True), ("Use Read", True), ("I read a.py", False), ("Reading", False)],
)
def test_a_name_with_a_capital_counts_as_written(asked: str, is_called: bool) -> None:
    assert bool(called(("user", asked), tools=[READ])) is is_called


def test_a_tool_of_a_server_is_named_without_it() -> None:
    long = tool("mcp__files__list_entries")
    assert called(("user", "list the entries"), tools=[long]) == [("mcp__files__list_entries", {})]


def test_one_tool_for_each_of_several_things() -> None:
    asked = ("user", "weather in Paris, London and New York")
    cities = ["Paris", "London", "New York"]
    assert called(asked) == [("get_weather", {"city": city}) for city in cities]
    one = {"type": "auto", "disable_parallel_tool_use": True}
    assert called(asked, tool_choice=one) == [("get_weather", {"city": "Paris"})]


@pytest.mark.parametrize(
    "schema", [{"type": "object"}, {"type": "object", "properties": {}, "required": []}]
)
def test_things_are_not_told_apart_for_a_tool_that_takes_no_name(schema: dict[str, Any]) -> None:
    plain = {"name": "weather", "input_schema": schema}
    assert called(("user", "weather in Paris and London"), tools=[plain]) == [("weather", {})]


def test_names_apart_are_no_list() -> None:
    asked = ("user", "weather in Paris when Ann comes with Bob and Eve")
    assert [city for _, city in called(asked)] == [{"city": "Bob"}, {"city": "Eve"}]
    asked = ("user", "weather in Rome and Paris when Ann comes with Bob")
    assert [city for _, city in called(asked)] == [{"city": "Rome"}, {"city": "Paris"}]


def test_a_result_ends_the_loop_in_a_text_that_quotes_it() -> None:
    found = answer(("user", ASKED), USED, CAME)
    (said,) = found.blocks
    assert "The tool returned: 21 degrees" in said["text"]
    assert found.stop_reason == "end_turn"


def test_the_same_question_later_calls_again() -> None:
    turns = [("user", ASKED), USED, CAME, ("assistant", "It is warm."), ("user", ASKED)]
    assert called(*turns) == [("get_weather", {"city": "Paris"})]


def test_a_question_repeated_with_its_result_has_been_answered() -> None:
    repeated = ("user", [*CAME[1], text(ASKED)])
    assert called(("user", ASKED), USED, repeated) == []
    another = ("user", [*CAME[1], text("And the time?")])
    assert [name for name, _ in called(("user", ASKED), USED, another)] == ["get_time"]


@pytest.mark.parametrize("asked", ["first the weather in Paris, then the time", "weather and time"])
def test_one_call_after_the_other(asked: str) -> None:
    choice = {"type": "auto", "disable_parallel_tool_use": True}
    more: dict[str, Any] = {} if "then" in asked else {"tool_choice": choice}
    assert [name for name, _ in called(("user", asked), **more)] == ["get_weather"]
    assert [name for name, _ in called(("user", asked), USED, CAME, **more)] == ["get_time"]
    both = [*USED[1], call("toolu_2", name="get_time")]
    results = [result("toolu_1"), result("toolu_2")]
    assert called(("user", asked), ("assistant", both), ("user", results), **more) == []


@pytest.mark.parametrize(
    ("choice", "asked", "names"),
    [
        ({"type": "any"}, "Hello", ["get_weather"]),
        ({"type": "any"}, "the time", ["get_time"]),
        ({"type": "any"}, "time and weather", ["get_time", "get_weather"]),
        ({"type": "any", "disable_parallel_tool_use": True}, "time and weather", ["get_time"]),
        ({"type": "tool", "name": "get_time"}, "the weather", ["get_time"]),
        ({"type": "none"}, "the weather", []),
    ],
)
def test_a_forced_call_has_no_text(choice: dict[str, Any], asked: str, names: list[str]) -> None:
    found = answer(("user", asked), tool_choice=choice)
    kinds = {block["type"] for block in found.blocks}
    assert kinds == ({"tool_use"} if names else {"text"})
    assert [name for name, _ in called(("user", asked), tool_choice=choice)] == names


def test_any_calls_after_a_result_too() -> None:
    assert called(("user", ASKED), USED, CAME, tool_choice={"type": "any"})


@pytest.mark.parametrize("name", ["StructuredOutput", "final_result", "final_result_City"])
def test_a_final_answer_by_tool_takes_the_place_of_the_text(name: str) -> None:
    final = tool(name, city=STRING)
    final["input_schema"]["properties"]["note"] = {"type": "string", "default": "none"}
    tools = [final, WEATHER]
    given = {"city": "Paris", "note": "none"}
    assert called(("user", "Tell me of Paris"), tools=tools) == [(name, given)]
    assert called(("user", ASKED), tools=tools) == [("get_weather", {"city": "Paris"})]
    assert called(("user", ASKED), USED, CAME, tools=tools) == [(name, given)]
    assert called(("user", ASKED), USED, CAME, tools=tools, tool_choice={"type": "any"}) == [
        (name, given)
    ]
    ended = (("assistant", [call("toolu_2", name=name)]), ("user", [result("toolu_2")]))
    assert called(("user", ASKED), USED, CAME, *ended, tools=tools) == []


@pytest.mark.parametrize(
    ("kind", "name", "asked", "given"),
    [
        ("bash_20250124", "bash", "bash: run `ls -l`", {"command": "ls -l"}),
        (
            "text_editor_20250728",
            "str_replace_based_edit_tool",
            "use str_replace_based_edit_tool on a/b.txt",
            {"command": "view", "path": "a/b.txt"},
        ),
        (
            "memory_20250818",
            "memory",
            "check your memory",
            {"command": "view", "path": "/memories"},
        ),
        ("computer_20251124", "computer", "use the computer", {"action": "screenshot"}),
    ],
)
def test_tools_of_anthropic_that_clients_run(kind: str, name: str, asked: str, given: Any) -> None:
    assert called(("user", asked), tools=[{"type": kind, "name": name}]) == [(name, given)]


def test_a_deferred_tool_is_called_once_it_was_found() -> None:
    deferred = {**WEATHER, "defer_loading": True}
    assert called(("user", ASKED), tools=[deferred, TIME]) == []
    reference = {"type": "tool_reference", "tool_name": "get_weather"}
    by_result = ("user", [result("toolu_1", content=[reference])])
    searched = ("assistant", [call("toolu_1", name="find_tool")])
    assert called(("user", ASKED), searched, by_result, tools=[deferred, TIME])
    found = {"type": "tool_search_tool_search_result", "tool_references": [reference]}
    use = {
        "type": "server_tool_use",
        "id": "srvtoolu_1",
        "name": "tool_search_tool_bm25",
        "input": {},
    }
    by_search = [
        use,
        {"type": "tool_search_tool_result", "tool_use_id": "srvtoolu_1", "content": found},
    ]
    assert called(("assistant", by_search), ("user", ASKED), tools=[deferred, TIME])


def test_a_tool_that_only_code_may_call_is_not_called() -> None:
    coded = {**WEATHER, "allowed_callers": ["code_execution_20260120"]}
    assert called(("user", ASKED), tools=[coded]) == []


def test_no_text_asks_for_nothing() -> None:
    assert called(("user", [result("toolu_1")]), tools=[WEATHER]) == []


def test_a_text_cut_short_has_no_call() -> None:
    found = answer(("user", ASKED), stop_sequences=["use"])
    assert (found.blocks, found.stop_reason) == ([text("I'll ")], "stop_sequence")


@pytest.mark.parametrize(
    ("budget", "kept"), [(11, None), (12, []), (16, []), (20, ["a"]), (30, ["a", "b"])]
)
def test_a_call_cut_short_has_the_members_that_fit(budget: int, kept: list[str] | None) -> None:
    wide = tool("wide", a=STRING, b=STRING, c={"type": "string", "minLength": 400})
    found = answer(("user", "wide"), tools=[wide], tool_choice={"type": "any"}, max_tokens=budget)
    assert found.stop_reason == "max_tokens"
    assert found.output_tokens == budget
    assert [list(block["input"]) for block in found.blocks] == ([] if kept is None else [kept])


def test_later_calls_are_cut_too() -> None:
    found = answer(("user", "weather and time"), tool_choice={"type": "any"}, max_tokens=30)
    assert [block["name"] for block in found.blocks][:1] == ["get_weather"]
    assert (found.stop_reason, found.output_tokens) == ("max_tokens", 30)


def test_an_input_that_no_schema_allows_is_an_object_all_the_same() -> None:
    odd = {"name": "odd", "input_schema": {"type": "object", "enum": [1]}}
    assert called(("user", "odd"), tools=[odd]) == [("odd", {})]


def test_inputs_are_valid() -> None:
    deep = tool(
        "deep",
        at={
            "type": "object",
            "properties": {"x": {"type": "number", "minimum": 3}},
            "required": ["x"],
        },
        when={"type": "string", "format": "date-time"},
        tags={"type": "array", "items": {"enum": ["a", "b"]}, "minItems": 2, "uniqueItems": True},
    )
    ((_, given),) = called(("user", "deep"), tools=[deep])
    Draft202012Validator(deep["input_schema"]).validate(given)


def test_a_tool_whose_name_has_no_word_is_found_by_its_name() -> None:
    assert called(("user", "please use -- now"), tools=[tool("--")]) == [("--", {})]
    assert called(("user", "hello"), tools=[tool("--")]) == []


def test_a_conversation_in_which_no_user_says_a_word_ends_in_its_final_tool() -> None:
    turns = [("assistant", [call("toolu_0")]), ("user", [result("toolu_0", content="")])]
    assert called(*turns, tools=[WEATHER]) == []
    made = called(*turns, tools=[WEATHER, tool("StructuredOutput")])
    assert made == [("StructuredOutput", {})]


def test_an_answer_that_stops_with_its_first_word_is_empty() -> None:
    found = answer(("user", "Hello"), stop_sequences=["This"])
    assert (found.blocks, found.stop_reason) == ([], "stop_sequence")
