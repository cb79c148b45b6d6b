"""Both ways to a target: what is sent arrives, and what is answered comes back."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from contracts.suite.transports import Http, InProcess, Sent

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-A: b\r\n"
SENT = Sent("POST", "/v1/x?y=1", {"a": "b"}, b"body")


class Server:
    """A server that gives each connection's requests fixed bytes; None closes without an answer."""

    def __init__(self, *answers: bytes | None) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/base/"
        self.heads: list[bytes] = []
        self._answers = answers
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        for answer in self._answers:
            connection, _ = self._listener.accept()
            with connection:
                self.heads.append(connection.recv(65536))
                if answer is not None:
                    connection.sendall(answer)

    def close(self) -> None:
        self._thread.join(10)
        self._listener.close()


@pytest.fixture
def servers() -> Iterator[list[Server]]:
    found: list[Server] = []
    yield found
    for server in found:
        server.close()


def test_http_sends_and_receives(servers: list[Server]) -> None:
    servers.append(Server(OK + b"Connection: close\r\n\r\nok"))
    target = Http(servers[0].url)

    received = target(SENT)
    target.close()

    assert (received.status, received.headers["x-a"], received.body) == (200, "b", b"ok")
    assert servers[0].heads[0].startswith(b"POST /base/v1/x?y=1 HTTP/1.1\r\n")


def test_http_connects_again_when_the_connection_was_closed(servers: list[Server]) -> None:
    servers.append(Server(OK + b"\r\nok", OK + b"Connection: close\r\n\r\nok"))
    target = Http(servers[0].url)

    assert [target(SENT).body, target(SENT).body] == [b"ok", b"ok"]
    target.close()


def test_http_tells_when_there_is_no_answer(servers: list[Server]) -> None:
    servers.append(Server(None))

    with pytest.raises(ConnectionError):
        Http(servers[0].url)(SENT)


def test_http_reads_the_answer_to_a_body_that_was_not_taken(
    servers: list[Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    servers.append(Server(OK + b"Connection: close\r\n\r\nok"))
    target = Http(servers[0].url)
    request = target._connection.request

    def cut(*arguments: Any) -> None:
        request(*arguments)
        raise BrokenPipeError

    monkeypatch.setattr(target._connection, "request", cut)

    assert target(SENT).status == 200
    target.close()


@pytest.mark.parametrize("url", ["127.0.0.1:80", "ftp://host", "http://"])
def test_http_refuses_what_is_no_url(url: str) -> None:
    with pytest.raises(ValueError, match="is no http or https URL"):
        Http(url)


def test_https_is_spoken_where_the_url_says_so() -> None:
    assert type(Http("https://host")._connection).__name__ == "HTTPSConnection"


def test_in_process_calls_an_application() -> None:
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.extend([scope, await receive(), await receive()])
        await send({"type": "http.response.start", "status": 201, "headers": [(b"a", b"b")]})
        await send({"type": "http.response.body", "body": b"o", "more_body": True})
        await send({"type": "http.response.body"})

    target = InProcess(app)
    received = target(SENT)
    target.close()

    assert received == (201, {"a": "b"}, b"o")
    scope, first, second = seen
    assert (scope["path"], scope["query_string"]) == ("/v1/x", b"y=1")
    assert (b"content-length", b"4") in scope["headers"]
    assert (first["body"], second["type"]) == (b"body", "http.disconnect")
