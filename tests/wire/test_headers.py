"""Headers that let nobody in, or say of the body what it may not be."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pytest

from tests.wire import raw

NO_KEY = (401, "authentication_error", "x-api-key header is required")
BAD_KEY = (401, "authentication_error", "API key is invalid.")
BAD_HEADER = (401, "authentication_error", "invalid x-api-key")
NOT_JSON = (400, "invalid_request_error", "content-type: must be application/json")
SECRET = b"sk-ant-invalid-" + b"s" * 10_000


def request(**changes: Sequence[bytes]) -> bytes:
    """A good request but for these headers: each as often as it has values."""
    headers = {
        b"x-api-key": [b"sk-ant-raw"],
        b"anthropic-version": [b"2023-06-01"],
        b"content-type": [b"application/json"],
        **{name.replace("_", "-").encode(): list(values) for name, values in changes.items()},
    }
    lines = [b"%b: %b" % (name, value) for name, values in headers.items() for value in values]
    lines += [b"host: 127.0.0.1", b"content-length: %d" % len(raw.BODY)]
    return b"\r\n".join((b"POST /v1/messages HTTP/1.1", *lines, b"", raw.BODY))


KEYS = [
    pytest.param([], NO_KEY, id="B3_reject_none"),
    pytest.param([b""], NO_KEY, id="B4_reject_empty"),
    pytest.param([SECRET], BAD_KEY, id="B4_reject_10_kB"),
    pytest.param([b"sk-ant-\xe9\xff"], BAD_KEY, id="B4_reject_non_ascii"),
    pytest.param([b"sk-ant-one", b"sk-ant-two"], BAD_KEY, id="B4_reject_two"),
    pytest.param([b"sk-ant-invalid-key"], BAD_KEY, id="B5_reject_revoked"),
    pytest.param([b"one", b"two"], BAD_HEADER, id="B4_reject_two_of_another_form"),
]


@pytest.mark.parametrize(("keys", "error"), KEYS)
def test_without_a_good_key_nobody_gets_in(
    port: int, keys: list[bytes], error: tuple[int, str, str]
) -> None:
    response = raw.only(port, request(x_api_key=keys))
    assert response.error == error
    assert not [key for key in keys if key and key in response.body]


def test_b4_a_bearer_token_is_not_echoed_either(port: int) -> None:
    response = raw.only(port, request(x_api_key=[], authorization=[b"Bearer " + SECRET]))
    assert response.error == (401, "authentication_error", "Invalid bearer token")
    assert b"sss" not in response.body


def test_a_token_that_is_refused_has_no_request_id(port: int) -> None:
    token = b"Bearer sk-ant-oat01-invalid"
    response = raw.only(port, request(x_api_key=[], authorization=[token]))
    assert response.error == (401, "authentication_error", "OAuth access token is invalid.")
    assert (response.json["request_id"], response.header("request-id")) == (None, None)
    assert response.header("x-mock-rule") == "header.key"


def test_the_words_of_before_have_a_request_id(port: int) -> None:
    asked = request(x_api_key=[b"sk-ant-invalid"], x_mock_now=[b"2026-08-11"])
    response = raw.only(port, asked)
    assert response.error == BAD_HEADER
    assert response.header("request-id")


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        pytest.param(401, "authentication_error", id="B5_reject_revoked_by_script"),
        pytest.param(403, "permission_error", id="B5_reject_forbidden_by_script"),
    ],
)
def test_a_script_refuses_a_key(port: int, status: int, kind: str) -> None:
    response = raw.only(port, request(x_mock_error=[b"%d" % status]))
    assert (response.status, response.json["error"]["type"]) == (status, kind)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        pytest.param(
            {"anthropic_version": []}, "anthropic-version: header is required", id="B6_reject_none"
        ),
        pytest.param(
            {"anthropic_version": [b"2019-12-31"]},
            'anthropic-version: "2019-12-31" is not a valid version',
            id="B7_reject_version",
        ),
        pytest.param(
            {"anthropic_beta": [b"no-such-beta"]},
            "Unexpected value(s) `no-such-beta` for the `anthropic-beta` header.",
            id="B7_reject_beta",
        ),
    ],
)
def test_an_unknown_version_is_named(
    port: int, changes: dict[str, list[bytes]], message: str
) -> None:
    status, kind, text = raw.only(port, request(**changes)).error
    assert (status, kind) == (400, "invalid_request_error")
    assert text.startswith(message)


@pytest.mark.parametrize(
    "values",
    [
        pytest.param([], id="B8_reject_none"),
        pytest.param([b"text/plain"], id="B8_reject_text"),
        pytest.param([b"application/x-www-form-urlencoded"], id="B8_reject_form"),
    ],
)
def test_a_body_is_announced_as_json(port: int, values: list[bytes]) -> None:
    assert raw.only(port, request(content_type=values)).error == NOT_JSON


def test_b9_another_charset_is_refused(port: int) -> None:
    response = raw.only(port, request(content_type=[b"application/json; charset=utf-16"]))
    assert response.error[:2] == (400, "invalid_request_error")
    assert response.json["error"]["details"] == {"error_code": "unsupported_charset"}


def test_a_page_in_a_browser_asks_first_and_can_read_the_answer(port: int) -> None:
    page = raw.HOST + b"origin: http://localhost:3000\r\nsec-fetch-site: cross-site\r\n"
    head = b"OPTIONS /v1/messages HTTP/1.1\r\n" + page + b"access-control-request-method: POST\r\n"
    asked = raw.only(port, head + b"connection: close\r\n\r\n")
    assert (asked.status, asked.body) == (200, b"")
    assert asked.header("access-control-allow-headers") == "*, authorization"
    meant = page + b"anthropic-dangerous-direct-browser-access: true\r\n"
    for body in (raw.BODY, b"{"):
        answered = raw.only(port, raw.post(body).replace(raw.HOST, meant))
        assert answered.status == (200 if body == raw.BODY else 400)
        assert answered.header("access-control-allow-origin") == "*"


FOREIGN = [
    pytest.param({"host": b"evil.example"}, id="B10_reject_rebinding"),
    pytest.param({"origin": b"https://evil.example"}, id="B10_reject_origin"),
    pytest.param({"sec-fetch-site": b"cross-site"}, id="B10_reject_cross_site"),
]


@pytest.mark.parametrize("headers", FOREIGN)
@pytest.mark.parametrize("path", [b"/v1/messages", b"/_mock/replies"])
def test_who_sends_from_elsewhere_has_nothing_done(
    port: int, path: bytes, headers: dict[str, bytes]
) -> None:
    key = b"x-api-key: sk-ant-b10\r\n"
    body = raw.BODY if path == b"/v1/messages" else b'"said by nobody"'
    asked = raw.post(body, path=path).replace(raw.KEY, key)
    for name, value in headers.items():
        line = b"%b: %b\r\n" % (name.encode(), value)
        asked = asked.replace(raw.HOST, line if name == "host" else raw.HOST + line)
    assert raw.only(port, asked).error[:2] == (403, "permission_error")
    done = raw.only(port, raw.head(b"GET /_mock/requests HTTP/1.1").replace(raw.KEY, key))
    asked_for = [
        each for each in json.loads(done.body)["requests"] if each["path"] == path.decode()
    ]
    assert {each["status"] for each in asked_for} <= {403}
    assert b"said by nobody" not in raw.only(port, raw.post().replace(raw.KEY, key)).body
    forgotten = raw.post(b"{}", path=b"/_mock/reset").replace(raw.KEY, key)
    assert raw.only(port, forgotten).status == 200
