"""A scripted reply that the live API could not have sent is told, unless it is forced."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.errors import ApiError
from mockserver.ids import Ids
from mockserver.replies.scripted import scripted
from mockserver.scripts import reading
from tests.unit.mockserver.bodies import TOOL, body, read

WEATHER = {
    "name": "get_weather",
    "input_schema": {
        "type": "object",
        "properties": {"cities": {"type": "array", "items": {"type": "string"}}},
        "required": ["cities"],
    },
}
CALL = {"tool": "get_weather", "input": {"cities": ["Rome"]}}
TWO = {"calls": [CALL, CALL]}
FORMAT = {"type": "json_schema", "schema": {"type": "object", "required": ["a"]}}
FORMATTED = {"output_config": {"format": FORMAT}, "tools": []}
FOREIGN = {
    "name": "get_weather",
    "input_schema": {"type": "object", "properties": {"cities": {"$ref": "https://example.com/a"}}},
}
SEARCH = {"type": "web_search_20250305", "name": "web_search"}
THINKING = {"thinking": {"type": "disabled"}}

BROWSER = {"type": "browser_toolset_20260801"}
MEMBER = {"type": "tool_use", "name": "find", "input": {}, "toolset_name": "browser"}
BROWSING = {"tools": [BROWSER], "tool_choice": {"type": "tool", "name": "browser"}}


def give(reply: Any, changes: dict[str, Any]) -> None:
    request = read(body(**{"max_tokens": 1024, "tools": [WEATHER], **changes}))
    scripted(request, reading.reply(reply), Ids(0, "key"), 0)


IMPOSSIBLE = [
    pytest.param({"tool": "get_time"}, {}, "the tool 'get_time' is not offered; offered: get_weather", id="not_offered"),
    pytest.param(CALL, {"tools": []}, "is not offered; offered: none", id="nothing_offered"),
    pytest.param({**CALL, "input": {}}, {}, 'the input of get_weather is not valid under the schema: "cities" is a required', id="input"),
    pytest.param({**CALL, "input": {"cities": [1]}}, {}, "under the schema at cities.0: 1 is not of type", id="inner_input"),
    pytest.param({"blocks": [{**MEMBER, "toolset_name": "computer"}]}, {"tools": [BROWSER]}, "the toolset 'computer' is not offered; offered: browser", id="toolset"),
    pytest.param({"blocks": [MEMBER]}, {}, "the toolset 'browser' is not offered; offered: none", id="no_toolset"),
    pytest.param({"blocks": [MEMBER]}, {"tools": [{**BROWSER, "configs": {"find": {"enabled": False}}}]}, "the toolset 'browser' offers no 'find'; offered: navigate,", id="member_that_is_off"),
    pytest.param(CALL, {"tool_choice": {"type": "none"}}, "tool_choice none allows no tool call", id="choice_none"),
    pytest.param("a", {"tool_choice": {"type": "any"}}, "tool_choice any asks for a tool call", id="choice_any"),
    pytest.param({**CALL, "text": "a"}, {"tool_choice": {"type": "any"}}, "no text comes before the tool call", id="text_before"),
    pytest.param({"tool": "a", "input": {}}, {"tools": [WEATHER, {**TOOL, "name": "a"}], "tool_choice": {"type": "tool", "name": "get_weather"}}, "asks for a call of 'get_weather' only", id="choice_tool"),
    pytest.param(TWO, {"tool_choice": {"type": "auto", "disable_parallel_tool_use": True}}, "allows one tool call", id="parallel"),
    pytest.param(CALL, {"max_tokens": 5}, r"it has \d+ output tokens, more than max_tokens 5", id="tokens"),
    pytest.param({"text": "a", "usage": {"output_tokens": 2000}}, {}, "it has 2000 output tokens", id="usage"),
    pytest.param({"text": "a", "stop_sequence": "END"}, {}, r"the stop sequence 'END' is not among \[\]", id="stop_sequence"),
    pytest.param({"thinking": "Hm", "text": "a"}, THINKING, "thinking is off in this request", id="thinking"),
    pytest.param("a", FORMATTED, "the output format asks for JSON, and the text is none", id="no_json"),
    pytest.param("{}", FORMATTED, 'the text is not valid under the schema: "a" is a required property', id="json"),
    pytest.param({"text": "a b c d", "stop_reason": "tool_use", "tool": "get_weather"}, {"max_tokens": 2}, "stop_reason tool_use needs a tool call", id="call_cut_off"),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "changes", "problem"), IMPOSSIBLE)
def test_what_cannot_be_sent_is_told(reply: Any, changes: dict[str, Any], problem: str) -> None:
    with pytest.raises(ApiError, match=problem) as caught:
        give(reply, changes)
    assert caught.value.status == 400
    assert caught.value.message.startswith("The scripted reply can't be sent: ")
    assert caught.value.message.endswith("add `force: true` to send it all the same.")
    give({**({"text": reply} if isinstance(reply, str) else reply), "force": True}, changes)


POSSIBLE = [
    pytest.param(TWO, {}, id="calls"),
    pytest.param(CALL, {"tool_choice": {"type": "any"}}, id="choice_any"),
    pytest.param({"text": "a", "stop_reason": "max_tokens"}, {"tool_choice": {"type": "any"}}, id="cut"),
    pytest.param('{"a": 1}', FORMATTED, id="json"),
    pytest.param({"text": '{"a"', "stop_reason": "max_tokens"}, FORMATTED, id="cut_json"),
    pytest.param({"blocks": []}, FORMATTED, id="no_text"),
    pytest.param({"stop_reason": "refusal"}, {"tool_choice": {"type": "tool", "name": "get_weather"}}, id="refusal"),
    pytest.param({"tool": "get_weather", "input": {"cities": 1}}, {"tools": [FOREIGN]}, id="foreign_reference"),
    pytest.param({"tool": "web_search", "input": {}}, {"tools": [SEARCH]}, id="no_schema"),
    pytest.param({"blocks": [MEMBER]}, {"tools": [BROWSER]}, id="toolset"),
    pytest.param({"blocks": [MEMBER]}, BROWSING, id="chosen_toolset"),
    pytest.param({"blocks": [{"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search", "input": {}}], "stop_reason": "pause_turn"}, {"tools": [SEARCH], "tool_choice": {"type": "any"}}, id="served"),
]  # fmt: skip


@pytest.mark.parametrize(("reply", "changes"), POSSIBLE)
def test_what_can_be_sent_is_sent(reply: Any, changes: dict[str, Any]) -> None:
    give(reply, changes)
