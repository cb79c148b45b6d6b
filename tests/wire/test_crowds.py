"""Crowds: what many clients send at the same time is answered to each its own, and none is lost.

The server is held while a crowd sends, so that it finds all of them in one round of its event loop.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, NamedTuple

import pytest
import uvicorn
import uvicorn.protocols.http

from mockserver.testing import MockServer
from tests.wire import raw

CROWD = 64
LARGE = 300_000
# A sender that waits for the server would wait for itself while the server is held.
AT_ONCE = 40_000
KINDS = ("good", "stream", "refused", "broken", "garbage", "large", "pair", "gone", "left")
KEEPING = ("good", "stream", "refused", "broken", "large", "pair")
LEAVING = ("gone", "left")


def _loop(name: str) -> Any:
    if name == "asyncio":
        return asyncio.SelectorEventLoop
    import uvloop  # not on every platform

    return uvloop.new_event_loop


@pytest.fixture(params=["uvloop-httptools", "asyncio-httptools", "asyncio-h11"])
def server(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[MockServer]:
    """A server on each event loop and with each parser."""
    loop, _, parser = request.param.partition("-")
    monkeypatch.setattr(uvicorn.Config, "get_loop_factory", lambda _: _loop(loop))
    if parser == "h11":
        monkeypatch.delattr(uvicorn.protocols.http, "httptools_impl", raising=False)
        monkeypatch.setitem(sys.modules, "uvicorn.protocols.http.httptools_impl", None)
    with MockServer(now="2026-11-22") as running:
        assert running.call(lambda _: type(asyncio.get_running_loop()).__module__.startswith(loop))
        yield running


class Client(NamedTuple):
    """One of a crowd: its number, what it does, and its connection."""

    number: int
    kind: str
    sock: socket.socket

    @property
    def mark(self) -> str:
        return f"<{self.number}>"

    @property
    def second(self) -> str:
        """The mark of the second request of a pair, as long as the first."""
        return self.mark.replace("<", "[")

    def request(self, key: str) -> bytes:
        """What it sends."""
        body: dict[str, Any] = {
            "model": f"claude-{self.number}" if self.kind == "refused" else "claude-haiku-4-5",
            "max_tokens": 64,
            "stream": self.kind in ("stream", "left"),
            "messages": [{"role": "user", "content": self.mark}],
        }
        if self.kind == "large":
            body["system"] = "x" * LARGE
        data = json.dumps(body).encode()
        if self.kind == "broken":
            data = data[:-1]
        whole = raw.post(data).replace(b"sk-ant-raw", key.encode())
        if self.kind == "garbage":
            return b"garbage\r\n\r\n" + whole
        return whole + whole.replace(b"<", b"[") if self.kind == "pair" else whole

    def check(self) -> None:
        """Read its answers: they are its own, whole, and no more than it asked for."""
        if self.kind in LEAVING:
            return
        count = 2 if self.kind == "pair" else 1
        answers = raw.received(self.sock, count)
        assert len(answers) == count, self
        status = {"refused": 404, "broken": 400, "garbage": 400}.get(self.kind, 200)
        assert [answer.status for answer in answers] == [status] * count, self
        if self.kind == "refused":
            assert answers[0].error[2] == f"model: claude-{self.number}"
        elif status == 400:  # which is not told whose it was
            assert answers[0].error[1] == "invalid_request_error"
        elif self.kind == "stream":
            told = streamed_text(answers[0])
            assert told.endswith(f"You said: {self.mark}")
        else:
            said = [answer.json["content"][0]["text"].rpartition(" ")[2] for answer in answers]
            assert said == [self.mark, self.second][:count]
        if self.kind == "garbage":
            assert self.sock.recv(1) == b""


def streamed_text(answer: raw.Response) -> str:
    """The text of a stream that came to its end."""
    lines = answer.body.decode().splitlines()
    events = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
    assert events[-1]["type"] == "message_stop"
    deltas = (event["delta"] for event in events if event["type"] == "content_block_delta")
    return "".join(delta["text"] for delta in deltas)


@contextmanager
def held(server: MockServer) -> Iterator[None]:
    """The server's loop stands still meanwhile."""
    stands, goes = threading.Event(), threading.Event()

    def hold(_workspaces: object) -> None:
        stands.set()
        assert goes.wait(raw.DEADLINE)

    holder = threading.Thread(target=server.call, args=(hold,))
    holder.start()
    try:
        assert stands.wait(raw.DEADLINE)
        yield
    finally:
        goes.set()
        holder.join()


def send(server: MockServer, crowd: list[Client], key: str) -> None:
    """All of a crowd send while the server is held; the rest of what is large comes later."""
    rests: list[tuple[socket.socket, bytes]] = []
    with held(server):
        for client in crowd:
            data = client.request(key)
            client.sock.sendall(data[:AT_ONCE])
            rests.append((client.sock, data[AT_ONCE:]))
            if client.kind == "gone":
                client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, raw.RESET)
                client.sock.close()
    for sock, rest in rests:
        if rest:
            sock.sendall(rest)
    for client in crowd:
        if client.kind == "left":
            assert client.sock.recv(1) == b"H"
            client.sock.close()


def connected(server: MockServer) -> socket.socket:
    return socket.create_connection(
        ("127.0.0.1", int(server.url.rsplit(":", 1)[1])), timeout=raw.DEADLINE
    )


def marks(server: MockServer, key: str) -> list[str]:
    """What was said in each answered request that the journal has, in order."""
    bodies: list[Any] = [
        each.body for each in server.access(key).requests if each.status in (200, 404)
    ]
    return sorted(body["messages"][0]["content"] for body in bodies)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_crowd_is_answered_to_each_its_own(server: MockServer, seed: int) -> None:
    chance, key = random.Random(seed), server.fresh_key()  # no secret
    kinds = [*KINDS, *chance.choices(KINDS, k=CROWD - len(KINDS))]
    chance.shuffle(kinds)
    with ExitStack() as stack:
        socks = [stack.enter_context(connected(server)) for _ in kinds]
        crowd = [Client(n, *pair) for n, pair in enumerate(zip(kinds, socks, strict=True))]
        send(server, crowd, key)
        chance.shuffle(crowd)
        for client in crowd:
            client.check()
        # Those that are still there come again, as others.
        staying = [client for client in crowd if client.kind in KEEPING]
        later = [
            Client(CROWD + n, chance.choice(KEEPING), client.sock)
            for n, client in enumerate(staying)
        ]
        send(server, later, key)
        for client in later:
            client.check()

        asked = [
            c for c in (*crowd, *later) if c.kind in ("good", "stream", "refused", "large", "pair")
        ]
        seconds = [client for client in asked if client.kind == "pair"]
        wanted = [c.mark for c in asked] + [c.second for c in seconds]
        gone = {client.mark for client in crowd if client.kind in LEAVING}
        assert [mark for mark in marks(server, key) if mark not in gone] == sorted(wanted)


def test_a_crowd_in_one_connection_is_answered_in_its_order(server: MockServer) -> None:
    key = server.fresh_key()
    with connected(server) as sock:
        crowd = [Client(n, "stream" if n % 3 else "good", sock) for n in range(CROWD)]
        with held(server):
            sock.sendall(b"".join(client.request(key) for client in crowd))
        answers = raw.received(sock, CROWD)
    assert len(answers) == CROWD
    for client, answer in zip(crowd, answers, strict=True):
        said = (
            streamed_text(answer) if client.kind == "stream" else answer.json["content"][0]["text"]
        )
        assert said.endswith(client.mark)
