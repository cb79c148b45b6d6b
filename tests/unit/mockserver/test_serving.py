"""The application on a socket: addresses."""

from __future__ import annotations

import socket

import pytest

from mockserver.serving import StartError, bound, url_of
from mockserver.settings import Settings


def test_a_free_port_is_taken() -> None:
    with bound(Settings(port=0)) as listener:
        port = listener.getsockname()[1]
        assert url_of(listener) == f"http://127.0.0.1:{port}"


def test_an_address_that_is_not_ours_is_refused() -> None:
    with pytest.raises(StartError) as caught:
        bound(Settings(host="192.0.2.1", port=8080))
    text = str(caught.value)
    assert text.startswith("cannot listen on 192.0.2.1 port 8080: ")
    assert text.endswith("; give an address of this machine with --host (127.0.0.1 is always one)")


def test_a_name_that_is_none_is_refused() -> None:
    with pytest.raises(StartError, match=r"cannot listen on no-such-host.invalid port 0"):
        bound(Settings(host="no-such-host.invalid", port=0))


def test_sockets_are_not_inherited() -> None:
    with bound(Settings(port=0)) as listener:
        assert not listener.get_inheritable()
        assert listener.family == socket.AF_INET
