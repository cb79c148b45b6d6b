"""What an input of Anthropic's tools may be: by the SDK's types where it has some, else by fields written down here.

Written down after docs (Computer use tool, Text editor tool, Bash tool), and for what these no longer show after the
tools of anthropics/anthropic-quickstarts and vercel/ai.
"""

from __future__ import annotations

from typing import Any

import anthropic.types
import anthropic.types.beta
from anthropic.types.browser_member_name import BROWSER_MEMBER_NAME_VALUES
from anthropic.types.computer_member_name import COMPUTER_MEMBER_NAME_VALUES
from jsonschema import Draft202012Validator
from pydantic import BaseModel

Block = dict[str, Any]
WIDTH, HEIGHT = 1024, 768
SCREEN = {"name": "computer", "display_width_px": WIDTH, "display_height_px": HEIGHT}
BROWSER_OFF = ("file_upload", "javascript_exec", "read_console", "read_network")
TOOLS: dict[str, Block] = {
    tool["type"] + ("_zoom" if "enable_zoom" in tool else ""): tool
    for tool in (
        {"type": "bash_20241022", "name": "bash"},
        {"type": "bash_20250124", "name": "bash"},
        {
            "type": "browser_toolset_20260801",
            "configs": {name: {"enabled": True} for name in BROWSER_OFF},
        },
        {"type": "computer_20241022", **SCREEN},
        {"type": "computer_20250124", **SCREEN},
        {"type": "computer_20251124", **SCREEN},
        {"type": "computer_20251124", **SCREEN, "enable_zoom": True},
        {"type": "computer_toolset_20260801"},
        {"type": "memory_20250818", "name": "memory"},
        {"type": "text_editor_20241022", "name": "str_replace_editor"},
        {"type": "text_editor_20250124", "name": "str_replace_editor"},
        {"type": "text_editor_20250429", "name": "str_replace_based_edit_tool"},
        {"type": "text_editor_20250728", "name": "str_replace_based_edit_tool"},
    )
}
_CLICKS = ("left_click", "right_click", "middle_click", "double_click")
_FIRST = {
    **dict.fromkeys((*_CLICKS, "screenshot", "cursor_position"), ""),
    "key": "text",
    "type": "text",
    "mouse_move": "coordinate",
    "left_click_drag": "coordinate",
}
_SECOND = {
    **_FIRST,
    **dict.fromkeys((*_CLICKS, "triple_click"), "coordinate?"),
    **dict.fromkeys(("left_mouse_down", "left_mouse_up"), ""),
    "hold_key": "text duration",
    "wait": "duration",
    "left_click_drag": "start_coordinate coordinate",
    "scroll": "coordinate scroll_direction scroll_amount",
}
_THIRD = {
    **_SECOND,
    **dict.fromkeys((*_CLICKS, "triple_click"), "coordinate? text?"),
    "scroll": "coordinate scroll_direction scroll_amount text?",
}
_EDITOR = {
    "view": "path view_range?",
    "create": "path file_text",
    "str_replace": "path old_str new_str",
    "insert": "path insert_line new_str",
}
FIELDS = {
    "computer_20241022": _FIRST,
    "computer_20250124": _SECOND,
    "computer_20251124": _THIRD,
    "computer_20251124_zoom": {**_THIRD, "zoom": "region"},
    "text_editor_20241022": {**_EDITOR, "undo_edit": "path"},
    "text_editor_20250124": {**_EDITOR, "undo_edit": "path"},
    "text_editor_20250429": _EDITOR,
    "text_editor_20250728": {**_EDITOR, "insert": "path insert_line insert_text"},
}
_STRING = {"type": "string", "minLength": 1}
_POINT = {
    "prefixItems": [
        {"type": "integer", "minimum": 0, "maximum": size - 1} for size in (WIDTH, HEIGHT)
    ],
    "minItems": 2,
    "maxItems": 2,
}
_CORNERS = [{"type": "integer", "minimum": 0, "maximum": size} for size in (WIDTH, HEIGHT) * 2]
_VALUES: dict[str, Block] = {
    "coordinate": _POINT,
    "start_coordinate": _POINT,
    "region": {"prefixItems": _CORNERS, "minItems": 4, "maxItems": 4},
    "duration": {"type": "number", "minimum": 0, "maximum": 100},
    "scroll_direction": {"enum": ["up", "down", "left", "right"]},
    "scroll_amount": {"type": "integer", "minimum": 0},
    "insert_line": {"type": "integer", "minimum": 0},
    "view_range": {"items": {"type": "integer", "minimum": 1}, "minItems": 2, "maxItems": 2},
}


def actions_of(kind: str) -> list[str]:
    """Every action of a tool, in alphabetical order."""
    members = {
        "bash_20241022": ("run", "restart"),
        "bash_20250124": ("run", "restart"),
        "browser_toolset_20260801": BROWSER_MEMBER_NAME_VALUES,
        "computer_toolset_20260801": COMPUTER_MEMBER_NAME_VALUES,
        "memory_20250818": ("view", "create", "str_replace", "insert", "delete", "rename"),
    }
    return sorted(members[kind] if kind in members else FIELDS[kind])


def faults(kind: str, action: str, value: Block) -> list[str]:
    """What is wrong with the input of a call that does an action."""
    if kind.startswith("bash_"):
        return [] if value == {"restart": True} or _is_command(value) else [f"{value}"]
    if kind in FIELDS:
        return _written_down(kind, action, value)
    model = sdk_model(kind, action)
    model.model_validate(value, strict=True)
    known = {field.alias or name for name, field in model.model_fields.items()}
    wrong = [f"{name} is unknown" for name in value if name not in known]
    sizes = {"coordinate": 2, "start_coordinate": 2, "region": 4, "view_range": 2}
    wrong += [
        f"{name} has no {n}" for name, n in sizes.items() if len(value.get(name) or [0] * n) != n
    ]
    if kind == "memory_20250818":
        paths = [value[name] for name in ("path", "old_path", "new_path") if name in value]
        wrong += [path for path in paths if not f"{path}/".startswith("/memories/") or ".." in path]
    return wrong


def sdk_model(kind: str, action: str) -> type[BaseModel]:
    """The SDK's type of an input."""
    camel = "".join(word.capitalize() for word in action.split("_"))
    if kind == "memory_20250818":
        found = getattr(anthropic.types.beta, f"BetaMemoryTool20250818{camel}Command")
    else:
        family = kind.partition("_")[0].capitalize()
        found = getattr(anthropic.types.beta, f"Beta{family}{camel}Input")
    assert issubclass(found, BaseModel)
    return found


def _is_command(value: Block) -> bool:
    return list(value) == ["command"] and isinstance(value["command"], str)


def _written_down(kind: str, action: str, value: Block) -> list[str]:
    mark = "action" if kind.startswith("computer_") else "command"
    names = FIELDS[kind][action].split()
    required = [name for name in names if not name.endswith("?")]
    properties = {name: _VALUES.get(name, _STRING) for name in (n.rstrip("?") for n in names)}
    schema = {
        "properties": {mark: {"const": action}, **properties},
        "required": [mark, *required],
        "additionalProperties": False,
    }
    return [error.message for error in Draft202012Validator(schema).iter_errors(value)]
