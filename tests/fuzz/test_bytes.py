"""Any bytes at all to a server, and the bytes of an answer cut anywhere."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from itertools import pairwise

import pytest
from anthropic._streaming import SSEDecoder
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.testing import MockServer
from tests.guards import broken
from tests.wire import raw

STREAM = raw.BODY.replace(b"{", b'{"stream":true,', 1)
TEXTS = ["Ahoy", "naïve 👩‍🚀", 'a "b"\n\n\tc\\', "\u2028\u0085", ""]
# What is at the seams of HTTP and of JSON.
TOKENS = [
    b"\r\n", b"\n", b"\r\n\r\n", b": ", b"\0", b"\xff", b"0\r\n\r\n", b"5\r\n", b"-1", b"{", b"}", b"[", b'"', b"\\ud800", b" HTTP/1.1",
    b"GET ", b"POST ", b"/v1/messages", b"/_mock/reset", b"/v1/files", b"host: a\r\n", b"content-length: 0\r\n", b"content-length: 99\r\n",
    b"transfer-encoding: chunked\r\n", b"content-encoding: gzip\r\n", b"expect: 100-continue\r\n", b"connection: close\r\n", b"upgrade: h2c\r\n",
    b"x-api-key: \r\n", b"anthropic-version: 1\r\n", b"[[mock error: 400]]",
]  # fmt: skip
WHOLE = [
    raw.post(),
    raw.post(STREAM),
    raw.post() * 2,
    raw.head(b"POST /v1/messages HTTP/1.1", b"transfer-encoding: chunked\r\n")
    + raw.chunked(raw.BODY[:9], raw.BODY[9:]),
    raw.head(b"GET /v1/models HTTP/1.1"),
    raw.post(b'{"requests":[]}', path=b"/v1/messages/batches"),
    raw.post(b"--x--\r\n", path=b"/v1/files"),
]


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(now="2026-11-22") as running:
        yield running


@st.composite
def nearly_requests(draw: st.DrawFn) -> bytes:
    """A request, or two, of which some bytes are gone, others or twice there."""
    found = draw(st.sampled_from(WHOLE))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(found)))
        end = min(len(found), start + draw(st.integers(0, 12)))
        new = draw(st.sampled_from(TOKENS) | st.binary(max_size=4) | st.just(found[start:end] * 2))
        found = found[:start] + new + found[end:]
    return found


def connected(server: MockServer) -> socket.socket:
    port = int(server.url.rsplit(":", 1)[1])
    return socket.create_connection(("127.0.0.1", port), timeout=raw.DEADLINE)


def answers(server: MockServer, parts: list[bytes]) -> list[raw.Response]:
    """What comes back until the server closes, after everything was sent."""
    with connected(server) as sock:
        try:
            for part in parts:
                sock.sendall(part)
            sock.shutdown(socket.SHUT_WR)
        except OSError:  # the server has refused and closed already
            pass
        return raw.received(sock, 1_000)


@settings(max_examples=2 * settings().max_examples)
@given(sent=st.binary(max_size=300) | st.lists(st.sampled_from(TOKENS)).map(b"".join))
def test_noise_is_refused_in_shape_or_the_connection_is_closed(
    server: MockServer, sent: bytes
) -> None:
    raw.SEEN.clear()
    found = answers(server, [sent])
    assert broken(raw.SEEN) == []
    assert all(400 <= response.status < 500 for response in found)


@settings(max_examples=5 * settings().max_examples)
@given(sent=nearly_requests())
def test_a_spoilt_request_is_answered_in_shape_or_the_connection_is_closed(
    server: MockServer, sent: bytes
) -> None:
    raw.SEEN.clear()
    answers(server, [sent])
    assert broken(raw.SEEN) == []


def cut(whole: bytes, places: list[int]) -> list[bytes]:
    ends = sorted({0, len(whole), *(place % (len(whole) + 1) for place in places)})
    return [whole[start:end] for start, end in pairwise(ends)]


PLACES = st.lists(st.integers(0, 1 << 16), max_size=40)


def outcome(response: raw.Response) -> tuple[int, str]:
    """Status, and the words or the error."""
    value = response.json
    return response.status, str(value.get("content") or value.get("error"))


@given(request=st.sampled_from([raw.post(), raw.post(b"{"), raw.post(b"{}"), WHOLE[3]]), places=PLACES)  # fmt: skip
def test_a_request_may_come_in_any_pieces(
    server: MockServer, request: bytes, places: list[int]
) -> None:
    assert [outcome(each) for each in answers(server, cut(request, places))] == [
        outcome(each) for each in answers(server, [request])
    ]


def streamed(server: MockServer, text: str, wire: dict[str, object]) -> bytes:
    reply = json.dumps({"text": text or " ", "wire": wire}).encode()
    request = raw.post(STREAM, b"connection: close\r\n", b"x-mock-reply: %b\r\n" % reply)
    with connected(server) as sock:
        sock.sendall(request)
        (response,) = raw.received(sock, 1, b"".join(iter(lambda: sock.recv(1 << 16), b"")))
    return response.body


def events(parts: list[bytes]) -> list[tuple[str | None, str]]:
    """What the official SDK reads out of a stream that comes in these pieces."""
    return [(each.event, each.data) for each in SSEDecoder().iter_bytes(iter(parts))]


@given(
    text=st.sampled_from(TEXTS),
    size=st.integers(1, 200),
    crlf=st.booleans(),
    comments=st.booleans(),
    places=PLACES,
)
def test_a_stream_has_the_same_events_in_any_pieces(
    server: MockServer, text: str, size: int, crlf: bool, comments: bool, places: list[int]
) -> None:
    server.access("sk-ant-raw").reset()
    plain = streamed(server, text, {"split": 1 << 16})
    server.access("sk-ant-raw").reset()
    wired = streamed(server, text, {"split": size, "crlf": crlf, "comments": comments})
    assert events(cut(wired, places)) == events([plain]) != []
