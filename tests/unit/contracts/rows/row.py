"""One row of the tables: a request, the fault that the live API finds in it, and who says so."""

from __future__ import annotations

from typing import Any, NamedTuple

from contracts.derive import VERSIONS

Json = dict[str, Any]

USER: Json = {"role": "user", "content": "ping"}
GOOD: Json = {"model": "claude-sonnet-5", "max_tokens": 16, "messages": [USER]}
TOOL: Json = {"name": "f", "input_schema": {"type": "object", "properties": {}}}
CALL: Json = {"type": "tool_use", "id": "toolu_1", "name": "f", "input": {}}
PNG: Json = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
LIVE = "seen live 2026-08-31 on claude-sonnet-5"
SHAPE = "Input does not match the expected shape."
ARRAY = "Input should be a valid array"
OBJECT = "Input should be an object"
INTEGER = "Input should be a valid integer"
NUMBER = "Input should be a valid number"
STRING = "Input should be a valid string"
EXTRA = "Extra inputs are not permitted"
MISSING = "Field required"
ROLES = 'Allowed roles are "user" or "assistant"'
BLOCKS = (
    "'bash_code_execution_tool_result', 'code_execution_tool_result', 'container_upload', "
    "'document', 'image', 'redacted_thinking', 'search_result', 'server_tool_use', 'text', "
    "'text_editor_code_execution_tool_result', 'thinking', 'tool_result', "
    "'tool_search_tool_result', 'tool_use', 'web_fetch_tool_result', 'web_search_tool_result'"
)


def tags(tag: object, expected: str) -> str:
    found = f"Input tag '{tag}' found using 'type'"
    return f"{found} does not match any of the expected tags: {expected}"


def turn(content: Any, role: str = "user", **more: Any) -> Json:
    return {"messages": [{"role": role, "content": content, **more}]}


def system_turn(**entry: Any) -> Json:
    return {"messages": [USER, {"role": "system", **entry}]}


def tool(**changes: Any) -> Json:
    return {"tools": [{**TOOL, **changes}]}


def image(**source: Any) -> Json:
    return turn([{"type": "image", "source": {**PNG, **source}}])


class Row(NamedTuple):
    """An edit of a good request, and the fault: (path, text), or None if the edit is accepted."""

    id: str
    edit: Json
    fault: tuple[str, str] | None
    source: str = LIVE
    drop: tuple[str, ...] = ()
    version: str = VERSIONS[0]
    namespace: str = "stable"
    document: str = "create_message"

    def body(self) -> Json:
        """The edited request."""
        kept = {key: value for key, value in GOOD.items() if key not in self.drop}
        return {**kept, **self.edit}

    def verdict(self) -> str:
        """The test's id."""
        return f"{'reject' if self.fault else 'accept'}_{self.id}"


REPORTED = "reported"
POLICY = "policy: pydantic's words at the place that the live API would name"
DOCS = "docs: Messages API reference"
