"""Connections: both of uvicorn's parsers, the end of patience, and too many at once."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any

import pytest
import uvicorn.protocols.http.h11_impl
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver import descriptors
from mockserver.connections import OTHER_DESCRIPTORS, protocol
from mockserver.ids import Ids
from mockserver.settings import Settings
from mockserver.testing import MockServer
from tests.wire import raw

HALF = raw.head(b"POST /v1/messages HTTP/1.1", b"content-length: 100\r\n") + b"{"


@contextmanager
def serving(**settings: Any) -> Iterator[int]:
    """The port of a server with little patience."""
    server = MockServer()
    server.settings = replace(server.settings, **settings)
    with server:
        yield int(server.url.rsplit(":", 1)[1])


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=raw.DEADLINE)


def test_the_fast_parser_is_used_where_it_is() -> None:
    assert issubclass(protocol(Settings()), HttpToolsProtocol)


@pytest.fixture
def no_httptools(monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform without the fast parser."""
    monkeypatch.delattr(uvicorn.protocols.http, "httptools_impl")
    monkeypatch.setitem(sys.modules, "uvicorn.protocols.http.httptools_impl", None)


@pytest.mark.usefixtures("no_httptools")
def test_the_slow_parser_answers_the_same() -> None:
    assert issubclass(protocol(Settings()), H11Protocol)
    with MockServer() as server:
        port = int(server.url.rsplit(":", 1)[1])
        assert raw.only(port, raw.post()).status == 200
        status, kind, message = raw.only(port, b"garbage\r\n\r\n").error
        assert (status, kind) == (400, "invalid_request_error")
        assert message.startswith("The request is not valid HTTP: ")
        found = raw.exchange(port, raw.post() + b"garbage\r\n\r\n", count=3)
    assert [response.status for response in found] == [200, 400]


@pytest.fixture
def parser(request: pytest.FixtureRequest) -> str:
    """A parser's name; the other one is not there."""
    if request.param == "h11":
        request.getfixturevalue("no_httptools")
    return str(request.param)


@pytest.mark.parametrize("parser", ["httptools", "h11"], indirect=True)
@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="A13_refuse_silence"),
        pytest.param(b"POST /v1/mess", id="A12_refuse_half_a_head"),
    ],
)
@pytest.mark.usefixtures("parser")
def test_a_head_that_does_not_come_is_refused(sent: bytes) -> None:
    with serving(head_seconds=0.05) as port, connected(port) as sock:
        sock.sendall(sent)
        (response,) = raw.received(sock, 1)
        assert response.error == (
            400,
            "invalid_request_error",
            "The request's head did not come in time",
        )
        assert response.header("connection") == "close"
        assert sock.recv(1) == b""


@pytest.mark.parametrize("parser", ["httptools", "h11"], indirect=True)
@pytest.mark.usefixtures("parser")
def test_a14_a_body_that_does_not_come_is_refused() -> None:
    with serving(head_seconds=0.05, body_seconds=0.1) as port, connected(port) as sock:
        sock.sendall(HALF)
        (response,) = raw.received(sock, 1)
        assert response.json["error"] == {
            "type": "invalid_request_error",
            "message": "The request body did not come in time",
            "details": {"error_code": "request_body_timeout"},
        }
        assert sock.recv(1) == b""


def test_a_second_head_has_the_same_time() -> None:
    with serving(head_seconds=0.05) as port, connected(port) as sock:
        sock.sendall(raw.post())
        assert raw.received(sock, 1)[0].status == 200
        sock.sendall(b"POST ")
        assert raw.received(sock, 1)[0].status == 400


def test_an_answer_may_take_longer() -> None:
    slow = b'x-mock-reply: {"wire": {"delay": 0.4}}\r\n'
    with serving(head_seconds=0.05, body_seconds=0.05) as port:
        assert raw.only(port, raw.post(raw.BODY, slow)).status == 200


def test_a_connection_between_two_requests_is_left_alone() -> None:
    with serving(head_seconds=0.1) as port, connected(port) as sock:
        for _ in range(2):
            sock.sendall(raw.post())
            assert raw.received(sock, 1)[0].status == 200
            with connected(port) as other:  # refused after two ticks: so long the first one is idle
                assert raw.received(other, 1)[0].status == 400


def test_a19_where_there_are_too_many_the_oldest_idle_one_goes() -> None:
    with serving(most_connections=3) as port, ExitStack() as stack:
        at_work, second, third = (stack.enter_context(connected(port)) for _ in range(3))
        at_work.sendall(HALF)
        for sock in (second, third):
            sock.sendall(raw.post())
            assert raw.received(sock, 1)[0].status == 200
        assert raw.only(port, raw.post()).status == 200
        assert second.recv(1) == b""
        third.sendall(raw.post())
        assert raw.received(third, 1)[0].status == 200


def test_where_all_are_at_work_the_new_one_goes() -> None:
    with serving(most_connections=2) as port, ExitStack() as stack:
        for _ in range(2):
            sock = stack.enter_context(connected(port))
            sock.sendall(HALF)
        assert raw.exchange(port, raw.post()) == []


def test_connections_leave_descriptors_for_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(descriptors, "limit", lambda: OTHER_DESCRIPTORS + 1)
    with serving() as port, connected(port) as sock:
        sock.sendall(HALF)
        assert raw.exchange(port, raw.post()) == []


def test_a_chunked_body_is_not_larger_than_the_limit_though_it_comes_whole() -> None:
    head = raw.head(b"POST /v1/messages HTTP/1.1", b"transfer-encoding: chunked\r\n")
    with serving(max_message_bytes=len(raw.BODY)) as port:
        assert raw.only(port, head + raw.chunked(raw.BODY)).status == 200
        refused = raw.only(port, head + raw.chunked(raw.BODY, b" "))
    assert refused.error[:2] == (413, "request_too_large")


def test_a_head_that_was_let_in_does_not_let_in_a_body_that_is_too_large() -> None:
    with serving(max_message_bytes=len(raw.BODY), max_batch_bytes=len(raw.BODY)) as port:
        found = raw.exchange(port, [raw.post(), raw.post(), raw.post(raw.BODY + b" ")], count=3)
    assert [response.status for response in found] == [200, 200, 413]


def test_a_head_that_comes_again_is_recorded_without_its_credentials() -> None:
    with MockServer() as server:
        key = server.api_key.encode()
        bodies = [raw.BODY, raw.BODY.replace(b"Hello", b"Hello again")]
        sent = [raw.post(body, b"cookie: secret\r\n", b"x-own: 1\r\n") for body in bodies]
        with connected(int(server.url.rsplit(":", 1)[1])) as client:
            for each in sent:
                client.sendall(each.replace(b"sk-ant-raw", key))
                raw.received(client, 1)
        first, second = server.requests
    lengths = [str(len(body)) for body in bodies]
    assert [first.headers["content-length"], second.headers["content-length"]] == lengths
    assert {**first.headers, "content-length": ""} == {**second.headers, "content-length": ""}
    assert second.headers["x-own"] == "1"
    assert not {"x-api-key", "cookie"} & second.headers.keys()


@pytest.mark.parametrize("key", ["wire", ""])
def test_no_key_has_the_ids_of_refused_connections(key: str) -> None:
    settings = Settings()
    assert protocol(settings)._ids.next("req") != Ids(settings.seed, key).next("req")
