"""What is known of a list of tools is asked for once."""

from __future__ import annotations

from mockserver.offered import Offered
from mockserver.turns import Block

DEEP = 2_000


def tools(name: str) -> list[Block]:
    return [{"name": name, "input_schema": {"type": "object"}}]


class Asked:
    """A question that counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, tools: list[Block]) -> list[str]:
        self.times += 1
        return [str(tool["name"]) for tool in tools]


def test_a_question_about_the_same_tools_is_asked_once() -> None:
    ask = Asked()
    assert [Offered(tools("read")).fact(ask) for _ in range(3)] == [["read"]] * 3
    assert ask.times == 1


def test_other_tools_are_asked_about_anew() -> None:
    ask = Asked()
    assert [Offered(tools(name)).fact(ask) for name in ("read", "grep", "read")] == [
        ["read"],
        ["grep"],
        ["read"],
    ]


def test_who_found_tools_right_is_known_for_the_same_tools_alone() -> None:
    judge = object()
    Offered(tools("right")).found_right(judge)
    assert Offered(tools("right")).is_right_for(judge)
    assert not Offered(tools("right")).is_right_for(object())
    assert not Offered(tools("wrong")).is_right_for(judge)


def test_nothing_is_remembered_of_tools_nested_too_deep_for_the_encoder() -> None:
    schema: Block = {}
    for _ in range(DEEP):
        schema = {"items": schema}
    ask = Asked()
    deep = [{"name": "deep", "input_schema": schema}]
    assert Offered(deep).json == b""
    assert [Offered(deep).fact(ask) for _ in range(2)] == [["deep"]] * 2
    assert ask.times == 2
