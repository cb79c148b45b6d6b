"""Clients that leave, or stay and don't read: the work ends, the journal says so, nothing is left over."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from mockserver.testing import MockServer
from tests.wire import raw

Json = dict[str, Any]
CHUNK = re.compile(rb"(?:^|\r\n)[0-9a-f]+\r\n")  # where each begins
STREAM = raw.BODY.replace(b"{", b'{"stream":true,', 1)
SECONDS = 5.0
HEAD_EVENTS = 3  # message_start, content_block_start and a ping come together
TAIL_EVENTS = 3  # the last delta and these come together with the end
TEXT = "one two three four five six seven"
PAGE = 4_096
MEGABYTE = 1 << 20
STUCK = 8
LATE = 200


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer() as running:
        yield running


@pytest.fixture
def logged(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """What is logged above INFO, also by uvicorn, which hands nothing on to the root logger."""
    log = logging.getLogger("uvicorn")
    log.addHandler(caplog.handler)
    yield caplog
    log.removeHandler(caplog.handler)


def connected(server: MockServer) -> socket.socket:
    port = int(server.url.rsplit(":", 1)[1])
    return socket.create_connection(("127.0.0.1", port), timeout=raw.DEADLINE)


def asked(server: MockServer, body: bytes, reply: dict[str, Any]) -> bytes:
    """A request with the server's own key and a scripted reply."""
    script = b"x-mock-reply: %b\r\n" % json.dumps(reply).encode()
    return raw.post(body, script).replace(b"sk-ant-raw", server.api_key.encode())


def tasks(server: MockServer) -> int:
    return server.call(lambda _: len(asyncio.all_tasks()))


def becomes(check: Callable[[], bool]) -> bool:
    """Whether something is true within some seconds."""
    end = time.monotonic() + SECONDS
    while not check():
        if time.monotonic() > end:
            return False
        time.sleep(0.005)
    return True


def read_events(sock: socket.socket, count: int) -> None:
    """Read on until so many events of a stream are there; more may come with the last."""
    data = b""
    while CHUNK.sub(b"", data).count(b"}\n\n") < count:
        piece = sock.recv(1 << 16)
        assert piece, data
        data += piece


def events_of(server: MockServer, reply: dict[str, Any]) -> int:
    with connected(server) as sock:
        sock.sendall(asked(server, STREAM, reply))
        return raw.received(sock, 1)[0].body.count(b"event: ")


@pytest.mark.parametrize("is_reset", [False, True], ids=["F17_closed", "F17_reset"])
@pytest.mark.parametrize(
    ("first", "behind", "reply"),
    [
        pytest.param(HEAD_EVENTS, TAIL_EVENTS, {"pacing": {"tokens_per_second": 20}}, id="paced"),
        pytest.param(1, 0, {"wire": {"bandwidth": 2_000}}, id="narrow"),
    ],
)
def test_a_client_may_leave_at_every_event(
    server: MockServer,
    logged: pytest.LogCaptureFixture,
    first: int,
    behind: int,
    reply: Json,
    *,
    is_reset: bool,
) -> None:
    total = events_of(server, {"text": TEXT})
    before = tasks(server)
    server.reset()
    with ExitStack() as stack:
        socks = [stack.enter_context(connected(server)) for _ in range(first, total - behind)]
        for sock in socks:
            sock.sendall(asked(server, STREAM, {"text": TEXT, **reply}))
        for count, sock in enumerate(socks, first):
            read_events(sock, count)
            if is_reset:
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, raw.RESET)
            sock.close()
    assert becomes(lambda: len(server.requests) == len(socks))
    assert becomes(lambda: tasks(server) == before)
    left = sorted(int(each.ended.rpartition(" ")[2]) for each in server.requests)
    assert {each.ended.rpartition(" ")[0] for each in server.requests} == {"client left at event"}
    # The server may have sent one more while the client was leaving, and on a busy machine several.
    assert all(first + n <= at < total for n, at in enumerate(left))
    assert logged.records == []


