"""Secrets go by name, by shape and by value; all else stays as it is."""

from __future__ import annotations

import pytest

from mockserver.intake import CREDENTIAL_HEADERS
from mockserver.redaction import REMOVED, Cleaner, credentials, secrets_in

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nabc\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("my key is sk-ant-api03-abc_DEF-123.", "my key is [removed].", id="anthropic"),
        pytest.param("sk-proj-abcdefghij0123456789", REMOVED, id="sk"),
        pytest.param(
            "Authorization: Bearer abc.def/12=", "Authorization: Bearer [removed]", id="bearer"
        ),
        pytest.param("gh" + "p_" + "a" * 36, REMOVED, id="github"),
        pytest.param("github" + "_pat_" + "a" * 22, REMOVED, id="github-pat"),
        pytest.param("gl" + "pat-" + "a" * 20, REMOVED, id="gitlab"),
        pytest.param("xox" + "b-1234567890-abc", REMOVED, id="slack"),
        pytest.param("id AKIA" + "ABCDEFGHIJKLMNOP here", "id [removed] here", id="aws"),
        pytest.param("AIza" + "a" * 35, REMOVED, id="google"),
        pytest.param(f"jwt {JWT}", "jwt [removed]", id="jwt"),
        pytest.param(f"{PEM}\nrest", "[removed]\nrest", id="pem"),
        pytest.param('{"api_key": "abc", "b": 1}', '{"api_key": "[removed]", "b": 1}', id="member"),
        pytest.param(r"{\"password\": \"hunter2\"}", r"{\"password\": \"[removed]\"}", id="inner"),
        pytest.param("the value my-own-odd-key", "the value [removed]", id="known"),
        pytest.param(
            '"api_key": "my-own-odd-key and more"', '"api_key": "[removed]"', id="overlap"
        ),
    ],
)
def test_secret_is_removed_from_a_text_once(text: str, expected: str) -> None:
    cleaner = Cleaner(["my-own-odd-key"])
    assert cleaner.text(text) == expected
    assert cleaner.text(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "sk-ant is a prefix",
        "Bearer of bad news",
        "/9j/4AAQSkZJRgABAQAAAQABAAD/AKIAABCDEFGHIJKLMNOP",
        "a risk-averse-but-not-so-much-bearer",
        '{"max_tokens": 5, "key": "ArrowUp"}',
    ],
)
def test_text_without_a_secret_stays_the_same_object(text: str) -> None:
    assert Cleaner(["short"]).text(text) is text


def test_members_are_removed_by_name_at_any_depth() -> None:
    body = {
        "mcp_servers": [{"url": "https://a", "authorization_token": "abc"}],
        "input": {"Api-Key": 12345, "cookies": ["a"], "cookie": ["a", "b"], "password": None},
        "schema": {"properties": {"password": {"type": "string"}}},
        "max_tokens": 5,
    }
    assert Cleaner().value(body) == {
        "mcp_servers": [{"url": "https://a", "authorization_token": REMOVED}],
        "input": {"Api-Key": REMOVED, "cookies": ["a"], "cookie": [REMOVED] * 2, "password": None},
        "schema": {"properties": {"password": {"type": "string"}}},
        "max_tokens": 5,
    }
    assert list(secrets_in(body)) == ["abc"]


def test_value_without_a_secret_stays_the_same_object() -> None:
    value = {"a": [1, {"b": "text"}], "token": REMOVED}
    assert Cleaner().value(value) is value


def test_secret_as_a_name_is_removed() -> None:
    assert Cleaner().value({"sk-ant-abcdef": 1}) == {REMOVED: 1}


@pytest.mark.parametrize("name", [*CREDENTIAL_HEADERS, "x-goog-api-key", "x-auth-token"])
def test_header_with_a_credential_is_left_out(name: str) -> None:
    assert Cleaner().headers({name: "v", "x-other": "sk-ant-abcd"}) == {"x-other": REMOVED}


def test_credentials_are_given_with_and_without_their_scheme() -> None:
    headers = {"authorization": "Bearer abc", "x-api-key": "def", "accept": "*/*"}
    assert list(credentials(headers)) == ["Bearer abc", "abc", "def", "def"]


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ("/v1/messages?beta=true", "/v1/messages?beta=true"),
        ("/v1/x?api_key=abc&b=", "/v1/x?api_key=%5Bremoved%5D&b="),
        ("/v1/x?q=sk-ant-abcd", "/v1/x?q=[removed]"),
    ],
)
def test_path_is_cleaned_by_its_parameters(target: str, expected: str) -> None:
    assert Cleaner().path(target) == expected
