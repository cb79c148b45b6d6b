"""What context editing takes out of a prompt, and what it tells of it."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.binding import preserved
from mockserver.clearing import applied, shown
from mockserver.replies.answer import Answer
from mockserver.replies.message import closing, message, opening
from mockserver.request import Request
from mockserver.signing import minted
from mockserver.tokens import prompt_tokens
from tests.unit.mockserver.bodies import TOOL, body, call, conversation, read, refusal, result, text
from tests.unit.mockserver.caching import MARK, Workspace

HAIKU, OPUS = "claude-haiku-4-5", "claude-opus-5-5"
TOOL_USES, THINKING = "clear_tool_uses_20250919", "clear_thinking_20251015"
WORDS = "It rains in Oslo today. " * 100
ENABLED = {"type": "enabled", "budget_tokens": 1024}


def tokens(value: int) -> dict[str, Any]:
    return {"type": "input_tokens", "value": value}


def uses(value: int) -> dict[str, Any]:
    return {"type": "tool_uses", "value": value}


def tool_uses(**more: Any) -> dict[str, Any]:
    return {"type": TOOL_USES, "trigger": tokens(1), **more}


def loop(count: int, words: str = WORDS, **more: Any) -> list[dict[str, Any]]:
    """Rounds of a tool that is called once in each, after a question."""
    turns: list[tuple[str, Any]] = [("user", "Hello")]
    for number in range(count):
        called = call(f"toolu_{number}", input={"city": "Oslo" * 20})
        turns.append(("assistant", [{**called, **more}]))
        turns.append(("user", [result(f"toolu_{number}", content=words)]))
    return conversation(*turns)


def asked(messages: list[dict[str, Any]], *edits: dict[str, Any], **more: Any) -> Request:
    given = {"messages": messages, "tools": [TOOL], **more}
    return read(body(given.pop("model", HAIKU), context_management={"edits": [*edits]}, **given))


def contents(request: Request) -> list[Any]:
    blocks = [block for turn in shown(request).turns for block in turn.blocks]
    return [block["content"] for block in blocks if "tool_use_id" in block]


def cleared(count: int, *edits: dict[str, Any], **more: Any) -> int | None:
    """How many of so many tool uses are cleared; None where nothing is told."""
    told = applied(asked(loop(count, **more), *edits))
    return told[0]["cleared_tool_uses"] if told else None


def test_the_oldest_results_are_cleared() -> None:
    request = asked(loop(5), tool_uses())
    assert contents(request) == [[], [], WORDS, WORDS, WORDS]
    saved = prompt_tokens(request) - prompt_tokens(shown(request))
    assert applied(request) == [
        {"type": TOOL_USES, "cleared_tool_uses": 2, "cleared_input_tokens": saved}
    ]
    assert list(applied(request)[0]) == ["type", "cleared_tool_uses", "cleared_input_tokens"]
    assert saved > 900
    assert [
        block["input"] for turn in shown(request).turns for block in turn.blocks if "input" in block
    ] == [{"city": "Oslo" * 20}] * 5


def test_the_request_itself_stays_as_it_came() -> None:
    request, same = asked(loop(5), tool_uses()), asked(loop(5), tool_uses())
    assert shown(request) is shown(request) is not request
    assert shown(request).unedited is request
    assert request.turns == same.turns
    assert shown(request).turns == shown(same).turns


@pytest.mark.parametrize(
    ("edit", "count"),
    [
        pytest.param({"type": TOOL_USES}, None, id="usual_trigger"),
        pytest.param(tool_uses(trigger=uses(5)), None, id="not_more_tool_uses"),
        pytest.param(tool_uses(trigger=uses(4)), 2, id="more_tool_uses"),
        pytest.param(tool_uses(keep=uses(4)), 1, id="keep"),
        pytest.param(tool_uses(keep=uses(0)), 5, id="keep_none"),
        pytest.param(tool_uses(keep=uses(-1)), 5, id="keep_less_than_none"),
        pytest.param(tool_uses(keep=uses(5)), None, id="keep_all"),
        pytest.param(tool_uses(keep=uses(9)), None, id="keep_more"),
        pytest.param(tool_uses(exclude_tools=["get_weather"]), None, id="excluded"),
        pytest.param(tool_uses(exclude_tools=["get_time"]), 2, id="another_excluded"),
        pytest.param(tool_uses(exclude_tools=None), 2, id="null"),
        pytest.param(tool_uses(clear_at_least=tokens(900)), 2, id="enough"),
        pytest.param(tool_uses(clear_at_least=tokens(9_000)), None, id="not_enough"),
        pytest.param(tool_uses(clear_at_least=None), 2, id="no_least"),
    ],
)
def test_what_an_edit_says(edit: dict[str, Any], count: int | None) -> None:
    assert cleared(5, edit) == count


def test_the_trigger_is_more_tokens_than_its_value() -> None:
    size = prompt_tokens(asked(loop(5)))
    assert cleared(5, tool_uses(trigger=tokens(size))) is None
    assert cleared(5, tool_uses(trigger=tokens(size - 1))) == 2


def test_the_usual_trigger_is_100000_tokens() -> None:
    assert cleared(4, {"type": TOOL_USES}, words="word " * 30_000) == 1


@pytest.mark.parametrize(
    ("inputs", "is_cleared"),
    [(True, True), (["get_weather"], True), (["get_time"], False), (False, False), (None, False)],
)
def test_inputs_are_cleared_if_asked_for(inputs: object, *, is_cleared: bool) -> None:
    request = asked(loop(4), tool_uses(clear_tool_inputs=inputs))
    blocks = [block for turn in shown(request).turns for block in turn.blocks if "input" in block]
    assert [bool(block["input"]) for block in blocks] == [not is_cleared, True, True, True]


def test_results_of_the_server_s_tools_are_cleared() -> None:
    found = [
        {
            "type": "web_search_result",
            "url": "https://a.example",
            "title": "A",
            "encrypted_content": "x" * 900,
        }
    ]
    blocks = [
        {
            "type": "server_tool_use",
            "id": "srvtoolu_1",
            "name": "web_search",
            "input": {"query": "a"},
        },
        {"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": found},
        {
            "type": "server_tool_use",
            "id": "srvtoolu_2",
            "name": "web_search",
            "input": {"query": "b"},
        },
    ]
    messages = conversation(("user", "Search"), ("assistant", blocks))
    request = asked(messages, tool_uses(trigger=uses(1), keep=uses(0)))
    assert contents(request) == [[]]
    assert applied(request)[0]["cleared_tool_uses"] == 1
    assert applied(request)[0]["cleared_input_tokens"] > 200


def test_what_a_tool_search_found_is_cleared() -> None:
    found = {
        "type": "tool_search_tool_search_result",
        "tool_references": [{"type": "tool_reference", "tool_name": "get_weather"}],
    }
    search = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "tool_search_tool_regex"}
    blocks = [
        {**search, "input": {"query": "weather"}},
        {"type": "tool_search_tool_result", "tool_use_id": "srvtoolu_1", "content": found},
    ]
    messages = conversation(("user", "Search"), ("assistant", blocks))
    request = asked(messages, tool_uses(keep=uses(0)), tools=[{**TOOL, "defer_loading": True}])
    assert contents(request) == [{}]
    assert applied(request)[0]["cleared_input_tokens"] > 0


def thought(words: str = "Hm") -> dict[str, Any]:
    return {"type": "thinking", "thinking": words, "signature": minted(0, words, len(words) // 4)}


def talk(rounds: int) -> list[dict[str, Any]]:
    """Turns with thinking, each answered after a tool, and a question that is to be answered."""
    turns: list[tuple[str, Any]] = []
    for number in range(rounds):
        turns += [
            ("user", "Hello"),
            ("user", "Is it cold?"),
            ("assistant", [thought(f"{number} {WORDS}"), call(f"toolu_{number}")]),
            ("user", [result(f"toolu_{number}", content="3")]),
            ("assistant", [thought(f"{number} So"), text("Yes")]),
        ]
    return conversation(*turns, ("user", "And now?"))


def keeping(keep: Any = None, model: str = HAIKU, rounds: int = 3) -> Request:
    edit = {"type": THINKING} if keep is None else {"type": THINKING, "keep": keep}
    thinking = ENABLED if model == HAIKU else {"type": "adaptive"}
    return asked(talk(rounds), edit, model=model, thinking=thinking, max_tokens=2048)


@pytest.mark.parametrize(
    ("keep", "model", "turns"),
    [
        pytest.param(None, HAIKU, 3, id="usual_on_a_model_that_keeps_the_last"),
        pytest.param(None, OPUS, 0, id="usual_on_a_model_that_keeps_all"),
        pytest.param({"type": "thinking_turns", "value": 1}, OPUS, 3, id="one"),
        pytest.param({"type": "thinking_turns", "value": 2}, HAIKU, 2, id="two"),
        pytest.param({"type": "thinking_turns", "value": 4}, HAIKU, 0, id="as_many_as_there_are"),
        pytest.param({"type": "thinking_turns", "value": 9}, HAIKU, 0, id="more_than_there_are"),
        pytest.param("all", HAIKU, 0, id="all"),
        pytest.param({"type": "all"}, HAIKU, 0, id="all_as_object"),
    ],
)
def test_thinking_of_older_turns_is_cleared(keep: Any, model: str, turns: int) -> None:
    request = keeping(keep, model)
    saved = prompt_tokens(request) - prompt_tokens(shown(request))
    told = {"type": THINKING, "cleared_thinking_turns": turns, "cleared_input_tokens": saved}
    assert applied(request) == ([told] if turns else [])
    assert (shown(request) is request) == (turns == 0)
    assert saved // 500 == turns


def test_turns_without_thinking_are_not_counted() -> None:
    messages = conversation(("user", "Hello"), ("assistant", "Hi"), ("user", "Cold?")) + talk(1)[1:]
    request = asked(messages, {"type": THINKING}, thinking=ENABLED, max_tokens=2048)
    assert applied(request)[0]["cleared_thinking_turns"] == 1


def test_thinking_of_the_turn_that_goes_on_is_kept() -> None:
    messages = talk(1)[:-2]
    request = asked(messages, {"type": THINKING}, thinking=ENABLED, max_tokens=2048)
    assert applied(request) == []


def test_without_an_edit_a_model_that_keeps_the_last_is_shown_no_more() -> None:
    bare = asked(talk(3), thinking=ENABLED, max_tokens=2048)
    assert prompt_tokens(bare) == prompt_tokens(shown(keeping())) < prompt_tokens(keeping("all"))
    assert applied(bare) == []


def test_edits_are_made_one_after_the_other() -> None:
    first = {"type": THINKING, "keep": {"type": "thinking_turns", "value": 1}}
    both = asked(talk(3), first, tool_uses(keep=uses(1)), thinking=ENABLED, max_tokens=2048)
    assert [edit["type"] for edit in applied(both)] == [THINKING, TOOL_USES]
    told = sum(edit["cleared_input_tokens"] for edit in applied(both))
    assert prompt_tokens(both) - told == prompt_tokens(shown(both))
    left = prompt_tokens(shown(keeping()))
    late = asked(talk(3), first, tool_uses(trigger=tokens(left)), thinking=ENABLED, max_tokens=2048)
    assert [edit["type"] for edit in applied(late)] == [THINKING]


def test_what_was_summed_up_is_not_cleared() -> None:
    turns = loop(5)
    turns[5]["content"].insert(0, {"type": "compaction", "content": "It rained."})
    request = asked(turns, tool_uses(keep=uses(0)), {"type": "compact_20260112"})
    assert applied(request)[0]["cleared_tool_uses"] == 3
    assert contents(request) == [WORDS, WORDS, [], [], []]


@pytest.mark.parametrize("more", [{}, {"context_management": None}, {"context_management": {}}])
def test_without_edits_a_request_is_shown_as_it_is(more: dict[str, Any]) -> None:
    request = read(body(messages=loop(9), **more))
    assert shown(request) is request
    assert applied(request) == []


def test_clearing_unbinds_no_thinking() -> None:
    """docs: server-side context management never invalidates thinking blocks."""
    given: dict[str, Any] = {"model": OPUS, "tools": [TOOL], "thinking": {"type": "adaptive"}}
    thought_after = preserved(read(body(messages=loop(5), **given)), [thought(WORDS), text("Cold")])
    messages = loop(5) + conversation(("assistant", thought_after), ("user", "Thanks"))
    request = asked(messages, tool_uses(), **given)
    assert refusal(request) is None
    bare = asked(
        loop(5) + conversation(("assistant", "Cold"), ("user", "Thanks")), tool_uses(), **given
    )
    assert prompt_tokens(shown(request)) - prompt_tokens(shown(bare)) > 500


def test_a_message_tells_it_at_its_end() -> None:
    request = asked(loop(5), tool_uses())
    told = {"applied_edits": applied(request)}
    whole = message(request, Answer([]), "msg_1", prompt_tokens(shown(request)))
    assert whole["context_management"] == told
    assert opening(whole)["context_management"] is None
    assert closing(whole)["context_management"] == told


def test_what_is_cleared_is_read_from_the_cache_no_more() -> None:
    """docs: it is invalidated where something is cleared, and what is left can be cached anew."""
    workspace = Workspace()
    marked = loop(5)
    marked[-1]["content"] = [{**marked[-1]["content"][0], **MARK}]
    plain = {"messages": marked, "tools": [TOOL]}
    assert workspace.send(**plain).written > 1024
    assert workspace.send(**plain).read > 1024
    edited = {**plain, "context_management": {"edits": [tool_uses()]}}
    first, again = workspace.send(**edited), workspace.send(**edited)
    assert first.read == 0
    assert again.read == first.written > 1024
