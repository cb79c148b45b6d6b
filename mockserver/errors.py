"""The one error that every layer raises, and the one place that writes an error body.

ApiError             carries status, message and, when a rule refused the request, the rule's id
error_body(...)      the live API's envelope: {"type":"error","error":{"type","message"},"request_id"}
error_event(...)     the same as an event of a stream
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

# docs: Claude API errors; 405 recorded, 431 is policy
TYPES: Mapping[int, str] = {
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
# reported: the texts that the live API gives with these (see the rules' sources); others are short and ours
MESSAGES = {
    401: "invalid x-api-key",
    403: "Your API key does not have permission to use the specified resource.",
    404: "Not Found",
    413: "Request exceeds the maximum size",
    429: "This request would exceed your account's rate limit. Please try again later.",
    500: "Internal server error",
    504: "Request timed out",
    529: "Overloaded",
}
SERVER_ERROR = 500


class ApiError(Exception):
    """A refusal in the live API's terms.

    `details` becomes `error.details` (with `error_code`), `rule` the header x-mock-rule,
    `headers` are added to the response, `closes` ends the connection after it.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        details: Mapping[str, Any] | None = None,
        rule: str | None = None,
        headers: Mapping[str, str] | None = None,
        closes: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.details = details
        self.rule = rule
        self.script: str | None = None  # the entry of a script that says so
        self.headers = dict(headers or {})
        self.closes = closes

    @property
    def type(self) -> str:
        """The wire's `error.type` for this status."""
        rest = "invalid_request_error" if self.status < SERVER_ERROR else "api_error"
        return TYPES.get(self.status, rest)

    @property
    def is_retryable(self) -> bool:
        """Whether the official clients send such a request again (SDK: 408, 409, 429 and from 500 on)."""
        return self.status in (408, 409, 429) or self.status >= SERVER_ERROR


def invalid(message: str, **more: Any) -> ApiError:
    """A 400 `invalid_request_error`."""
    return ApiError(400, message, **more)


def error_object(error: ApiError) -> dict[str, Any]:
    """The envelope's `error` member."""
    shown: dict[str, Any] = {"type": error.type, "message": error.message}
    if error.details:
        shown["details"] = dict(error.details)
    return shown


def error_body(error: ApiError, request_id: str) -> bytes:
    """The bytes of an error response, compact and in the live API's key order (recorded since 2025-10)."""
    return orjson.dumps({"type": "error", "error": error_object(error), "request_id": request_id})


def error_event(error: ApiError, request_id: str) -> bytes:
    """The event that ends a stream. Recorded: it has `details` first."""
    shown = {"details": None, "type": error.type, "message": error.message}
    value = {"type": "error", "error": shown, "request_id": request_id}
    return b"event: error\ndata: %b\n\n" % orjson.dumps(value)
