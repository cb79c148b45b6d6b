"""Answers whose head is wrong or whose bytes are slow, as they are on the wire, however they are asked for."""

from __future__ import annotations

import json
import re
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mockserver.steps import PAGE
from mockserver.testing import MockServer
from tests.wire import raw
from tests.wire.test_leaving import STREAM, becomes, connected, tasks

Json = dict[str, Any]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MockServer]:
    script = tmp_path_factory.mktemp("script") / "script.json"
    entries = [
        {"when": {"user": kind}, "reply": {"fault": kind}} for kind in ("html", "wrong_type")
    ]
    script.write_text(json.dumps(entries))
    with MockServer(script=script) as running:
        yield running


def posted(server: MockServer, body: bytes, *more: bytes, path: bytes = b"/v1/messages") -> bytes:
    request = raw.post(body, *more, path=path)
    return request.replace(b"sk-ant-raw", server.api_key.encode())


def by_script(server: MockServer, kind: str) -> bytes:
    return posted(server, raw.BODY.replace(b"Hello, wire", kind.encode()))


def by_python(server: MockServer, kind: str) -> bytes:
    server.reply(fault=kind)
    return posted(server, raw.BODY)


def by_control_api(server: MockServer, kind: str) -> bytes:
    reply = json.dumps({"fault": {"kind": kind}}).encode()
    with connected(server) as sock:
        sock.sendall(posted(server, reply, path=b"/_mock/replies"))
        assert raw.received(sock, 1)[0].status == 200
    return posted(server, raw.BODY)


def by_header(server: MockServer, kind: str) -> bytes:
    return posted(server, raw.BODY, b"x-mock-fault: %b\r\n" % kind.encode())


def in_band(server: MockServer, kind: str) -> bytes:
    return posted(server, raw.BODY.replace(b"wire", b"[[mock fault: %b]]" % kind.encode()))


def everything(server: MockServer, request: bytes) -> bytes:
    """All that comes until the server closes."""
    with connected(server) as sock:
        sock.sendall(request)
        return b"".join(iter(lambda: sock.recv(1 << 16), b""))


def head_of(answer: bytes) -> tuple[bytes, dict[bytes, bytes], bytes]:
    head, _, body = answer.partition(b"\r\n\r\n")
    line, *lines = head.split(b"\r\n")
    return line, dict(each.split(b": ", 1) for each in lines), body  # type: ignore[misc] # pairs


@pytest.mark.parametrize("way", [by_script, by_python, by_control_api, by_header, in_band])
def test_f15_every_way_leads_to_the_fault(
    server: MockServer, way: Callable[[MockServer, str], bytes]
) -> None:
    server.reset()
    with connected(server) as sock:
        sock.sendall(way(server, "html"))
        (page,) = raw.received(sock, 1)
        sock.sendall(way(server, "wrong_type"))
        (message,) = raw.received(sock, 1)
    assert (page.status, page.body) == (200, PAGE)
    assert page.header("content-type") == "text/html; charset=utf-8"
    assert message.header("content-type") == "text/plain; charset=utf-8"
    assert message.json["type"] == "message"
    shown = [each for each in server.requests if each.path == "/v1/messages"]
    assert [each.ended for each in shown] == [
        "fault html in the head",
        "fault wrong_type in the head",
    ]
    assert [each.answer for each in shown] == [PAGE.decode(), message.json]


@pytest.mark.parametrize("is_stream", [False, True], ids=["F15_json", "F15_stream"])
@pytest.mark.parametrize("kind", ["length_too_large", "length_too_small"])
def test_a_length_is_wrong(server: MockServer, kind: str, *, is_stream: bool) -> None:
    request = posted(server, STREAM if is_stream else raw.BODY, b"x-mock-reply: %b\r\n")
    plain, wrong = (
        head_of(everything(server, request.replace(b"%b", json.dumps(reply).encode())))
        for reply in ({"text": "Hi", "wire": {"slow_close": 0}}, {"text": "Hi", "fault": kind})
    )
    assert b"transfer-encoding" not in wrong[1]
    size, announced = len(wrong[2]), int(wrong[1][b"content-length"])
    assert announced == (size + 1 if kind == "length_too_large" else size // 2)
    assert plain[1][b"transfer-encoding"] == b"chunked"
    assert size < len(plain[2])  # which has the framing of its chunks


@pytest.mark.parametrize("is_stream", [False, True], ids=["F16_json", "F16_stream"])
def test_a_slow_close_comes_behind_a_whole_answer(server: MockServer, *, is_stream: bool) -> None:
    server.reset()
    reply = json.dumps({"wire": {"slow_close": 0.2}}).encode()
    request = posted(server, STREAM if is_stream else raw.BODY, b"x-mock-reply: %b\r\n" % reply)
    with connected(server) as sock:
        sock.sendall(request)
        (answer,) = raw.received(sock, 1)
        assert answer.header("connection") == "close"
        assert len(server.requests) == 0  # it is there, and the connection as well
        assert sock.recv(1) == b""
    assert becomes(lambda: len(server.requests) == 1)
    assert server.requests.only.ended == "complete"
    assert server.requests.only.seconds > 0.2


def test_f16_who_leaves_during_a_slow_close_has_a_whole_answer(server: MockServer) -> None:
    server.reset()
    reply = json.dumps({"wire": {"slow_close": 60}}).encode()
    with connected(server) as sock:
        sock.sendall(posted(server, raw.BODY, b"x-mock-reply: %b\r\n" % reply))
        assert raw.received(sock, 1)[0].status == 200
    assert becomes(lambda: len(server.requests) == 1)
    assert server.requests.only.ended == "complete"


@pytest.mark.parametrize(
    ("wire", "ended"),
    [
        pytest.param({"delay": 60}, "before its response began", id="F16_delay"),
        pytest.param({"bandwidth": 1_000}, "at event [1-6]", id="F16_bandwidth"),
        pytest.param(
            {"bandwidth": 1_000, "crlf": True, "comments": True},
            "at event [1-6]",
            id="F16_bandwidth_and_comments",
        ),
    ],
)
def test_who_leaves_while_it_is_slow_is_noted(server: MockServer, wire: Json, ended: str) -> None:
    """The first event ends before byte 1,600 of all; there are eight events or more, and on a busy machine a client is late."""
    before = tasks(server)
    server.reset()
    reply = json.dumps({"wire": wire}).encode()
    with connected(server) as sock:
        sock.sendall(posted(server, STREAM, b"x-mock-reply: %b\r\n" % reply))
        if "delay" in wire:
            assert becomes(lambda: tasks(server) > before)
        else:
            exactly(sock, 1_650)
    assert becomes(lambda: len(server.requests) == 1)
    assert re.fullmatch(f"client left {ended}", server.requests.only.ended)


def exactly(sock: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = sock.recv(size - len(data))
        assert piece, data
        data += piece
    return data