def test_f17_a_client_may_leave_before_the_response(
    server: MockServer, logged: pytest.LogCaptureFixture
) -> None:
    before = tasks(server)
    server.reset()
    with connected(server) as sock:
        sock.sendall(asked(server, raw.BODY, {"text": TEXT, "pacing": {"first_token": 60}}))
        assert becomes(lambda: tasks(server) > before)
    assert becomes(lambda: len(server.requests) == 1)
    assert server.requests.last.ended == "client left before its response began"
    assert becomes(lambda: tasks(server) == before)
    assert logged.records == []


@pytest.mark.parametrize("event", [0, 1, 4])
def test_f7_a_stall_ends_when_the_client_leaves(server: MockServer, event: int) -> None:
    before = tasks(server)
    server.reset()
    fault = {"kind": "stall", "event": event} if event else {"kind": "stall"}
    with connected(server) as sock:
        sock.sendall(asked(server, STREAM, {"fault": fault}))
        assert becomes(lambda: tasks(server) > before)
    assert becomes(lambda: len(server.requests) == 1)
    place = f"at event {event}" if event else "before the first byte"
    assert server.requests.last.ended == f"fault stall {place}"
    assert becomes(lambda: tasks(server) == before)


@pytest.mark.parametrize("is_reset", [False, True], ids=["A15_closed", "A20_reset"])
def test_a_client_may_leave_inside_its_body(
    server: MockServer, logged: pytest.LogCaptureFixture, *, is_reset: bool
) -> None:
    before = tasks(server)
    server.reset()
    with connected(server) as sock:
        sock.sendall(raw.post().replace(b"sk-ant-raw", server.api_key.encode())[:-9])
        assert becomes(lambda: tasks(server) > before)
        if is_reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, raw.RESET)
    assert becomes(lambda: len(server.requests) == 1)
    assert server.requests.last.ended == "client left before its request was complete"
    assert becomes(lambda: tasks(server) == before)
    assert logged.records == []


def resident() -> int:
    """Bytes that this process, and the server in it, has in memory."""
    return int(Path("/proc/self/statm").read_text("ascii").split()[1]) * PAGE


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is measured on Linux")
def test_f18_clients_that_do_not_read_are_waited_for(server: MockServer) -> None:
    """Their streams wait for them, in bounded memory, and everybody else is answered."""
    before = tasks(server)
    text = b"word " * 40_000  # more events than the sockets hold
    body = STREAM.replace(b"Hello, wire", text).replace(b"64", b"64000")
    request = raw.post(body).replace(b"sk-ant-raw", server.api_key.encode())
    size = resident()
    with ExitStack() as stack:
        for _ in range(STUCK):
            sock = stack.enter_context(socket.socket())
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PAGE)
            sock.connect(("127.0.0.1", int(server.url.rsplit(":", 1)[1])))
            sock.sendall(request)
        assert becomes(lambda: tasks(server) >= before + STUCK)
        with connected(server) as other:
            other.sendall(raw.post())
            assert raw.received(other, 1)[0].status == 200
        assert resident() - size < STUCK * 12 * MEGABYTE
    assert becomes(lambda: tasks(server) == before)


@pytest.mark.parametrize("body", [raw.BODY, STREAM], ids=["whole", "stream"])
def test_answers_wait_for_a_client_that_reads_late(server: MockServer, body: bytes) -> None:
    words = b"word " * (500 if body is STREAM else 8_000)
    long = body.replace(b"Hello, wire", words).replace(b":64,", b":60000,")
    requests = raw.post(long) * LATE
    with socket.socket() as client:
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, PAGE)
        client.settimeout(raw.DEADLINE)
        client.connect(("127.0.0.1", int(server.url.rsplit(":", 1)[1])))
        # The server stops to read when it can't write.
        sending = threading.Thread(target=client.sendall, args=(requests,), daemon=True)
        sending.start()
        time.sleep(0.1)
        responses = raw.received(client, LATE)
        sending.join(raw.DEADLINE)

    assert [response.status for response in responses] == [200] * LATE
    assert len({response.header("request-id") for response in responses}) == LATE
    assert all(len(response.body) > len(words) for response in responses)
