"""What recorded answers look like beyond the SDK's types: keys and their order, ids, statuses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

MESSAGE_RECORDED = "recorded 2026-09-29 on claude-sonnet-5-5: aakshintala/fiber"
USAGE_RECORDED = "recorded 2025-08 to 2026-09: 1521 answers"
BLOCKS_RECORDED = "recorded 2026-03 to 2026-09"
STREAM_RECORDED = "recorded 2025-08-18 to 2026-09"
IDS_RECORDED = "recorded 2025-05 to 2026-09"
STOPS_RECORDED = "recorded 2024-04 to 2026-09: 2285 answers"
FRAMES_RECORDED = "recorded 2024-06 to 2026-09: 525 streams"
ERRORS_RECORDED = "recorded 2024-06 to 2026-09: 45 errors with headers"
ERRORS_DOCUMENTED = "docs: Claude API errors"


class Keys(NamedTuple):
    """The keys of an object: which must be there, and the order in which they come."""

    order: Sequence[str]
    optional: frozenset[str] = frozenset()

    def missing(self, present: Iterable[str]) -> list[str]:
        """Required keys that are not present, in order."""
        found = self.optional.union(present)
        return [key for key in self.order if key not in found]

    def is_ordered(self, present: Iterable[str]) -> bool:
        """Whether the present keys that have a place come in order. Others may stand anywhere."""
        places = [self.order.index(key) for key in present if key in self.order]
        return places == sorted(places)


MESSAGE: Final = Keys(
    (
        "model",
        "id",
        "type",
        "role",
        "content",
        "container",
        "stop_reason",
        "stop_sequence",
        "stop_details",
        "usage",
        "diagnostics",
        "context_management",
    ),
    optional=frozenset({"context_management"}),
)
USAGE: Final = Keys(
    (
        "input_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
        "cache_creation",
        "iterations",
        "output_tokens",
        "output_tokens_details",
        "service_tier",
        "inference_geo",
        "server_tool_use",
    ),
    optional=frozenset({"iterations", "output_tokens_details", "server_tool_use"}),
)
# recorded: what a stream's first usage does not know yet
UNKNOWN_AT_START: Final = ("output_tokens_details", "server_tool_use")
DELTA: Final = Keys(("stop_reason", "stop_sequence", "stop_details", "container"))
DELTA_USAGE: Final = Keys(
    (
        "input_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
        "output_tokens",
        "output_tokens_details",
        "server_tool_use",
        "iterations",
    ),
    optional=frozenset({"output_tokens_details", "server_tool_use", "iterations"}),
)
_CALL: Final = Keys(("type", "id", "name", "input", "caller", "server_name"))
_RESULT: Final = Keys(("type", "tool_use_id", "is_error", "content", "caller"))
# A text block has citations first or last (60 and 7 recorded), so it has no order here.
BLOCKS: Final[Mapping[str, Keys]] = {
    "thinking": Keys(("type", "thinking", "signature")),
    "redacted_thinking": Keys(("type", "data")),
    "tool_use": _CALL,
    "server_tool_use": _CALL,
    "mcp_tool_use": _CALL,
    "mcp_tool_result": _RESULT,
    "web_search_tool_result": _RESULT,
    "web_fetch_tool_result": _RESULT,
    "code_execution_tool_result": _RESULT,
    "bash_code_execution_tool_result": _RESULT,
    "text_editor_code_execution_tool_result": _RESULT,
    "tool_search_tool_result": _RESULT,
    "advisor_tool_result": _RESULT,
}
# The prefix of an id by the type of the object that has it; 24 letters and digits follow.
ID_PREFIXES: Final[Mapping[str, str]] = {
    "message": "msg",
    "tool_use": "toolu",
    "server_tool_use": "srvtoolu",
    "mcp_tool_use": "mcptoolu",
}
ID_BODY: Final = "01[A-Za-z0-9]{22}"

ERROR: Final = Keys(("type", "error", "request_id"))
ERROR_OBJECT: Final = Keys(("type", "message", "details"), optional=frozenset({"details"}))
# reported 2026-09-01 with a request id: inside a stream `details` comes first
STREAM_ERROR: Final = Keys(("details", "type", "message"), optional=frozenset({"details"}))
# docs: Claude API errors. 405 is recorded; 431 is policy.
ERROR_TYPES: Final[Mapping[int, str]] = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    405: "invalid_request_error",
    409: "conflict_error",
    413: "request_too_large",
    429: "rate_limit_error",
    431: "invalid_request_error",
    500: "api_error",
    503: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}
# recorded 2026-08: what looks at credentials first answers so before a request has an id
WITHOUT_REQUEST_ID: Final = frozenset({"API key is invalid.", "OAuth access token is invalid."})
# The statuses whose headers were recorded.
ERRORS_WITH_HEADERS: Final = frozenset({400, 401, 404})
