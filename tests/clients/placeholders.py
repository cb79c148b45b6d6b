"""Values as the SDK's generated tests have them: of the right type, and of nothing that exists."""

from __future__ import annotations

from typing import Any

Value = dict[str, Any]
USER = [{"content": "Hello, world", "role": "user"}]
MINIMAL: Value = {"max_tokens": 1024, "messages": USER, "model": "model"}
MARK = {"type": "ephemeral", "ttl": "5m"}
CITATION = {
    "cited_text": "cited_text",
    "document_index": 0,
    "document_title": "x",
    "end_char_index": 0,
    "start_char_index": 0,
    "type": "char_location",
}
SYSTEM = [{"text": "text", "type": "text", "cache_control": MARK, "citations": [CITATION]}]
TOOL = {
    "input_schema": {
        "type": "object",
        "properties": {"location": "bar", "unit": "bar"},
        "required": ["location"],
    },
    "name": "name",
    "allowed_callers": ["direct"],
    "cache_control": MARK,
    "defer_loading": True,
    "description": "description",
    "eager_input_streaming": True,
    "input_examples": [{"foo": "bar"}],
    "strict": True,
    "type": "custom",
}
FORMAT = {"schema": {"foo": "bar"}, "type": "json_schema"}
COUNTED: Value = {
    "messages": USER,
    "model": "model",
    "cache_control": MARK,
    "output_config": {"effort": "low", "format": FORMAT},
    "system": SYSTEM,
    "thinking": {"type": "adaptive", "display": "summarized"},
    "tool_choice": {"type": "auto", "disable_parallel_tool_use": True},
    "tools": [TOOL],
}
SKILL = {"skill_id": "pdf", "type": "anthropic", "version": "latest"}
FULL: Value = {
    **COUNTED,
    "max_tokens": 1024,
    "container": {"id": "id", "skills": [SKILL]},
    "inference_geo": "inference_geo",
    "metadata": {"user_id": "13803d75-b4b5-4c3e-b2a2-6f21399b021b"},
    "service_tier": "auto",
    "stop_sequences": ["string"],
}
SERVER = {
    "name": "name",
    "type": "url",
    "url": "url",
    "authorization_token": "authorization_token",
    "tool_configuration": {"allowed_tools": ["string"], "enabled": True},
}
EDIT = {
    "type": "clear_tool_uses_20250919",
    "clear_at_least": {"type": "input_tokens", "value": 0},
    "clear_tool_inputs": True,
    "exclude_tools": ["string"],
    "keep": {"type": "tool_uses", "value": 0},
    "trigger": {"type": "input_tokens", "value": 1},
}
ONLY_BETA: Value = {
    "context_management": {"edits": [EDIT]},
    "mcp_servers": [SERVER],
    "speed": "standard",
    "betas": ["string"],
}
PROFILE = {"anthropic-user-profile-id": "anthropic-user-profile-id"}


FILE = {"type": "file", "file_id": "file_id"}
