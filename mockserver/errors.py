"""The one error that every layer raises, and the one place that writes an error body.

ApiError             carries status, message and, when a rule refused the request, the rule's id
error_body(...)      the live API's envelope: {"type":"error","error":{"type","message"},"request_id"}; a null id where
                     it gives none
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
INVALID_KEY = "API key is invalid."
INVALID_TOKEN = "OAuth access token is invalid."  # noqa: S105 # words about one
# recorded 2026-08: what looks at credentials first answers so before a request has an id
WITHOUT_ID = frozenset({INVALID_KEY, INVALID_TOKEN})
# reported: the texts that the live API gives with these (see the rules' sources); others are short and ours
MESSAGES = {
    401: INVALID_KEY,
    403: "Your API key does not have permission to use the specified resource.",
    404: "Not Found",
    413: "Request exceeds the maximum size",
    429: "This request would exceed your account's rate limit. Please try again later.",
    500: "Internal server error",
    504: "Request timed out",
    529: "Overloaded",
}
UNAUTHORIZED = 401
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
    def has_id(self) -> bool:
        """Whether the answer tells the id of the request, in its body and as a header."""
        return self.status != UNAUTHORIZED or self.message not in WITHOUT_ID

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
    told = request_id if error.has_id else None
    return orjson.dumps({"type": "error", "error": error_object(error), "request_id": told})


def error_event(error: ApiError, request_id: str) -> bytes:
    """The event that ends a stream. Recorded: it has `details` first."""
    shown = {"details": None, "type": error.type, "message": error.message}
    value = {"type": "error", "error": shown, "request_id": request_id}
    return b"event: error\ndata: %b\n\n" % orjson.dumps(value)
