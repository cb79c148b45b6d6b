from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from anthropic.types import Message

from clients import tools
from tests.clients.bodies import message, tool_use


def shout(arguments: Mapping[str, Any]) -> str:
    if arguments["words"] == "":
        raise tools.ToolError("nothing to shout")
    return str(arguments["words"].upper())


def asked(*calls: dict[str, Any]) -> Message:
    return Message.model_validate(message("One moment.", *calls, stop_reason="tool_use"))


def test_results_answer_every_call_in_one_user_turn() -> None:
    calls = asked(
        tool_use("shout", {"words": "a"}, "toolu_01"),
        tool_use("shout", {"words": "b"}, "toolu_02"),
    )

    assert tools.results(calls, {"shout": shout}) == {
        "role": "user",
        "content": [
            {
                "type": "tool_result",
                "tool_use_id": "toolu_01",
                "content": "A",
                "is_error": False,
            },
            {
                "type": "tool_result",
                "tool_use_id": "toolu_02",
                "content": "B",
                "is_error": False,
            },
        ],
    }


@pytest.mark.parametrize(
    ("call", "words"),
    [
        pytest.param(tool_use("whisper", {}), "there is no tool 'whisper'", id="unknown_tool"),
        pytest.param(tool_use("shout", {"words": ""}), "nothing to shout", id="tool_says_so"),
        pytest.param(tool_use("shout", {}), "KeyError: 'words'", id="missing_argument"),
    ],
)
def test_failed_call_gets_a_result_that_says_why(call: dict[str, Any], words: str) -> None:
    [result] = list(tools.results(asked(call), {"shout": shout})["content"])

    assert isinstance(result, dict)
    assert result["type"] == "tool_result"
    assert result["is_error"] is True
    assert words in str(result["content"])


def test_bug_in_a_tool_is_not_hidden() -> None:
    def broken(arguments: Mapping[str, Any]) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        tools.results(asked(tool_use("broken", {})), {"broken": broken})
