"""What the tools of Anthropic's that a client runs can do: their actions, and the members of each action's input.

An action is what a call says by `action` or `command`, or by its own name where the tool is a toolset. Sources:
toolsets and memory as SDK 2.13.0 has them (types `*_input` and `beta_memory_tool_20250818_*_command`); computer,
text editor and bash: docs, their pages; and for the versions that these no longer show, the tools of
anthropics/anthropic-quickstarts and of vercel/ai. Their inputs have no schema on the wire.
"""

from __future__ import annotations

from typing import NamedTuple

from mockserver.request import Block
from mockserver.rules.tool_types import is_toolset

Members = dict[str, tuple["Member", ...]]


class Member(NamedTuple):
    """A member of an input, the kind of value that it takes, and whether it may be left out."""

    name: str
    kind: str
    is_optional: bool


def _table(text: str) -> Members:
    """Actions by name. Behind each its members, with the kind where the name doesn't say it; `?` ends an optional one."""
    rows = (line.split() for line in text.strip().splitlines())
    return {name: tuple(map(_member, words)) for names, *words in rows for name in names.split(",")}


def _member(word: str) -> Member:
    name, _, kind = word.partition(":")
    bare = name.removesuffix("?")
    return Member(bare, kind or bare, name.endswith("?"))


# A click of the first version is where the mouse is.
_COMPUTER_20241022 = _table("""
key text:key
type text
mouse_move coordinate
left_click,right_click,middle_click,double_click
left_click_drag coordinate:end
screenshot,cursor_position
""")
_COMPUTER_20250124 = _COMPUTER_20241022 | _table("""
hold_key text:key duration
wait duration
left_click,right_click,middle_click,double_click,triple_click coordinate?
left_click_drag start_coordinate coordinate:end
left_mouse_down,left_mouse_up
scroll coordinate scroll_direction scroll_amount
""")
_COMPUTER_20251124 = _COMPUTER_20250124 | _table("""
left_click,right_click,middle_click,double_click,triple_click coordinate? text?:modifier
scroll coordinate scroll_direction scroll_amount text?:modifier
""")
_ZOOM = _table("zoom region")
_COMPUTER_TOOLSET = {**_COMPUTER_20251124, **_ZOOM} | _table("""
key text:key repeat?
left_click_drag start_coordinate coordinate:end text?:modifier
scroll coordinate? scroll_direction scroll_amount text?:modifier
""")
# SDK: a file_upload needs paths or document_ids, though the type has both as optional
_BROWSER_TOOLSET = _table("""
navigate url tab_id?
list_tabs,new_tab
switch_tab,close_tab tab_id
read_page filter? depth? ref? tab_id?
get_page_text,read_console,read_network,screenshot tab_id?
find query tab_id?
form_input target:element value tab_id?
file_upload target:element paths tab_id?
scroll_to target:element tab_id?
zoom region tab_id?
left_click,right_click,middle_click,double_click,triple_click target modifiers?:modifier tab_id?
hover target tab_id?
left_click_drag from target:end_point tab_id?
left_mouse_down,left_mouse_up,mouse_move target:point tab_id?
scroll target:point scroll_direction scroll_amount? tab_id?
type text tab_id?
key text:key repeat? tab_id?
hold_key text:key duration tab_id?
wait duration tab_id?
javascript_exec text:script tab_id?
""")
_EDITOR_20250429 = _table("""
view path view_range?
create path file_text
str_replace path old_str new_str
insert path insert_line new_str:inserted
""")
_EDITOR_20241022 = _EDITOR_20250429 | _table("undo_edit path")
_EDITOR_20250728 = _EDITOR_20250429 | _table("insert path insert_line insert_text:inserted")
_MEMORY = _table("""
view path:memory view_range?
create path:note file_text
str_replace path:note old_str new_str
insert path:note insert_line insert_text:inserted
delete path:note
rename old_path:note new_path:new_note
""")
_BASH = _table("""
run command
restart restart
""")
_ACTIONS = {
    "bash_20241022": _BASH,
    "bash_20250124": _BASH,
    "browser_toolset_20260801": _BROWSER_TOOLSET,
    "computer_20241022": _COMPUTER_20241022,
    "computer_20250124": _COMPUTER_20250124,
    "computer_20251124": _COMPUTER_20251124,
    "computer_toolset_20260801": _COMPUTER_TOOLSET,
    "memory_20250818": _MEMORY,
    "text_editor_20241022": _EDITOR_20241022,
    "text_editor_20250124": _EDITOR_20241022,
    "text_editor_20250429": _EDITOR_20250429,
    "text_editor_20250728": _EDITOR_20250728,
}
# docs: Browser use tool, and SDK 2.13.0 lib/tools/_toolsets/_registry.py: on only where `configs` say so
_OFF = frozenset({"file_upload", "read_console", "read_network", "javascript_exec"})
# What is done when nothing more is said: it looks, where a tool can.
_DEFAULTS = ("screenshot", "view", "run")
_MARKS = {"computer": "action", "text": "command", "memory": "command"}
NOTHING: Block = {}


def family(tool: Block) -> str:
    """The first word of a tool's type: bash, browser, computer, memory, text. It is a toolset's name on the wire."""
    return str(tool.get("type")).partition("_")[0]


def actions(tool: Block) -> Members:
    """The actions that a tool offers, with the members of their inputs but for what says the action.

    None for a tool that is no such one, and for a toolset of which nothing is on.
    """
    kind = str(tool.get("type"))
    found = _ACTIONS.get(kind, {})
    if kind == "computer_20251124" and tool.get("enable_zoom"):
        return {**found, **_ZOOM}
    if not is_toolset(tool):
        return found
    configs: Block = tool.get("configs") or NOTHING
    return {name: found[name] for name in found if _is_on(name, configs.get(name) or NOTHING)}


def _is_on(name: str, config: Block) -> bool:
    enabled = config.get("enabled")
    return name not in _OFF if enabled is None else bool(enabled)


def deferred(tool: Block) -> bool:
    """Whether a tool, or what is on of a toolset, is loaded only when a search has found it."""
    if not is_toolset(tool):
        return bool(tool.get("defer_loading"))
    # SDK: the same on every enabled member
    configs: Block = tool.get("configs") or NOTHING
    return any((configs.get(name) or NOTHING).get("defer_loading") for name in actions(tool))


def default(tool: Block) -> str:
    """What a tool that offers anything does when nothing more is said."""
    found = actions(tool)
    return next((name for name in _DEFAULTS if name in found), next(iter(found)))


def marked(tool: Block, action: str) -> Block:
    """The member of an input that says the action; none where the tool's name or the other members do."""
    mark = _MARKS.get(family(tool))
    return {} if mark is None or is_toolset(tool) else {mark: action}
