"""The application on a socket: addresses, and both of uvicorn's parsers."""

from __future__ import annotations

import socket
import sys

import pytest
import uvicorn.protocols.http.h11_impl
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from mockserver.serving import StartError, bound, protocol, url_of
from mockserver.settings import Settings
from mockserver.testing import MockServer
from tests.wire import raw


def test_a_free_port_is_taken() -> None:
    with bound(Settings(port=0)) as listener:
        port = listener.getsockname()[1]
        assert url_of(listener) == f"http://127.0.0.1:{port}"


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(StartError) as caught:
        bound(Settings(host="192.0.2.1", port=8080))
    text = str(caught.value)
    assert text.startswith("cannot listen on 192.0.2.1 port 8080: ")
    assert text.endswith("; choose another with --port (0 takes a free one)")


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(StartError, match=r"cannot listen on no-such-host.invalid port 0"):
        bound(Settings(host="no-such-host.invalid", port=0))


def test_the_fast_parser_is_used_where_it_is() -> None:
    assert issubclass(protocol(0), HttpToolsProtocol)


@pytest.fixture
def no_httptools(monkeypatch: pytest.MonkeyPatch) -> None:
    """A platform without the fast parser."""
    monkeypatch.delattr(uvicorn.protocols.http, "httptools_impl")
    monkeypatch.setitem(sys.modules, "uvicorn.protocols.http.httptools_impl", None)


@pytest.mark.usefixtures("no_httptools")
def test_the_slow_parser_answers_the_same() -> None:
    assert issubclass(protocol(0), H11Protocol)
    with MockServer() as server:
        port = int(server.url.rsplit(":", 1)[1])
        assert raw.only(port, raw.post()).status == 200
        status, kind, message = raw.only(port, b"garbage\r\n\r\n").error
        assert (status, kind) == (400, "invalid_request_error")
        assert message.startswith("The request is not valid HTTP: ")
        found = raw.exchange(port, raw.post() + b"garbage\r\n\r\n", count=3)
    assert [response.status for response in found] == [200, 400]


def test_sockets_are_not_inherited() -> None:
    with bound(Settings(port=0)) as listener:
        assert not listener.get_inheritable()
        assert listener.family == socket.AF_INET
