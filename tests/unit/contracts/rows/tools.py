"""Faults of `tools` and `tool_choice`."""

from __future__ import annotations

from tests.unit.contracts.rows.row import (
    ARRAY,
    DOCS,
    EXTRA,
    MISSING,
    OBJECT,
    POLICY,
    SHAPE,
    Row,
    tags,
    tool,
)

# Tools.
TOOLS = (
    Row("tool_choice_number", {"tool_choice": 7}, ("tool_choice", OBJECT)),
    Row("tool_choice_null", {"tool_choice": None}, ("tool_choice", OBJECT)),
    Row("tool_choice_empty", {"tool_choice": {}}, ("tool_choice.type", MISSING)),
    Row(
        "tool_choice_bogus",
        {"tool_choice": {"type": "bogus"}},
        ("tool_choice", tags("bogus", "'auto', 'any', 'tool', 'none'")),
    ),
    Row("tools_text", {"tools": "x"}, ("tools", ARRAY)),
    Row("tools_null", {"tools": None}, ("tools", ARRAY)),
    Row("tools_number", {"tools": [7]}, ("tools.0", OBJECT)),
    Row("tool_without_type", tool(), None),
    Row("tool_type_null", tool(type=None), None, DOCS),
    Row("tool_type_custom", tool(type="custom"), None, DOCS),
    Row(
        "tool_type_number",
        tool(type=7),
        (
            "tools.0",
            tags(
                7,
                "'bash_20250124', 'browser_toolset_20260801', 'code_execution_20250522', "
                "'code_execution_20250825', 'code_execution_20260120', 'code_execution_20260521', "
                "'computer_toolset_20260801', 'custom', 'memory_20250818', 'text_editor_20250124', "
                "'text_editor_20250429', 'text_editor_20250728', 'tool_search_tool_bm25', "
                "'tool_search_tool_bm25_20251119', 'tool_search_tool_regex', "
                "'tool_search_tool_regex_20251119', 'web_fetch_20250910', 'web_fetch_20260209', "
                "'web_fetch_20260309', 'web_fetch_20260318', 'web_search_20250305', "
                "'web_search_20260209', 'web_search_20260318'",
            ),
        ),
        "reported: dirac-run/dirac#57 (2026-04-30), with fewer tools",
    ),
    Row(
        "tool_no_name",
        {"tools": [{"input_schema": {"type": "object"}}]},
        ("tools.0.custom.name", MISSING),
    ),
    Row(
        "tool_name_empty",
        tool(name=""),
        ("tools.0.custom.name", "String should have at least 1 character"),
    ),
    Row(
        "tool_name_blank",
        tool(name="  "),
        ("tools.0.custom.name", "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"),
    ),
    Row("tool_name_128", tool(name="a" * 128), None, "reported: BerriAI/litellm#26788"),
    Row(
        "tool_name_129",
        tool(name="a" * 129),
        ("tools.0.custom.name", "String should match pattern '^[a-zA-Z0-9_-]{1,128}$'"),
        "reported: BerriAI/litellm#26788",
    ),
    Row(
        "tool_unknown_key",
        tool(inputExamples=[]),
        ("tools.0.custom.inputExamples", EXTRA),
        "reported: anthropics/claude-code#31033 (2026-03-05), for a key of a beta",
    ),
    Row(
        "input_schema_string",
        tool(input_schema={"type": "string"}),
        ("tools.0.custom.input_schema.type", "Input should be 'object'"),
        "recorded on claude-sonnet-4-6: 0xPlaygrounds/rig",
    ),
    Row(
        "input_schema_true",
        tool(input_schema=True),
        ("tools.0.custom.input_schema", SHAPE),
        "recorded on claude-sonnet-4-6: 0xPlaygrounds/rig",
    ),
    Row(
        "input_schema_empty",
        tool(input_schema={}),
        ("tools.0.custom.input_schema.type", MISSING),
        "recorded on claude-sonnet-4-6: 0xPlaygrounds/rig",
    ),
    Row(
        "input_schema_any_keyword",
        tool(input_schema={"type": "object", "$defs": {}, "x-mine": 1}),
        None,
        DOCS,
    ),
    Row(
        "server_tool_key",
        {"tools": [{"type": "bash_20250124", "name": "bash", "zz": 1}]},
        ("tools.0.bash_20250124.zz", EXTRA),
        POLICY,
    ),
)
