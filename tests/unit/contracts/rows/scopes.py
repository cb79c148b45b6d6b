"""What depends on the API version, on a beta or on the endpoint."""

from __future__ import annotations

from contracts.derive import VERSIONS
from tests.unit.contracts.rows.row import (
    DOCS,
    EXTRA,
    MISSING,
    OBJECT,
    POLICY,
    SHAPE,
    Row,
    system_turn,
)

# Versions, namespaces and the other endpoint.
SCOPES = (
    *(
        Row(
            f"{field}_in_new_version",
            {field: 1},
            (field, EXTRA),
            "docs: Migrating to API version 2026-10-21",
            version=VERSIONS[1],
        )
        for field in ("temperature", "top_k", "top_p")
    ),
    Row(
        "context_management_without_beta",
        {"context_management": {"edits": []}},
        ("context_management", EXTRA),
        "reported: Wei-Shaw/claude-relay-service#660 (2025-11-12)",
    ),
    Row("context_management", {"context_management": {"edits": []}}, None, DOCS, namespace="beta"),
    Row(
        "output_format_without_schema",
        {"output_format": {"type": "json_schema"}},
        ("output_format.schema", MISSING),
        "recorded 2026-01-28: braintrustdata/braintrust-sdk-ruby",
        namespace="beta",
    ),
    Row(
        "output_format",
        {"output_format": {"type": "json_schema", "schema": {"type": "object"}}},
        None,
        "recorded 2025-11-23: traceloop/openllmetry",
        namespace="beta",
    ),
    Row(
        "tool_addition",
        system_turn(
            content=[
                {"type": "tool_addition", "tool": {"type": "tool_reference", "name": "f"}},
            ]
        ),
        None,
        "recorded on claude-opus-4-8: pydantic/pydantic-ai",
        namespace="beta",
    ),
    Row(
        "container_number_in_beta",
        {"container": 7},
        ("container.ContainerParams", SHAPE),
        POLICY,
        namespace="beta",
    ),
    Row(
        "mcp_tool_config_number",
        {"tools": [{"type": "mcp_toolset", "mcp_server_name": "a", "configs": {"f": 5}}]},
        ("tools.0.mcp_toolset.configs.f", SHAPE),
        POLICY,
        namespace="beta",
    ),
    Row(
        "thinking_turns_number",
        {
            "context_management": {
                "edits": [{"type": "clear_thinking_20251015", "keep": 7}],
            }
        },
        ("context_management.edits.0.clear_thinking_20251015.keep", OBJECT),
        POLICY,
        namespace="beta",
    ),
    Row("count", {}, None, DOCS, drop=("max_tokens",), document="count_tokens"),
    Row("count_of_max_tokens", {}, ("max_tokens", EXTRA), DOCS, document="count_tokens"),
    Row(
        "count_of_stream",
        {"stream": True},
        ("stream", EXTRA),
        DOCS,
        drop=("max_tokens",),
        document="count_tokens",
    ),
    Row(
        "count_without_model",
        {},
        ("model", MISSING),
        DOCS,
        drop=("model", "max_tokens"),
        document="count_tokens",
    ),
)
