"""Which calls of Anthropic's tools a text brings about, and with what."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver.ids import Ids
from mockserver.replies.answer import Answer
from mockserver.replies.improvise import improvised
from tests.unit.mockserver.bodies import TOOL, body, conversation, read, result
from tests.unit.mockserver.replies.actions.documented import TOOLS

COMPUTER = {**TOOLS["computer_20251124_zoom"]}
DESKTOP = TOOLS["computer_toolset_20260801"]
BROWSER = TOOLS["browser_toolset_20260801"]
EDITOR = TOOLS["text_editor_20250728"]
OLD_EDITOR = TOOLS["text_editor_20250124"]
MEMORY = TOOLS["memory_20250818"]
BASH = TOOLS["bash_20250124"]
SPOT = {"type": "coordinate", "x": 3, "y": 4}


def answer(*turns: tuple[str, Any], tools: list[Any], **more: Any) -> Answer:
    request = read(
        body(
            "claude-sonnet-4-6", max_tokens=1024, tools=tools, messages=conversation(*turns), **more
        )
    )
    return improvised(request, Ids(0, "key"), 0)


def calls(*turns: tuple[str, Any], tools: list[Any], **more: Any) -> list[tuple[Any, ...]]:
    blocks = answer(*turns, tools=tools, **more).blocks
    return [
        (block["toolset_name"], block["name"], block["input"])
        if "toolset_name" in block
        else (block["name"], block["input"])
        for block in blocks
        if block["type"] == "tool_use"
    ]


POINTING: list[tuple[str, str, dict[str, Any]]] = [
    ("click at (100, 200)", "left_click", {"coordinate": [100, 200]}),
    ("double-click (5, 6) holding ctrl", "double_click", {"coordinate": [5, 6], "text": "ctrl"}),
    ("Right click at 30, 40", "right_click", {"coordinate": [30, 40]}),
    ("middle_click on x=1, y=2", "middle_click", {"coordinate": [1, 2]}),
    ("triple click", "triple_click", {}),
    ("Take a screenshot, please", "screenshot", {}),
    ("what is the cursor position?", "cursor_position", {}),
    ("move the mouse to (7, 8)", "mouse_move", {"coordinate": [7, 8]}),
    ('Type "hello"', "type", {"text": "hello"}),
    ("press ctrl+s", "key", {"text": "ctrl+s"}),
    ("Hit the Enter key", "key", {"text": "Return"}),
    ("press page down", "key", {"text": "Page_Down"}),
    ("hold shift for 3 seconds", "hold_key", {"text": "shift", "duration": 3}),
    ("wait 2.7 seconds", "wait", {"duration": 2}),
    ("wait for 500", "wait", {"duration": 100}),
    ("zoom into [0, 0, 100, 50]", "zoom", {"region": [0, 0, 100, 50]}),
    ("zoom from (9, 9) to (1, 2)", "zoom", {"region": [1, 2, 9, 9]}),
    ("zoom into [5, 5, 5, 9999]", "zoom", {"region": "all"}),
    ("drag from (1, 2) to (3, 4)", "left_click_drag", {"start_coordinate": [1, 2], "coordinate": [3, 4]}),
    ("press the left mouse button", "left_mouse_down", {}),
    ("release the mouse", "left_mouse_up", {}),
    ("scroll up 5 at (10, 20)", "scroll", {"coordinate": [10, 20], "scroll_direction": "up", "scroll_amount": 5}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "action", "given"), POINTING, ids=[row[0] for row in POINTING])
def test_a_display_is_pointed_at(words: str, action: str, given: dict[str, Any]) -> None:
    def wanted(width: int, height: int) -> dict[str, Any]:
        return {k: [0, 0, width, height] if v == "all" else v for k, v in given.items()}

    assert calls(("user", words), tools=[COMPUTER]) == [
        ("computer", {"action": action, **wanted(1024, 768)})
    ]
    assert calls(("user", words), tools=[DESKTOP]) == [("computer", action, wanted(1280, 720))]


BROWSING: list[tuple[str, str, dict[str, Any]]] = [
    ("go to https://example.com/a", "navigate", {"url": "https://example.com/a"}),
    ("visit example.org/b", "navigate", {"url": "example.org/b"}),
    ("go back", "navigate", {"url": "back"}),
    ("reload", "navigate", {"url": "reload"}),
    ("list all tabs", "list_tabs", {}),
    ("open a new tab", "new_tab", {}),
    ("switch to tab 3", "switch_tab", {"tab_id": "3"}),
    ("close tab t-4", "close_tab", {"tab_id": "t-4"}),
    ("read the page to depth 4 from ref_1", "read_page", {"depth": 4, "ref": "ref_1"}),
    ("read the page, interactive elements only", "read_page", {"filter": "interactive"}),
    ("get the page text", "get_page_text", {}),
    ("read the console", "read_console", {}),
    ("read the network", "read_network", {}),
    ('find "Buy"', "find", {"query": "Buy"}),
    ('fill in ref_5 with "Bob"', "form_input", {"target": {"type": "ref", "ref": "ref_5"}, "value": "Bob"}),
    ("fill in ref_5 with true", "form_input", {"target": {"type": "ref", "ref": "ref_5"}, "value": True}),
    ("fill in ref_5 with 12", "form_input", {"target": {"type": "ref", "ref": "ref_5"}, "value": 12}),
    ("upload /tmp/a.pdf to ref_2", "file_upload", {"target": {"type": "ref", "ref": "ref_2"}, "paths": ["/tmp/a.pdf"]}),
    ("scroll to ref_9", "scroll_to", {"target": {"type": "ref", "ref": "ref_9"}}),
    ("scroll down at (3, 4)", "scroll", {"target": SPOT, "scroll_direction": "down"}),
    ("click ref_7 with shift+alt", "left_click", {"target": {"type": "ref", "ref": "ref_7"}, "modifiers": "shift+alt"}),
    ("hover at (3, 4) in tab 1", "hover", {"target": SPOT, "tab_id": "1"}),
    ("drag (1, 2) to (3, 4)", "left_click_drag", {"from": {**SPOT, "x": 1, "y": 2}, "target": SPOT}),
    ("press F5 twice", "key", {"text": "F5", "repeat": 2}),
    ("wait 2.5 seconds", "wait", {"duration": 2.5}),
    ("javascript: `1 + 1`", "javascript_exec", {"text": "1 + 1"}),
]  # fmt: skip


@pytest.mark.parametrize(("words", "member", "given"), BROWSING, ids=[row[0] for row in BROWSING])
def test_a_browser_is_driven(words: str, member: str, given: dict[str, Any]) -> None:
    assert calls(("user", words), tools=[BROWSER]) == [("browser", member, given)]


WRITING: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ('view "/tmp/a b.txt"', EDITOR, {"command": "view", "path": "/tmp/a b.txt"}),
    ("view lines 3-7 of /tmp/x.py", EDITOR, {"command": "view", "path": "/tmp/x.py", "view_range": [3, 7]}),
    ("view lines 7-3 of /tmp/x.py", EDITOR, {"command": "view", "path": "/tmp/x.py"}),
    ('create a/b.py with "print(1)"', EDITOR, {"command": "create", "path": "a/b.py", "file_text": "print(1)"}),
    ('replace "foo" with "bar" in src/x.py', EDITOR, {"command": "str_replace", "path": "src/x.py", "old_str": "foo", "new_str": "bar"}),
    ('insert "# hi" at line 3 of x.py', EDITOR, {"command": "insert", "path": "x.py", "insert_line": 3, "insert_text": "# hi"}),
    ('insert "# hi" at line 3 of x.py', OLD_EDITOR, {"command": "insert", "path": "x.py", "insert_line": 3, "new_str": "# hi"}),
    ("undo the edit in x.py", OLD_EDITOR, {"command": "undo_edit", "path": "x.py"}),
    ("Remember that I like coffee.", MEMORY, {"command": "create", "path": "/memories/example.txt", "file_text": "I like coffee"}),
    ("check your memory", MEMORY, {"command": "view", "path": "/memories"}),
    ("view /memories/ in memory", MEMORY, {"command": "view", "path": "/memories"}),
    ("view /memories/../etc/passwd in memory", MEMORY, {"command": "view", "path": "/memories/passwd"}),
    ("delete /memories/a.md from memory", MEMORY, {"command": "delete", "path": "/memories/a.md"}),
    ("rename /memories/a.md to b.md in memory", MEMORY, {"command": "rename", "old_path": "/memories/a.md", "new_path": "/memories/b.md"}),
    ("run `ls -l`", BASH, {"command": "ls -l"}),
    ("restart the shell", BASH, {"restart": True}),
]  # fmt: skip


@pytest.mark.parametrize(
    ("words", "tool", "given"), WRITING, ids=[f"{row[0]}:{row[1]['type']}" for row in WRITING]
)
def test_files_are_written(words: str, tool: dict[str, Any], given: dict[str, Any]) -> None:
    assert calls(("user", words), tools=[tool]) == [(tool["name"], given)]


@pytest.mark.parametrize(
    "words",
    [
        "What type of key is this? Wait, find out and press on.",
        "Do you remember that?",
        "Show me the way, and write a poem",
        "Undo nothing; run the tests",
        "click here, but without tools",
    ],
)
def test_common_words_ask_for_nothing(words: str) -> None:
    tools = [DESKTOP, BROWSER, EDITOR, MEMORY, BASH]
    assert calls(("user", words), tools=tools) == []


def test_a_tool_that_is_named_looks() -> None:
    assert calls(("user", "Use the computer"), tools=[DESKTOP]) == [("computer", "screenshot", {})]


def test_actions_come_in_the_order_of_the_text_with_other_tools() -> None:
    tools = [{**TOOL, "description": "Take the screenshot"}, DESKTOP, BASH]
    words = ("user", 'Run `ls`, click at (1, 2), get_weather, then not: type "x" and press Tab')
    found = calls(words, tools=tools, tool_choice={"type": "auto"})
    assert found == [("bash", {"command": "ls"})]  # `then`: one after the other
    words = ("user", words[1].replace("then not: ", ""))
    assert calls(words, tools=tools) == [
        ("bash", {"command": "ls"}),
        ("computer", "left_click", {"coordinate": [1, 2]}),
        ("get_weather", {}),
        ("computer", "type", {"text": "x"}),
        ("computer", "key", {"text": "Tab"}),
    ]
    # a description counts only where nothing else is asked for
    assert calls(("user", "Take the screenshot"), tools=tools) == [("computer", "screenshot", {})]


@pytest.mark.parametrize("tool", [COMPUTER, DESKTOP], ids=["tool", "toolset"])
def test_one_after_the_other_until_all_is_done(tool: dict[str, Any]) -> None:
    turns: list[tuple[str, Any]] = [
        ("user", 'Take a screenshot, then click at (1, 2), then type "x"')
    ]
    done: list[Any] = []
    for number in range(3):
        (call,) = [b for b in answer(*turns, tools=[tool]).blocks if b["type"] == "tool_use"]
        done.append((call.get("toolset_name") and call["name"]) or call["input"]["action"])
        call = {**call, "id": f"toolu_{number}"}
        named = {"toolset_name": call["toolset_name"]} if "toolset_name" in call else {}
        turns += [("assistant", [call]), ("user", [result(call["id"], content="ok", **named)])]
    assert done == ["screenshot", "left_click", "type"]
    assert answer(*turns, tools=[tool]).stop_reason == "end_turn"
    forced = answer(*turns, tools=[tool], tool_choice={"type": "any"})
    assert forced.stop_reason == "tool_use"


def test_a_member_is_not_taken_for_a_tool_of_the_same_name() -> None:
    own = {**TOOL, "name": "screenshot"}
    used = {
        "type": "tool_use",
        "id": "toolu_1",
        "name": "screenshot",
        "input": {},
        "toolset_name": "computer",
    }
    turns = (
        ("user", "screenshot"),
        ("assistant", [used]),
        ("user", [result("toolu_1", toolset_name="computer")]),
    )
    assert calls(*turns, tools=[own, DESKTOP]) == [("screenshot", {})]


@pytest.mark.parametrize("tool", TOOLS.values(), ids=TOOLS)
def test_a_forced_call_is_made(tool: dict[str, Any]) -> None:
    name = tool.get("name") or tool["type"].partition("_")[0]
    for choice in ({"type": "any"}, {"type": "tool", "name": name}):
        found = answer(("user", "Hello"), tools=[tool], tool_choice=choice)
        assert [block["type"] for block in found.blocks] == ["tool_use"]
        assert found.stop_reason == "tool_use"


def test_a_forced_call_does_what_is_said() -> None:
    choice = {"type": "tool", "name": "browser"}
    words = ("user", "go to https://example.com/ and read the page")
    assert calls(words, tools=[DESKTOP, BROWSER], tool_choice=choice) == [
        ("browser", "navigate", {"url": "https://example.com/"})
    ]


def test_a_toolset_of_which_all_is_off_is_not_called() -> None:
    off = {"type": "computer_toolset_20260801", "configs": {n: {"enabled": False} for n in ["key", "hold_key", "type", "cursor_position", "mouse_move", "left_mouse_down", "left_mouse_up", "left_click", "left_click_drag", "right_click", "middle_click", "double_click", "triple_click", "scroll", "wait", "screenshot", "zoom"]}}  # fmt: skip
    assert (
        answer(("user", "screenshot"), tools=[off], tool_choice={"type": "any"}).stop_reason
        == "end_turn"
    )


def test_a_deferred_toolset_is_called_once_it_was_found() -> None:
    late = {
        "type": "computer_toolset_20260801",
        "configs": {"zoom": {"defer_loading": True}, "key": None},
    }
    asked = ("user", "Take a screenshot")
    assert calls(asked, tools=[late, TOOL]) == []
    used = (
        "assistant",
        [{"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {}}],
    )
    found = (
        "user",
        [result("toolu_1", content=[{"type": "tool_reference", "tool_name": "computer"}])],
    )
    assert calls(asked, used, found, tools=[late, TOOL]) == [("computer", "screenshot", {})]
