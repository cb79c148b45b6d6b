"""Tools that the server runs: blocks in the right shape, results made up."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.mockserver.bodies import text
from tests.unit.mockserver.replies.judging import judged, kinds

SEARCH = {"type": "web_search_20250305", "name": "web_search"}
FETCH = {"type": "web_fetch_20250910", "name": "web_fetch"}
CODE = {"type": "code_execution_20250825", "name": "code_execution"}
OLD_CODE = {"type": "code_execution_20250522", "name": "code_execution"}
FIND = {"type": "tool_search_tool_regex_20251119", "name": "tool_search_tool_regex"}
ADVISOR = {"type": "advisor_20260301", "name": "advisor", "model": "claude-opus-4-6"}
WEATHER = {
    "name": "get_weather",
    "defer_loading": True,
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}


def test_a_web_search_is_cited() -> None:
    found = judged(("user", "Search the web for cats."), tools=[SEARCH])
    use, result, *_, cited = found.blocks
    assert kinds(found) == ["server_tool_use", "web_search_tool_result", "text", "text", "text*"]
    assert list(use) == ["type", "id", "name", "input", "caller"]
    assert use["input"] == {"query": "cats"}
    assert use["id"].startswith("srvtoolu_01")
    assert result["tool_use_id"] == use["id"]
    assert all(page["url"].startswith("https://example.com/") for page in result["content"])
    assert cited["citations"][0]["url"] == result["content"][0]["url"]
    assert found.stop_reason == "end_turn"


def test_a_web_search_stays_within_allowed_domains() -> None:
    tool = {**SEARCH, "allowed_domains": ["docs.example"]}
    found = judged(("user", "search"), tools=[tool])
    assert found.blocks[1]["content"][0]["url"] == "https://docs.example/1"


@pytest.mark.parametrize("asked", ["Hello", "Search, but without tools"])
def test_a_search_that_nobody_asks_for_is_not_made(asked: str) -> None:
    assert kinds(judged(("user", asked), tools=[SEARCH])) == ["text"]


def test_a_tool_is_used_once_for_a_text() -> None:
    asked = ("user", "search for cats")
    first = judged(asked, tools=[SEARCH])
    again = judged(asked, ("assistant", first.blocks), tools=[SEARCH])
    assert kinds(again) == ["text"]


def test_no_tool_is_used_with_tool_choice_none() -> None:
    found = judged(("user", "search for cats"), tools=[SEARCH], tool_choice={"type": "none"})
    assert kinds(found) == ["text"]


def test_a_named_tool_is_used() -> None:
    choice = {"type": "tool", "name": "web_search"}
    found = judged(("user", "Hello"), tools=[SEARCH, FETCH], tool_choice=choice)
    assert kinds(found)[:2] == ["server_tool_use", "web_search_tool_result"]


@pytest.mark.parametrize("citing", [True, False])
def test_a_page_is_fetched_from_nowhere(citing: bool) -> None:
    tool = {**FETCH, "citations": {"enabled": citing}}
    found = judged(("user", "Read https://example.org/a, please"), tools=[tool])
    page = found.blocks[1]["content"]
    assert kinds(found) == ["server_tool_use", "web_fetch_tool_result", "text"]
    assert page["url"] == found.blocks[0]["input"]["url"] == "https://example.org/a"
    assert page["content"]["citations"] == {"enabled": citing}
    assert "Nothing was fetched" in page["content"]["source"]["data"]


@pytest.mark.parametrize(
    ("tool", "asked", "name", "given"),
    [
        (CODE, "Use code execution: run `ls`", "bash_code_execution", {"command": "ls"}),
        (OLD_CODE, "Run this python: `print(1)`", "code_execution", {"code": "print(1)"}),
    ],
)
def test_code_is_not_run(tool: Any, asked: str, name: str, given: Any) -> None:
    betas = () if tool is CODE else ("code-execution-2025-05-22",)
    found = judged(("user", asked), tools=[tool], betas=betas)
    assert kinds(found) == ["server_tool_use", f"{name}_tool_result", "text"]
    assert (found.blocks[0]["name"], found.blocks[0]["input"]) == (name, given)
    assert found.container is not None
    assert found.container["id"].startswith("container_01")


@pytest.mark.parametrize("container", ["container_1", {"id": "container_1"}])
def test_a_container_is_used_again(container: Any) -> None:
    found = judged(("user", "run python"), tools=[CODE], container=container)
    assert found.container == {"id": "container_1", "expires_at": "2099-01-01T00:00:00.000000Z"}


@pytest.mark.parametrize("kind", ["regex", "bm25"])
def test_a_deferred_tool_is_found_and_called(kind: str) -> None:
    finder = {"type": f"tool_search_tool_{kind}_20251119", "name": f"tool_search_tool_{kind}"}
    found = judged(("user", "weather in Paris"), tools=[finder, WEATHER])
    assert kinds(found) == ["server_tool_use", "tool_search_tool_result", "text", "tool_use"]
    (reference,) = found.blocks[1]["content"]["tool_references"]
    assert reference["tool_name"] == found.blocks[3]["name"] == "get_weather"
    assert found.stop_reason == "tool_use"
    assert kinds(judged(("user", "Hello"), tools=[finder, WEATHER])) == ["text"]


def test_an_advisor_advises() -> None:
    found = judged(
        ("user", "Ask your advisor"),
        model="claude-sonnet-4-6",
        tools=[ADVISOR],
        betas=["advisor-tool-2026-03-01"],
    )
    assert kinds(found) == ["server_tool_use", "advisor_tool_result", "text"]
    assert "caller" not in found.blocks[0]
    assert found.blocks[1]["content"] == {
        "type": "advisor_result",
        "text": "This is the advice of a mock advisor.",
    }


@pytest.mark.parametrize(
    ("model", "kind"),
    [
        ("claude-fable-5", "advisor_redacted_result"),
        ("claude-mythos-5-1", "advisor_redacted_result"),
        ("claude-opus-5", "advisor_result"),
        ("claude-nobody", "advisor_result"),
    ],
)
def test_some_models_seal_their_advice_and_a_capped_one_says_how_it_ended(
    model: str, kind: str
) -> None:
    found = judged(
        ("user", "Ask your advisor"),
        model="claude-sonnet-4-6",
        tools=[{**ADVISOR, "model": model, "max_tokens": 1024}],
        betas=["advisor-tool-2026-03-01"],
    )
    content = found.blocks[1]["content"]
    assert (content["type"], content["stop_reason"]) == (kind, "end_turn")


@pytest.mark.parametrize("configs", [{"echo": {}}, None])
def test_an_mcp_server_answers(configs: Any) -> None:
    toolset = {"type": "mcp_toolset", "mcp_server_name": "files"}
    more = {} if configs is None else {"configs": configs}
    asked: dict[str, Any] = {
        "mcp_servers": [{"type": "url", "name": "files", "url": "https://example.com/mcp"}],
        "tools": [{**toolset, **more}],
        "betas": ["mcp-client-2025-11-20"],
    }
    turn = ("user", "Ask files for the list")
    found = judged(turn, **asked)
    use, result, _ = found.blocks
    assert kinds(found) == ["mcp_tool_use", "mcp_tool_result", "text"]
    assert list(use) == ["type", "id", "name", "input", "server_name"]
    assert list(result) == ["type", "tool_use_id", "is_error", "content"]
    assert use["name"] == ("example_tool" if configs is None else "echo")
    assert kinds(judged(turn, ("assistant", found.blocks), **asked)) == ["text"]
    assert kinds(judged(("user", "Hello"), **asked)) == ["text"]


def test_a_turn_pauses_and_goes_on() -> None:
    asked = ("user", "search for cats, pause_turn")
    paused = judged(asked, tools=[SEARCH])
    assert (kinds(paused), paused.stop_reason) == (["server_tool_use"], "pause_turn")
    later = judged(asked, ("assistant", paused.blocks), tools=[SEARCH])
    assert kinds(later)[0] == "web_search_tool_result"
    assert later.blocks[0]["tool_use_id"] == paused.blocks[0]["id"]
    assert later.stop_reason == "end_turn"


def test_an_empty_turn_at_the_end_waits_for_nothing() -> None:
    assert kinds(judged(("user", "Hello"), ("assistant", []), tools=[SEARCH])) == ["text"]


def test_a_pause_for_a_tool_that_is_gone_is_not_ended() -> None:
    use = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}
    found = judged(("user", "Hi"), ("assistant", [use]), tools=[FETCH])
    assert kinds(found) == ["text"]


def test_a_tool_that_the_client_runs_comes_after_the_server_s() -> None:
    own = {**WEATHER, "defer_loading": False}
    found = judged(("user", "search, then weather in Paris"), tools=[SEARCH, own])
    assert kinds(found) == ["server_tool_use", "web_search_tool_result", "text", "tool_use"]


def test_a_use_without_the_tokens_for_it_has_no_result() -> None:
    found = judged(("user", "search for cats"), tools=[SEARCH], max_tokens=12)
    assert (kinds(found), found.stop_reason) == (["server_tool_use"], "max_tokens")


def test_an_unknown_tool_of_the_server_is_not_used() -> None:
    found = judged(("user", "search"), tools=[{"type": "bash_20250124", "name": "bash"}])
    assert found.blocks[-1]["type"] == text("")["type"]


MCP = {"type": "mcp_toolset", "mcp_server_name": "files"}
SERVERS = {
    "mcp_servers": [{"type": "url", "name": "files", "url": "https://example.com/mcp"}],
    "betas": ["mcp-client-2025-11-20"],
}
ANY = {"tool_choice": {"type": "any"}}
CODED = {**SEARCH, "type": "web_search_20260209", "allowed_callers": ["code_execution_20260120"]}
OFF: dict[str, Any] = {"default_config": {"enabled": False}}


@pytest.mark.parametrize(
    ("tools", "name"),
    [
        pytest.param([SEARCH], "web_search", id="search"),
        pytest.param([FETCH], "web_fetch", id="fetch"),
        pytest.param([CODE], "bash_code_execution", id="code"),
        pytest.param([FIND, WEATHER], "tool_search_tool_regex", id="tool_search"),
        pytest.param([SEARCH, FETCH], "web_search", id="first"),
        pytest.param([{**SEARCH, "defer_loading": True}, FETCH], "web_fetch", id="deferred"),
        pytest.param([CODED, FETCH], "web_fetch", id="called_by_code"),
    ],
)
def test_any_uses_a_server_tool_where_there_is_no_other(tools: list[Any], name: str) -> None:
    found = judged(("user", "Hello"), tools=tools, **ANY)
    assert kinds(found)[0] == "server_tool_use"
    assert [b["name"] for b in found.blocks if b["type"] == "server_tool_use"] == [name]
    assert found.stop_reason == "end_turn"


@pytest.mark.parametrize(
    ("more", "name"),
    [
        pytest.param({}, "example_tool", id="plain"),
        pytest.param({"configs": {"a": {"enabled": False}, "b": None}}, "b", id="one_is_off"),
        pytest.param({"configs": {"a": {"enabled": False}}}, "example_tool", id="the_named_is_off"),
        pytest.param({**OFF, "configs": {"a": {}, "b": {"enabled": True}}}, "b", id="one_is_on"),
    ],
)
def test_any_calls_a_remote_tool_that_is_on(more: dict[str, Any], name: str) -> None:
    found = judged(("user", "Hello"), tools=[{**MCP, **more}], **SERVERS, **ANY)
    assert (found.blocks[0]["type"], found.blocks[0]["name"]) == ("mcp_tool_use", name)
    named = judged(("user", "Ask files"), tools=[{**MCP, **more}], **SERVERS)
    assert named.blocks[0]["name"] == name


def test_there_may_be_nothing_to_call() -> None:
    for words in ("Hello", "Ask files"):
        found = judged(("user", words), tools=[{**MCP, **OFF}], **SERVERS, **ANY)
        assert kinds(found) == ["text"]


def test_a_server_tool_that_is_asked_for_is_call_enough() -> None:
    own = {**WEATHER, "defer_loading": False}
    found = judged(("user", "Search for news"), tools=[own, SEARCH], **ANY)
    assert kinds(found)[0] == "server_tool_use"
    assert "tool_use" not in kinds(found)
    both = judged(("user", "Search for the weather"), tools=[own, SEARCH], **ANY)
    assert kinds(both) == ["server_tool_use", "web_search_tool_result", "tool_use"]
    neither = judged(("user", "Hello"), tools=[SEARCH, own], **ANY)
    assert kinds(neither) == ["tool_use"]


def test_a_paused_call_is_call_enough() -> None:
    turn = ("user", "search for cats, pause_turn")
    own = {**WEATHER, "defer_loading": False}
    paused = judged(turn, tools=[SEARCH, own], **ANY)
    later = judged(turn, ("assistant", paused.blocks), tools=[SEARCH, own], **ANY)
    assert "tool_use" not in kinds(later)
