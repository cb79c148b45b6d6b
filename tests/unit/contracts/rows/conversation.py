"""Faults of the entries of `messages` and of their blocks."""

from __future__ import annotations

from contracts.validate import TOOL_ROLE_HINT
from tests.unit.contracts.rows.row import (
    ARRAY,
    BLOCKS,
    CALL,
    EXTRA,
    MISSING,
    OBJECT,
    PNG,
    POLICY,
    REPORTED,
    ROLES,
    SHAPE,
    STRING,
    USER,
    Row,
    image,
    system_turn,
    tags,
    turn,
)

# The entries of `messages`.
TURNS = (
    Row("turn_text", {"messages": ["x"]}, ("messages.0", SHAPE), "recorded 2024-06-04"),
    Row("turn_no_role", {"messages": [{"content": "x"}]}, ("messages.0.role", MISSING)),
    Row("turn_role_null", turn("x", None), ("messages.0.role", MISSING), POLICY),  # type: ignore[arg-type] # a fault
    Row("turn_role_number", turn("x", 7), ("messages.0.role", STRING), POLICY),  # type: ignore[arg-type] # a fault
    Row("turn_role_bogus", turn("x", "bogus"), ("messages", f'Unexpected role "bogus". {ROLES}')),
    Row(
        "turn_role_developer_second",
        {"messages": [USER, {"role": "developer", "content": "x"}]},
        ("messages", f'Unexpected role "developer". {ROLES}'),
    ),
    Row(
        "turn_role_tool",
        turn("x", "tool"),
        ("messages", f'Unexpected role "tool". {ROLES}{TOOL_ROLE_HINT}'),
        "reported: mark3labs/mcphost#36 (2025-04-25)",
    ),
    Row("turn_no_content", {"messages": [{"role": "user"}]}, ("messages.0.content", MISSING)),
    Row("content_null", turn(None), ("messages.0.content", ARRAY)),
    Row("content_number", turn(7), ("messages.0.content", ARRAY)),
    Row("content_true", turn(content=True), ("messages.0.content", ARRAY), POLICY),
    Row("content_object", turn({}), ("messages.0.content", ARRAY)),
    Row("content_empty", turn([]), None, "a rule, not a shape: seen live 2026-08-31"),
    Row("turn_unknown_key", turn("x", b=1), ("messages.0.b", EXTRA)),
    Row("first_turn_assistant", turn("x", "assistant"), None, "recorded: 6 exchanges"),
    Row("system_turn_no_content", system_turn(), ("messages.1.content", MISSING)),
    Row("system_turn_null", system_turn(content=None), ("messages.1.content", ARRAY)),
    Row("system_turn_number", system_turn(content=7), ("messages.1.content", ARRAY)),
    Row(
        "system_turn_block_without_type",
        system_turn(content=[{"text": "x"}]),
        ("messages.1.content.0.type", MISSING),
    ),
    Row("system_turn_key", system_turn(content="x", b=1), ("messages.1.b", EXTRA)),
    Row("system_turn_image", system_turn(content=[{"type": "image", "source": PNG}]), None),
    Row(
        "system_turn_tool_addition_without_its_tool",
        system_turn(content=[{"type": "tool_addition"}]),
        ("messages.1.content.0.tool_addition.tool", "Field required"),
        POLICY,
    ),
)

# Content blocks.
CONTENT = (
    Row("block_number", turn([7]), ("messages.0.content.0", OBJECT)),
    Row("block_no_type", turn([{}]), ("messages.0.content.0.type", MISSING)),
    Row(
        "block_fallback",
        turn([{"type": "fallback"}]),
        ("messages.0.content.0", tags("fallback", BLOCKS)),
        REPORTED,
    ),
    Row(
        "block_type_number",
        turn([{"type": 5}]),
        ("messages.0.content.0", tags(5, BLOCKS)),
        POLICY,
    ),
    Row(
        "text_without_text",
        turn([{"type": "text"}]),
        ("messages.0.content.0.text.text", MISSING),
        REPORTED,
    ),
    Row(
        "thinking_cache_control",
        turn([{"type": "thinking", "thinking": "", "signature": "x", "cache_control": None}]),
        ("messages.0.content.0.thinking.cache_control", EXTRA),
        "reported: Wei-Shaw/sub2api#225 (2026-01-10)",
    ),
    Row(
        "cache_control_scope",
        {
            "system": [
                {"type": "text", "text": "x", "cache_control": {"type": "ephemeral", "scope": 1}}
            ]
        },
        ("system.0.cache_control.ephemeral.scope", EXTRA),
        "reported: caozhiyuan/copilot-api#145 (2026-03-31)",
    ),
    Row(
        "image_bmp",
        image(media_type="image/bmp"),
        (
            "messages.0.content.0.image.source.base64.media_type",
            "Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
        ),
        "reported: anthropics/claude-code#8184",
    ),
    Row(
        "image_data_number",
        image(data=7),
        ("messages.0.content.0.image.source.base64.data", STRING),
        POLICY,
    ),
    Row(
        "image_without_source",
        turn([{"type": "image"}]),
        ("messages.0.content.0.image.source", MISSING),
        REPORTED,
    ),
    Row(
        "image_of_file_and_base64",
        image(type="file"),
        ("messages.0.content.0.image.source.file.file_id", MISSING),
        POLICY,
    ),
    Row(
        "document_of_unknown_source",
        turn([{"type": "document", "source": {"type": "zip"}}]),
        (
            "messages.0.content.0.document.source",
            tags("zip", "'base64', 'content', 'file', 'text', 'url'"),
        ),
        "reported 2025: without 'file', which is generally available since 2026-08-19",
    ),
    Row(
        "tool_use_key",
        turn([{**CALL, "text": "x"}], "assistant"),
        ("messages.0.content.0.tool_use.text", EXTRA),
        "reported: anthropics/claude-code#4378 (2025-07-25)",
    ),
    Row(
        "tool_use_input_number",
        turn([{**CALL, "input": 5}], "assistant"),
        ("messages.0.content.0.tool_use.input", OBJECT),
        "reported 2026: aaif-goose/goose#9287",
    ),
    Row(
        "tool_use_without_input",
        turn([{"type": "tool_use", "id": "a", "name": "f"}], "assistant"),
        ("messages.0.content.0.tool_use.input", MISSING),
        REPORTED,
    ),
    Row(
        "tool_use_caller",
        turn([{**CALL, "caller": {"type": "bogus"}}], "assistant"),
        (
            "messages.0.content.0.tool_use.caller",
            tags("bogus", "'code_execution_20250825', 'code_execution_20260120', 'direct'"),
        ),
        "recorded 2026-09-29 on claude-sonnet-5-5: aakshintala/fiber",
    ),
    Row(
        "tool_result_text_block_without_text",
        turn([{"type": "tool_result", "tool_use_id": "a", "content": [{"type": "text"}]}]),
        ("messages.0.content.0.tool_result.content.0.text.text", MISSING),
        REPORTED,
    ),
    Row(
        "search_result_content_text",
        turn([{"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": "x"}]),
        ("messages.0.content.0.web_search_tool_result.content", ARRAY),
        POLICY,
    ),
    Row(
        "code_result_as_it_was_answered",
        turn(
            [
                {
                    "type": "code_execution_tool_result",
                    "tool_use_id": "srvtoolu_1",
                    "content": {
                        "type": "code_execution_result",
                        "stdout": "",
                        "stderr": "",
                        "return_code": 0,
                        "content": [],
                        "abort_reason": None,
                    },
                }
            ]
        ),
        None,
        "recorded on claude-haiku-4-5: langchain-ai/langchain",
    ),
)
