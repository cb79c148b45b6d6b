"""Many connections that nothing comes from, and one that has something to ask."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace

import pytest

from mockserver.testing import MockServer
from tests.wire import raw

resource = pytest.importorskip("resource", reason="a system with limits of this kind")
IDLE = 500
FEW = 256


def connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=raw.DEADLINE)


@pytest.fixture
def descriptors() -> Iterator[None]:
    """Enough of them for both ends of each connection, which this process has."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    enough = 4 * IDLE
    if soft < enough:
        resource.setrlimit(
            resource.RLIMIT_NOFILE, (min(enough, hard) if hard > 0 else enough, hard)
        )
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.usefixtures("descriptors")
@pytest.mark.parametrize("most", [FEW, 10 * IDLE], ids=["A19_bounded", "A19_all_held"])
def test_among_500_idle_connections_one_is_answered(most: int) -> None:
    """However many there are, no more are held than are allowed: the oldest idle ones are closed."""
    server = MockServer()
    server.settings = replace(server.settings, most_connections=most)
    with server, ExitStack() as stack:
        port = int(server.url.rsplit(":", 1)[1])
        idle = [stack.enter_context(connected(port)) for _ in range(IDLE)]
        real = stack.enter_context(connected(port))
        real.sendall(raw.post())
        assert raw.received(real, 1)[0].status == 200
        closed = max(0, IDLE + 1 - most)
        for sock in idle[:closed]:
            assert sock.recv(1) == b""
        for sock in idle[closed:]:
            sock.setblocking(False)
            with pytest.raises(BlockingIOError):
                sock.recv(1)
