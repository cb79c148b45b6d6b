"""In what envelope a failure leaves the guard, and what the end of a client or of the server does to an answer."""

from __future__ import annotations

import asyncio

import pytest
from starlette.exceptions import HTTPException
from starlette.types import Message, Receive, Scope, Send

from mockserver.blocks import NO_HEADERS
from mockserver.errors import ApiError
from mockserver.exchange import STREAM_TYPE
from mockserver.incoming import ClientLeftError
from tests.unit.mockserver.asgi import HEADERS, call
from tests.unit.mockserver.guarding import guarded, raising
from tests.unit.mockserver.lines import Line, head, on_loop


def test_guard_renders_an_api_error() -> None:
    error = ApiError(400, "wrong", rule="a.rule", headers={"retry-after": "1"}, closes=True)
    refused = call(guarded(raising(error)))
    assert (refused.status, refused.error) == (400, "wrong")
    assert refused.headers["x-mock-rule"] == "a.rule"
    assert refused.headers["retry-after"] == "1"
    assert refused.headers["connection"] == "close"


@pytest.mark.usefixtures("may_fail")
@pytest.mark.parametrize(
    ("status", "expected"),
    [(408, "true"), (409, "true"), (429, "true"), (500, "true"), (529, "true"), (404, "false")],
)
def test_guard_says_what_the_clients_retry(status: int, expected: str) -> None:
    refused = call(guarded(raising(ApiError(status, "x"))))
    assert refused.headers["x-should-retry"] == expected


@pytest.mark.parametrize(
    ("error", "message", "kind"),
    [
        (HTTPException(404), "Not Found", "not_found_error"),
        (
            HTTPException(405, headers={"Allow": "POST"}),
            "Method Not Allowed",
            "invalid_request_error",
        ),
        (HTTPException(400, "odd"), "odd", "invalid_request_error"),
    ],
)
def test_guard_renders_what_the_router_raises(
    error: HTTPException, message: str, kind: str
) -> None:
    refused = call(guarded(raising(error)))
    assert (refused.status, refused.error) == (error.status_code, message)
    assert refused.json["error"]["type"] == kind
    assert refused.headers.get("Allow") == (error.headers or {}).get("Allow")


@pytest.mark.usefixtures("may_fail")
def test_an_unexpected_failure_is_a_500_without_its_text(caplog: pytest.LogCaptureFixture) -> None:
    refused = call(guarded(raising(RuntimeError("secret detail"))))
    assert (refused.status, refused.error) == (500, "Internal server error")
    assert refused.json["error"]["type"] == "api_error"
    assert b"secret" not in refused.body
    (record,) = caplog.records
    assert record.getMessage() == "the server failed on POST /v1/messages"
    assert record.exc_info


def test_a_failure_after_the_beginning_is_raised(caplog: pytest.LogCaptureFixture) -> None:
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await scope["exchange"].respond_json(200, "fine")
        sent.append({})
        raise ApiError(400, "too late")

    with pytest.raises(ApiError, match="too late"):
        call(guarded(app))
    assert sent
    assert not caplog.records


def test_a_client_that_left_gets_no_answer(caplog: pytest.LogCaptureFixture) -> None:
    left = guarded(raising(ClientLeftError()))
    assert call(left).messages == []
    (record,) = left.workspaces.of("sk-ant-unit").journal
    assert record.ended == "client left before its request was complete"
    assert not caplog.records


@pytest.mark.parametrize("is_stream", [False, True])
@on_loop
async def test_a_client_that_left_when_all_was_read_gets_no_answer(is_stream: bool) -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        exchange = scope["exchange"]
        await exchange.body(10)
        if is_stream:
            await exchange.stream(b"{}", lambda: pytest.fail("made"), NO_HEADERS)
        else:
            await exchange.respond_json(200, "fine")

    left = guarded(app)
    line = Line(left)
    lines = [f"{name}: {value}".encode() for name, value in HEADERS.items() if name != "host"]
    line.send(head(*lines, b"content-length: 2").replace(b"host: a", b"host: localhost") + b"{}")
    line.protocol.connection_lost(None)
    await line.settled()

    (record,) = left.workspaces.of("sk-ant-unit").journal
    assert record.ended == "client left before its response began"
    assert (record.status, record.answer, record.body) == (0, None, b"{}")


@pytest.mark.usefixtures("may_fail")
def test_who_is_cut_off_by_the_end_of_the_server_is_told() -> None:
    refused = call(guarded(raising(asyncio.CancelledError())))
    assert (refused.status, refused.error) == (503, "The server is shutting down")
    assert refused.headers["connection"] == "close"


def test_nothing_is_added_to_a_response_that_is_cut_off() -> None:
    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await scope["exchange"].begin(STREAM_TYPE, NO_HEADERS)
        raise asyncio.CancelledError

    cut = guarded(app)
    assert [message["type"] for message in call(cut).messages] == ["http.response.start"]
    (record,) = cut.workspaces.of("sk-ant-unit").journal
    assert record.ended == "stopped with the server"
