"""Headers: who is asking, under which version, and what kind of body comes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from mockserver.betas import KNOWN
from mockserver.clock import Clock
from mockserver.errors import ApiError
from mockserver.intake import (
    LONGEST_KEY,
    Caller,
    caller,
    check_content_type,
    credential,
    is_good_key,
)
from mockserver.settings import Settings

GOOD = {"x-api-key": "sk-ant-1", "anthropic-version": "2026-10-21"}
BETA = "interleaved-thinking-2025-05-14"
CONSULT = (
    " for the `anthropic-beta` header. Please consult our documentation at "
    "platform.claude.com/docs or try again without the header."
)


def refused(headers: dict[str, str], settings: Settings | None = None) -> tuple[int, str]:
    with pytest.raises(ApiError) as caught:
        caller(headers, settings or Settings())
    return caught.value.status, caught.value.message


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({}, ("", False), id="none"),
        pytest.param({"x-api-key": "k"}, ("k", False), id="x_api_key"),
        pytest.param({"authorization": "Bearer k"}, ("k", True), id="bearer"),
        pytest.param({"authorization": "bearer k"}, ("k", True), id="bearer_in_lower_case"),
        pytest.param({"authorization": "Bearer  k "}, ("k", True), id="bearer_with_spaces"),
        pytest.param({"authorization": "Basic azo="}, ("", False), id="basic"),
        pytest.param({"authorization": "Bearer"}, ("", False), id="bearer_alone"),
        pytest.param({"x-api-key": "a", "authorization": "Bearer b"}, ("a", False), id="both"),
        pytest.param({"x-api-key": "", "authorization": "Bearer b"}, ("", False), id="empty_wins"),
    ],
)
def test_credential_prefers_x_api_key(headers: dict[str, str], expected: tuple[str, bool]) -> None:
    assert credential(headers) == expected


def test_caller_says_who_asks() -> None:
    assert caller(GOOD, Settings()) == Caller("sk-ant-1", "2026-10-21", frozenset(), None)


@pytest.mark.parametrize(
    ("sent", "served"),
    [("2023-01-01", "2023-06-01"), ("2023-06-01", "2023-06-01"), ("2026-10-21", "2026-10-21")],
)
def test_caller_knows_three_versions(sent: str, served: str) -> None:
    assert caller({**GOOD, "anthropic-version": sent}, Settings()).version == served


MISSING_KEY = (401, "x-api-key header is required")
BAD_KEY = (401, "API key is invalid.")
BAD_HEADER = (401, "invalid x-api-key")  # what has not the form of a key
BAD_TOKEN = (401, "OAuth access token is invalid.")
BAD_BEARER = (401, "Invalid bearer token")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        pytest.param({}, MISSING_KEY, id="reject_no_key"),
        pytest.param({"x-api-key": ""}, MISSING_KEY, id="reject_empty_key"),
        pytest.param({"authorization": "Basic azo="}, MISSING_KEY, id="reject_basic"),
        pytest.param({"x-api-key": "invalid"}, BAD_HEADER, id="reject_provoked"),
        pytest.param({"x-api-key": "sk-ant-invalid-1"}, BAD_KEY, id="reject_provoked_prefix"),
        pytest.param({"x-api-key": "sk-ant-api03-invalid"}, BAD_KEY, id="reject_provoked_api_key"),
        pytest.param({"x-api-key": "k" * (LONGEST_KEY + 1)}, BAD_HEADER, id="reject_endless"),
        pytest.param({"x-api-key": "ké"}, BAD_HEADER, id="reject_non_ascii"),
        pytest.param({"x-api-key": "a, b"}, BAD_HEADER, id="reject_two_values"),
        pytest.param({"authorization": "Bearer invalid"}, BAD_BEARER, id="reject_bearer"),
        pytest.param(
            {"authorization": "Bearer sk-ant-api03-invalid"}, BAD_BEARER, id="reject_key_as_bearer"
        ),
        pytest.param(
            {"authorization": "Bearer sk-ant-oat01-invalid"}, BAD_TOKEN, id="reject_token"
        ),
        pytest.param({"x-api-key": "sk-ant-oat01-invalid"}, BAD_KEY, id="reject_token_as_key"),
    ],
)
def test_caller_refuses_a_bad_key(headers: dict[str, str], expected: tuple[int, str]) -> None:
    assert refused({**headers, "anthropic-version": "nonsense"}) == expected


OLDER = [
    pytest.param({"x-api-key": "sk-ant-invalid"}, BAD_KEY, BAD_HEADER, id="key"),
    pytest.param(
        {"authorization": "Bearer sk-ant-oat01-invalid"}, BAD_TOKEN, BAD_BEARER, id="token"
    ),
]


@pytest.mark.parametrize(("headers", "recent", "older"), OLDER)
def test_the_words_of_a_refusal_hang_on_the_day(
    headers: dict[str, str], recent: tuple[int, str], older: tuple[int, str]
) -> None:
    assert refused({**headers, "x-mock-now": "2026-08-12"}) == recent
    assert refused({**headers, "x-mock-now": "2026-08-11"}) == older


def test_a_clock_says_the_day_of_a_refusal() -> None:
    clock = Clock(dt.date(2026, 8, 11))
    with pytest.raises(ApiError, match="invalid x-api-key"):
        caller({"x-api-key": "sk-ant-invalid"}, Settings(), clock)


def test_configured_keys_are_the_only_good_ones() -> None:
    settings = Settings(keys=("one", "two"))
    assert caller({**GOOD, "x-api-key": "two"}, settings).key == "two"
    assert refused(GOOD, settings) == BAD_KEY


def test_a_configured_key_may_look_like_a_provoking_one() -> None:
    assert is_good_key("invalid", Settings(keys=("invalid",)))


def test_the_longest_key_is_good() -> None:
    assert is_good_key("k" * LONGEST_KEY, Settings())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"anthropic-version": None}, "anthropic-version: header is required", id="none"
        ),
        *(
            pytest.param(
                {"anthropic-version": value},
                f'anthropic-version: "{value}" is not a valid version',
                id=value or "empty",
            )
            for value in ("2023-10-01", "", "latest", "2023-06-01, 2023-06-01")
        ),
        pytest.param(
            {"anthropic-beta": "no-such-beta"},
            f"Unexpected value(s) `no-such-beta`{CONSULT}",
            id="one_beta",
        ),
        pytest.param({"anthropic-beta": ""}, f"Unexpected value(s) ``{CONSULT}", id="empty_beta"),
        pytest.param(
            {"anthropic-beta": f"one, {BETA},two"},
            f"Unexpected value(s) `one`, `two`{CONSULT}",
            id="several_betas",
        ),
        pytest.param(
            {"anthropic-version": "x", "anthropic-beta": "x"},
            'anthropic-version: "x" is not a valid version',
            id="version_before_beta",
        ),
        *(
            pytest.param(
                {"anthropic-workspace-id": value},
                f"anthropic-workspace-id: {value!r} is not the id of a workspace",
                id=f"workspace_{value}",
            )
            for value in ("", "default", "wrkspc_", "wrkspc_1, wrkspc_2")
        ),
        pytest.param(
            {"x-mock-now": "tomorrow"},
            "x-mock-now: 'tomorrow' is not a day in the form YYYY-MM-DD",
            id="bad_day",
        ),
    ],
)
def test_caller_refuses_bad_headers(changes: dict[str, Any], message: str) -> None:
    headers = {k: v for k, v in {**GOOD, **changes}.items() if v is not None}
    assert refused(headers) == (400, message)


@pytest.mark.parametrize("key", [{}, {"x-api-key": "invalid"}])
def test_caller_asks_a_browser_for_its_word(key: dict[str, str]) -> None:
    origin = {**GOOD, **key, "origin": "http://localhost:3000"}
    text = "CORS requests must set 'anthropic-dangerous-direct-browser-access' header"
    assert refused(origin) == (BAD_HEADER if key else (401, text))


def test_caller_lets_in_a_browser_that_gives_its_word() -> None:
    word = {"origin": "http://localhost:3000", "anthropic-dangerous-direct-browser-access": "true"}
    assert caller({**GOOD, **word}, Settings()) == caller(GOOD, Settings())


def test_caller_reads_several_betas() -> None:
    betas = caller({**GOOD, "anthropic-beta": f"{BETA} ,files-api-2025-04-14"}, Settings()).betas
    assert betas == {BETA, "files-api-2025-04-14"}


@pytest.mark.parametrize("beta", sorted(KNOWN))
def test_every_known_beta_is_taken(beta: str) -> None:
    assert caller({**GOOD, "anthropic-beta": beta}, Settings()).betas == {beta}


def test_caller_takes_the_id_of_a_workspace() -> None:
    headers = {**GOOD, "anthropic-workspace-id": "wrkspc_011CZkZaBF1tNoB5wlCeusgy"}
    assert caller(headers, Settings()) == caller(GOOD, Settings())


def test_caller_reads_the_user_profile() -> None:
    headers = {**GOOD, "anthropic-user-profile-id": "uprof_1"}
    assert caller(headers, Settings()).user_profile == "uprof_1"


def test_caller_reads_the_day() -> None:
    assert caller({**GOOD, "x-mock-now": "2026-12-01"}, Settings()).day == dt.date(2026, 12, 1)


@pytest.mark.parametrize(
    "value",
    [
        "application/json",
        "Application/JSON",
        "application/json; charset=utf-8",
        'application/json;charset="UTF-8"',
        "application/json; charset=iso-8859-1",
        "application/json; charset=us-ascii",
        "application/json; profile=x",
        "application/json;",
    ],
)
def test_content_type_accepts_json(value: str) -> None:
    check_content_type({"content-type": value})


@pytest.mark.parametrize(
    "value", [None, "", "text/plain", "application/jsonl", "multipart/form-data; boundary=x"]
)
def test_content_type_refuses_what_is_not_json(value: str | None) -> None:
    with pytest.raises(ApiError, match=r"^content-type: must be application/json$") as caught:
        check_content_type({} if value is None else {"content-type": value})
    assert caught.value.status == 400


@pytest.mark.parametrize("charset", ["utf-16", "UTF-32", "windows-1252", ""])
def test_content_type_refuses_other_charsets(charset: str) -> None:
    with pytest.raises(ApiError) as caught:
        check_content_type({"content-type": f"application/json; charset={charset}"})
    assert caught.value.message == f"content-type: charset {charset.lower()} is not supported"
    assert caught.value.details == {"error_code": "unsupported_charset"}
