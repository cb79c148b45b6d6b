"""The oracle on error answers: body, status and headers."""

from __future__ import annotations

import pytest

from contracts.facts import ERROR_TYPES, WITHOUT_REQUEST_ID
from contracts.findings import Finding
from contracts.oracle import ORACLE, check_error
from tests.unit.contracts.samples import (
    REQUEST_ID,
    backwards,
    error_body,
    error_headers,
    without,
)


@pytest.mark.parametrize(("status", "kind"), ERROR_TYPES.items())
def test_check_error_accepts_documented_status(status: int, kind: str) -> None:
    organization = None if status == 401 else "00000000-0000-4000-8000-000000000000"
    headers = error_headers(Anthropic_Organization_Id=organization)
    assert check_error(error_body(kind), status, headers) == []


@pytest.mark.parametrize("message", sorted(WITHOUT_REQUEST_ID))
def test_check_error_accepts_a_refused_key_without_an_id(message: str) -> None:
    body = {**error_body("authentication_error", message=message), "request_id": None}
    headers = error_headers(Request_Id=None, Anthropic_Organization_Id=None)
    assert check_error(body, 401, headers) == []


def test_check_error_accepts_details_after_message() -> None:
    body = error_body(details={"error_code": "image_dimensions_too_large"})
    assert check_error(body, 400, error_headers()) == []


def test_check_error_takes_no_headers_for_granted_that_were_never_recorded() -> None:
    headers = error_headers(X_Should_Retry="true", anthropic_ratelimit_requests_limit="50")
    assert check_error(error_body("rate_limit_error"), 429, headers) == []


ODD_ERRORS = [
    pytest.param("error.keys", "", "Not Found", 404, error_headers(), id="reject_text"),
    pytest.param(
        "error.keys", "", without(error_body(), "type"), 400, error_headers(), id="reject_no_type"
    ),
    pytest.param(
        "error.keys",
        "error",
        {**error_body(), "error": "a"},
        400,
        error_headers(),
        id="reject_text_as_error",
    ),
    pytest.param(
        "error.order", "", backwards(error_body()), 400, error_headers(), id="reject_key_order"
    ),
    pytest.param(
        "error.order",
        "error",
        {**error_body(), "error": backwards(error_body()["error"])},
        400,
        error_headers(),
        id="reject_order_in_error",
    ),
    pytest.param(
        "error.type", "error.type", error_body("api_error"), 400, error_headers(), id="reject_type"
    ),
    pytest.param(
        "error.type", "error.type", error_body(), 418, error_headers(), id="reject_status"
    ),
    pytest.param(
        "error.message",
        "error.message",
        error_body(message=""),
        400,
        error_headers(),
        id="reject_no_text",
    ),
    pytest.param(
        "error.message",
        "error.message",
        error_body(message=["a"]),
        400,
        error_headers(),
        id="reject_list_as_text",
    ),
    pytest.param(
        "error.request-id",
        "request_id",
        error_body(),
        400,
        error_headers(Request_Id=None),
        id="reject_no_request_id",
    ),
    pytest.param(
        "error.request-id",
        "request_id",
        error_body(),
        400,
        error_headers(Request_Id=REQUEST_ID[:-1] + "B"),
        id="reject_another_request_id",
    ),
    pytest.param(
        "error.request-id",
        "request_id",
        {**error_body(), "request_id": "req_1"},
        400,
        error_headers(Request_Id="req_1"),
        id="reject_short_request_id",
    ),
    pytest.param(
        "error.request-id",
        "request_id",
        error_body("authentication_error", message="API key is invalid."),
        401,
        error_headers(Anthropic_Organization_Id=None),
        id="reject_id_of_a_refused_key",
    ),
    pytest.param(
        "error.request-id",
        "request_id",
        {**error_body("authentication_error", message="API key is invalid."), "request_id": None},
        401,
        error_headers(Anthropic_Organization_Id=None),
        id="reject_header_alone",
    ),
    pytest.param(
        "error.request-id",
        "request_id",
        {**error_body("authentication_error", message="invalid x-api-key"), "request_id": None},
        401,
        error_headers(Request_Id=None, Anthropic_Organization_Id=None),
        id="reject_no_id_with_another_text",
    ),
    pytest.param(
        "error.request-id",
        "request_id",
        {**error_body(message="API key is invalid."), "request_id": None},
        400,
        error_headers(Request_Id=None),
        id="reject_no_id_with_another_status",
    ),
    pytest.param(
        "error.content-type",
        "content-type",
        error_body(),
        400,
        error_headers(Content_Type="application/json; charset=utf-8"),
        id="reject_charset",
    ),
    pytest.param(
        "error.retry",
        "x-should-retry",
        error_body(),
        400,
        error_headers(X_Should_Retry=None),
        id="reject_no_advice",
    ),
    pytest.param(
        "error.rate-limit",
        "anthropic-ratelimit-requests-limit",
        error_body(),
        400,
        error_headers(anthropic_ratelimit_requests_limit="50"),
        id="reject_rate_limits",
    ),
    pytest.param(
        "error.organization",
        "anthropic-organization-id",
        error_body("authentication_error"),
        401,
        error_headers(),
        id="reject_organization_of_a_stranger",
    ),
    pytest.param(
        "error.organization",
        "anthropic-organization-id",
        error_body(),
        400,
        error_headers(Anthropic_Organization_Id=None),
        id="reject_no_organization",
    ),
]


@pytest.mark.parametrize(("rule", "path", "body", "status", "headers"), ODD_ERRORS)
def test_check_error_finds(
    rule: str, path: str, body: object, status: int, headers: dict[str, str]
) -> None:
    findings = check_error(body, status, headers)
    assert [(f.rule, f.path) for f in findings] == [(rule, path)]


def test_every_rule_is_provoked() -> None:
    assert {row.values[0] for row in ODD_ERRORS} == ORACLE.sources.keys() - {"schema"}


def test_finding_reads_as_a_sentence() -> None:
    finding = Finding("usage", "usage.keys", "no inference_geo", "recorded")
    assert str(finding) == "usage: no inference_geo [usage.keys; recorded]"
