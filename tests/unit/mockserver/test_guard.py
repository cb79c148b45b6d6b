"""The guard: who may talk to the server, and in what envelope every refusal leaves it."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.types import Receive, Scope, Send

from mockserver import guard as module
from mockserver.errors import ApiError
from mockserver.guard import MOST_HEADER_BYTES, MOST_HEADERS, hostname
from mockserver.intake import BROWSER
from tests.unit.mockserver.asgi import HEADERS, Answer, call, scope
from tests.unit.mockserver.guarding import Endpoint, answer, fine, guarded, raising


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost", "localhost"),
        ("LOCALHOST:80", "localhost"),
        ("127.0.0.1:8080", "127.0.0.1"),
        ("[::1]:8080", "::1"),
        ("[::1]", "::1"),
        ("", ""),
        ("user@localhost", ""),
        ("localhost/path", ""),
        ("localhost:", ""),
        ("localhost:123456", ""),
        ("[::1", ""),
        ("::1", ""),
    ],
)
def test_hostname_is_the_name_alone(host: str, name: str) -> None:
    assert hostname(host) == name


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:9", "[::1]:8080", "Localhost:1"])
def test_guard_accepts_loopback_hosts(host: str) -> None:
    assert answer({"host": host}).status == 200


def test_guard_accepts_the_host_that_it_is_bound_to_and_allowed_ones() -> None:
    more = {"host": "mock.internal", "allowed_hosts": ("ci.example",)}
    assert answer({"host": "mock.internal:80"}, **more).status == 200
    assert answer({"host": "ci.example"}, **more).status == 200
    assert answer({"host": "evil.example"}, **more).status == 403


FORBIDDEN = "is not allowed to reach this server; start it with --allow-host to allow a name"


@pytest.mark.parametrize(
    ("headers", "blamed"),
    [
        pytest.param({"host": "evil.example"}, "Host: 'evil.example'", id="reject_rebinding"),
        pytest.param(
            {"host": "localhost.evil.example"}, "Host: 'localhost.evil.example'", id="reject_suffix"
        ),
        pytest.param({"host": ""}, "Host: ''", id="reject_empty_host"),
        pytest.param({"host": "[::1"}, "Host: '[::1'", id="reject_broken_host"),
        pytest.param(
            {"origin": "https://evil.example"}, "Origin: 'https://evil.example'", id="reject_origin"
        ),
        pytest.param({"origin": "null"}, "Origin: 'null'", id="reject_opaque_origin"),
        pytest.param(
            {"origin": "https://[::1"}, "Origin: 'https://[::1'", id="reject_broken_origin"
        ),
        pytest.param(
            {"sec-fetch-site": "cross-site"},
            "Sec-Fetch-Site: 'cross-site'",
            id="reject_cross_site",
        ),
    ],
)
def test_b10_guard_refuses_foreign_senders(headers: dict[str, str], blamed: str) -> None:
    refused = answer(headers)
    assert refused.status == 403
    assert refused.error == f"{blamed} {FORBIDDEN}"
    assert refused.json["error"]["type"] == "permission_error"
    assert refused.headers["x-should-retry"] == "false"


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://localhost:3000"},
        {"origin": "http://localhost:3000", "sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "none"},
    ],
)
def test_guard_accepts_own_pages(headers: dict[str, str]) -> None:
    assert answer(headers).status == 200


PAGE = {"origin": "http://localhost:3000", "sec-fetch-site": "cross-site"}
MEANT = {BROWSER: "true"}
ASKING = {"access-control-request-method": "POST", "access-control-request-headers": "x-api-key"}


def told(answered: Answer) -> dict[str, str]:
    """What a browser reads before a page may."""
    return {n: v for n, v in answered.headers.items() if n.startswith("access-control-")}


@pytest.mark.parametrize("app", [fine, raising(ApiError(404, "model: x"))])
def test_a_page_that_means_it_can_read_every_answer(app: Endpoint) -> None:
    guard = guarded(app)
    for _ in range(2):
        assert told(call(guard, headers={**PAGE, **MEANT})) == {
            "access-control-allow-origin": "*",
            "access-control-expose-headers": "*",
        }
    for headers in (PAGE, MEANT, {**PAGE, **MEANT, "origin": "https://evil.example"}):
        assert told(call(guard, headers=headers)) == {}


def test_a_preflight_is_answered_for_own_pages_only() -> None:
    guard = guarded(raising(ApiError(405, "Method Not Allowed")))
    asked = call(guard, method="OPTIONS", headers={**PAGE, **ASKING}, without=["x-api-key"])
    assert (asked.status, asked.body) == (200, b"")
    assert told(asked) == {
        "access-control-allow-origin": "*",
        "access-control-allow-methods": "GET, POST, DELETE",
        "access-control-allow-headers": "*, authorization",
        "access-control-max-age": "600",
    }
    foreign = {**ASKING, "origin": "https://evil.example"}
    refused = call(guard, method="OPTIONS", headers=foreign)
    assert (refused.status, told(refused)) == (403, {})
    for method, headers in (
        ("OPTIONS", PAGE),
        ("OPTIONS", ASKING),
        ("OPTIONS", {**PAGE, **ASKING, **MEANT}),
        ("POST", {**PAGE, **ASKING}),
    ):
        assert call(guard, method=method, headers=headers).status == 405


@pytest.mark.parametrize("version", ["0.9", "2.0"])
def test_guard_refuses_versions_that_only_the_parser_takes(version: str) -> None:
    async def app(value: Scope, receive: Receive, send: Send) -> None:
        await guarded()({**value, "http_version": version}, receive, send)

    refused = call(app)
    assert (refused.status, refused.error) == (400, f"HTTP/{version} is not supported")
    assert refused.headers["connection"] == "close"


def test_a_good_host_does_not_excuse_a_foreign_origin() -> None:
    guard = guarded()
    assert call(guard).status == 200
    assert call(guard, headers={"origin": "https://evil.example"}).status == 403


def test_guard_refuses_two_hosts() -> None:
    refused = answer({"host": "127.0.0.1, evil.example"})
    assert (refused.status, refused.headers["connection"]) == (400, "close")
    assert refused.error == "A request needs one Host header"


def test_guard_counts_headers() -> None:
    spare = MOST_HEADERS - len(HEADERS)
    more = {f"x-{number}": "1" for number in range(spare)}
    assert answer(more).status == 200
    refused = answer({**more, "x-last": "1"})
    assert (refused.status, refused.headers["connection"]) == (431, "close")
    assert refused.error == "The request headers are too many or too large"
    assert refused.json["error"]["type"] == "invalid_request_error"


def test_guard_counts_header_bytes() -> None:
    spare = MOST_HEADER_BYTES - sum(len(n) + len(v) for n, v in HEADERS.items()) - len("x")
    assert answer({"x": "a" * spare}).status == 200
    assert answer({"x": "a" * (spare + 1)}).status == 431


def test_a_bad_key_has_the_anonymous_workspace() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["exchange"].workspace)
        await scope["exchange"].respond_json(200, "fine")

    seen: list[Any] = []
    guard = guarded(app)
    for key in ("invalid", "sk-ant-invalid-2", "x" * 2000):
        call(guard, headers={"x-api-key": key})
    call(guard, without=["x-api-key"])
    call(guard)
    *anonymous, known = seen
    assert len({space.id for space in anonymous}) == 1
    assert known.id != anonymous[0].id


def test_other_scopes_pass_through() -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def lifespan(value: Scope, receive: Receive, send: Send) -> None:
        await guarded(app)({"type": "lifespan"}, receive, send)

    assert call(lifespan).messages == []
    assert seen == ["lifespan"]


def test_the_scope_keeps_no_exchange() -> None:
    """What holds the exchange holds the connection; the garbage collector would have to free it."""
    value = scope("POST", "/v1/messages", HEADERS)

    async def app(_: Scope, receive: Receive, send: Send) -> None:
        await guarded()(value, receive, send)

    assert call(app).status == 200
    assert "exchange" not in value


def test_what_is_remembered_of_a_client_excuses_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    """The headers that a client repeats are examined once; any other set is examined anew."""
    monkeypatch.setattr(module, "MOST_REMEMBERED", 2)
    guard = guarded()
    for number in range(5):
        key = {"x-api-key": f"key-{number}"}
        assert call(guard, headers=key).status == 200
        assert call(guard, headers=key).status == 200
        assert call(guard, headers={**key, "sec-fetch-site": "cross-site"}).status == 403
        assert call(guard, headers={**key, "host": "evil.example"}).status == 403
        assert len(guard._admitted) <= 2


def test_headers_are_counted_for_a_client_that_is_remembered() -> None:
    guard = guarded()
    assert call(guard).status == 200
    assert call(guard, headers={"x": "a" * MOST_HEADER_BYTES}).status == 431
    assert call(guard, headers={f"x-{number}": "1" for number in range(MOST_HEADERS)}).status == 431


def test_a_workspace_that_was_evicted_is_not_used_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("mockserver.workspace.MOST_WORKSPACES", 1)
    seen: list[object] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["exchange"].workspace)
        await fine(scope, receive, send)

    asked = guarded(app)
    for key in ("a", "b", "a"):
        call(asked, headers={**HEADERS, "x-api-key": key})

    assert len({id(workspace) for workspace in seen}) == 3


def test_admissions_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_REMEMBERED", 2)
    asked = guarded()
    for key in ("a", "b", "c"):
        call(asked, headers={**HEADERS, "x-api-key": key})

    assert len(asked._admitted) == 1
