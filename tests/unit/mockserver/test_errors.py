"""Error bodies: the live API's envelope, types by status."""

from __future__ import annotations

import json

import pytest

from contracts.facts import WITHOUT_REQUEST_ID
from mockserver.errors import (
    TYPES,
    WITHOUT_ID,
    ApiError,
    error_body,
    error_object,
    invalid,
)

DOCUMENTED = {
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


def test_types_are_the_documented_ones() -> None:
    assert DOCUMENTED == TYPES


@pytest.mark.parametrize(
    ("status", "expected"),
    [*DOCUMENTED.items(), (418, "invalid_request_error"), (502, "api_error")],
)
def test_type_follows_the_status(status: int, expected: str) -> None:
    assert ApiError(status, "x").type == expected


def test_error_body_is_compact_and_in_the_recorded_order() -> None:
    assert (
        error_body(ApiError(404, "model: é"), "req_1")
        == (
            '{"type":"error","error":{"type":"not_found_error","message":"model: é"},"request_id":"req_1"}'
        ).encode()
    )


def test_a_key_that_is_refused_first_of_all_has_no_id() -> None:
    refused = ApiError(401, "API key is invalid.")
    assert (refused.has_id, json.loads(error_body(refused, "req_1"))["request_id"]) == (False, None)


@pytest.mark.parametrize(
    "error", [ApiError(401, "invalid x-api-key"), ApiError(400, "API key is invalid.")]
)
def test_other_errors_have_their_id(error: ApiError) -> None:
    assert (error.has_id, json.loads(error_body(error, "req_1"))["request_id"]) == (True, "req_1")


def test_both_sides_agree_on_what_has_no_id() -> None:
    assert WITHOUT_ID == WITHOUT_REQUEST_ID


def test_details_follow_the_message() -> None:
    error = invalid("charset", details={"error_code": "unsupported_charset"})
    assert json.dumps(error_object(error)) == (
        '{"type": "invalid_request_error", "message": "charset", '
        '"details": {"error_code": "unsupported_charset"}}'
    )


def test_invalid_is_a_400_that_says_its_message() -> None:
    error = invalid("wrong", rule="a.rule", headers={"a": "b"}, closes=True)
    assert (error.status, str(error), error.rule) == (400, "wrong", "a.rule")
    assert (error.headers, error.closes) == ({"a": "b"}, True)


def test_headers_of_an_error_are_a_copy() -> None:
    given = {"allow": "GET"}
    ApiError(405, "x", headers=given).headers["more"] = "1"
    assert given == {"allow": "GET"}
