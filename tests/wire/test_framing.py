"""HTTP that is not right: refused in the API's envelope, and nothing of it is ever routed."""

from __future__ import annotations

import random
import re
import socket

import pytest

from tests.wire import raw

POST = b"POST /v1/messages HTTP/1.1"
LENGTH = b"content-length: %d\r\n" % len(raw.BODY)
CHUNKED = b"transfer-encoding: chunked\r\n"
SMUGGLED = b"0\r\n\r\n" + raw.head(b"GET /v1/smuggled HTTP/1.1")
NOT_HTTP = (
    400,
    "invalid_request_error",
    "The request is not valid HTTP: Invalid HTTP request received.",
)
TLS = bytes.fromhex("160301020001000001fc0303") + bytes(200)


def lengths(*values: bytes) -> bytes:
    return raw.head(POST, *(b"content-length: %b\r\n" % value for value in values)) + b"{} "


def coded(value: bytes) -> bytes:
    return raw.head(POST, b"transfer-encoding: %b\r\n" % value) + raw.chunked(raw.BODY)


def chunks(value: bytes) -> bytes:
    return raw.head(POST, CHUNKED) + value


def header(line: bytes) -> bytes:
    return raw.post(raw.BODY, line)


MISFRAMED = [
    pytest.param(TLS, id="A1_reject_tls"),
    pytest.param(b"\0\1\2\xff\xfe\r\n\r\n", id="A1_reject_binary"),
    pytest.param(random.Random(1).randbytes(4096), id="A1_reject_noise"),  # no secret
    pytest.param(raw.head(POST, LENGTH, CHUNKED) + SMUGGLED, id="A4_reject_length_and_chunked"),
    pytest.param(raw.head(POST, CHUNKED, LENGTH) + SMUGGLED, id="A4_reject_chunked_and_length"),
    pytest.param(lengths(b"2", b"3"), id="A5_reject_two_lengths"),
    pytest.param(lengths(b"2", b"2"), id="A5_reject_equal_lengths"),
    *(
        pytest.param(lengths(value), id=f"A5_reject_length_{name}")
        for name, value in [
            ("plus", b"+2"),
            ("minus", b"-1"),
            ("hex", b"0x2"),
            ("endless", b"9" * 30),
            ("list", b"2, 2"),
            ("empty", b""),
            ("two_numbers", b"2 2"),
        ]
    ),
    *(
        pytest.param(coded(value), id=f"A6_reject_coding_{name}")
        for name, value in [
            ("unknown", b"xchunked"),
            ("chunked_first", b"chunked, gzip"),
            ("identity", b"identity"),
            ("twice", b"chunked, chunked"),
            ("vertical_tab", b"\x0bchunked"),
        ]
    ),
    *(
        pytest.param(chunks(value), id=f"A7_reject_chunk_{name}")
        for name, value in [
            ("size", b"ZZ\r\n{}\r\n0\r\n\r\n"),
            ("negative", b"-2\r\n{}\r\n0\r\n\r\n"),
            ("endless", b"1" * 17 + b"\r\n{}"),
            ("footer", b"2\r\n{}XX0\r\n\r\n"),
            ("bare_lf", b"2\n{}\n0\n\n"),
        ]
    ),
    pytest.param(raw.post().replace(b"\r\n", b"\n"), id="A8_reject_bare_lf"),
    pytest.param(header(b"x-a: 1\r\n  2\r\n"), id="A8_reject_folded"),
    pytest.param(header(b"x-a : 1\r\n"), id="A8_reject_space_before_colon"),
    pytest.param(header(b"x-a: \0\r\n"), id="A8_reject_nul"),
    pytest.param(header(b"x-a: a\rb\r\n"), id="A8_reject_cr_in_value"),
    pytest.param(header(b"x(a: a\r\n"), id="A8_reject_name"),
    pytest.param(raw.head(b"POST /v1/messages HTTP/3.7"), id="A9_reject_version"),
    pytest.param(b"\x15\x03\x01\x00\x02\x02\x50\r\n\r\n", id="A1_reject_tls_alert"),
    pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="A9_reject_http2"),
    pytest.param(raw.head(b"FOO /v1/messages HTTP/1.1"), id="B2_reject_method"),
    pytest.param(raw.post(path=b"/" + b"a" * 65_536), id="A11_reject_endless_path"),
    pytest.param(raw.post(path=b"/\xff"), id="A11_reject_raw_byte"),
]


@pytest.mark.parametrize("request_bytes", MISFRAMED)
def test_misframed_requests_are_refused(port: int, request_bytes: bytes, parts: raw.Parts) -> None:
    found = raw.exchange(port, parts(request_bytes), count=2)
    assert [response.error for response in found] == [NOT_HTTP]
    assert found[0].header("connection") == "close"
    assert re.fullmatch(r"req_011C[A-Za-z0-9]{20}", found[0].header("request-id") or "")


@pytest.mark.parametrize(
    ("line", "version"),
    [
        pytest.param(b"POST /v1/messages", "0.9", id="A9_reject_no_version"),
        pytest.param(b"POST /v1/messages HTTP/0.9", "0.9", id="A9_reject_http_0_9"),
        pytest.param(b"POST /v1/messages HTTP/2.0", "2.0", id="A9_reject_http_2_0"),
    ],
)
def test_other_versions_are_refused(port: int, line: bytes, version: str, parts: raw.Parts) -> None:
    response = raw.only(port, parts(raw.head(line, LENGTH) + raw.BODY))
    assert response.error == (400, "invalid_request_error", f"HTTP/{version} is not supported")
    assert response.header("connection") == "close"


HOSTS = [
    pytest.param(raw.post().replace(raw.HOST, b""), id="A2_reject_no_host"),
    pytest.param(raw.post(raw.BODY, raw.HOST), id="A3_reject_two_hosts"),
    pytest.param(raw.post(raw.BODY, b"host: evil.example\r\n"), id="A3_reject_two_other_hosts"),
]


@pytest.mark.parametrize("request_bytes", HOSTS)
def test_a_request_has_one_host(port: int, request_bytes: bytes, parts: raw.Parts) -> None:
    response = raw.only(port, parts(request_bytes))
    assert response.error == (400, "invalid_request_error", "A request needs one Host header")
    assert response.header("connection") == "close"


HEADS = [
    pytest.param(b"".join(b"x-%d: 1\r\n" % n for n in range(101)), id="A10_reject_many_headers"),
    pytest.param(b"x-a: %b\r\n" % (b"a" * 32 * 1024), id="A10_reject_large_head"),
    pytest.param(b"x-a: %b\r\n" % (b"a" * 200_000), id="A10_reject_larger_than_a_read"),
]


@pytest.mark.parametrize("lines", HEADS)
def test_a_head_is_bounded(port: int, lines: bytes, parts: raw.Parts) -> None:
    response = raw.only(port, parts(raw.post(raw.BODY, lines)))
    assert response.error == (
        431,
        "invalid_request_error",
        "The request headers are too many or too large",
    )
    assert response.header("connection") == "close"


def test_a_tunnel_is_refused(port: int) -> None:
    request = b"CONNECT 127.0.0.1:80 HTTP/1.1\r\n" + raw.HOST + b"\r\n" + TLS
    found = raw.exchange(port, request, count=3)
    assert [response.error for response in found] == [NOT_HTTP]


def test_http_1_0_is_answered_and_closed(port: int) -> None:
    (response,) = raw.exchange(
        port, raw.head(b"POST /v1/messages HTTP/1.0", LENGTH) + raw.BODY, count=2
    )
    assert (response.status, response.header("connection")) == (200, "close")


ACCEPTED = [
    pytest.param(raw.post(), id="accept_length"),
    pytest.param(raw.head(POST, CHUNKED) + raw.chunked(raw.BODY), id="accept_chunked"),
    pytest.param(raw.head(POST, CHUNKED) + raw.chunked(*raw.sliced(raw.BODY)), id="accept_chunks"),
    pytest.param(coded(b"Chunked"), id="accept_coding_in_capitals"),
    pytest.param(
        raw.head(POST, CHUNKED)
        + b"%x;a=b\r\n%b\r\n0\r\nx-trailer: 1\r\n\r\n" % (len(raw.BODY), raw.BODY),
        id="accept_extension_and_trailer",
    ),
    pytest.param(header(b"x-a:1\r\nX-B: \t2 \r\n"), id="accept_white_space"),
    pytest.param(raw.post(path=b"/v1/messages?beta=true"), id="accept_query"),
]


@pytest.mark.parametrize("request_bytes", ACCEPTED)
def test_framed_requests_are_answered(port: int, request_bytes: bytes, parts: raw.Parts) -> None:
    response = raw.only(port, parts(request_bytes))
    assert response.status == 200
    assert "Hello, wire" in response.json["content"][0]["text"]


def test_a18_pipelined_requests_are_answered_in_order(port: int, parts: raw.Parts) -> None:
    words = [b"first", b"second", b"third"]
    bodies = [raw.BODY.replace(b"Hello, wire", word) for word in words]
    found = raw.exchange(port, parts(b"".join(map(raw.post, bodies))), count=3)
    texts = [response.json["content"][0]["text"] for response in found]
    assert [text.rsplit(" ", 1)[1].encode() for text in texts] == words


def test_a16_more_than_the_length_is_another_request(port: int, parts: raw.Parts) -> None:
    request = raw.post() + b'"surplus": 1}\r\n\r\n'
    found = raw.exchange(port, parts(request), count=3)
    assert [response.status for response in found] == [200, 400]
    assert found[1].error == NOT_HTTP


@pytest.mark.parametrize("whole", [1, 2])
def test_what_came_whole_is_answered_before_garbage_is_refused(port: int, whole: int) -> None:
    found = raw.exchange(port, raw.post() * whole + b"garbage\r\n\r\n", count=whole + 2)
    assert [response.status for response in found[:-1]] == [200] * whole
    assert found[-1].error == NOT_HTTP
    assert found[-1].header("connection") == "close"


def test_garbage_behind_a_last_request_is_dropped(port: int) -> None:
    request = raw.post(raw.BODY, b"connection: close\r\n") + b"garbage\r\n\r\n"
    assert [response.status for response in raw.exchange(port, request, count=3)] == [200]


def test_a_connection_serves_many_requests(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=raw.DEADLINE) as sock:
        ids = set()
        for _ in range(20):
            sock.sendall(raw.post())
            (response,) = raw.received(sock, 1)
            ids.add(response.header("request-id"))
    assert len(ids) == 20


def test_a_body_that_is_expected_is_asked_for(port: int) -> None:
    found = raw.exchange(port, raw.post(raw.BODY, b"expect: 100-continue\r\n"), count=2)
    assert [response.status for response in found] == [100, 200]


def test_a15_a_body_that_is_cut_short_gets_no_answer(port: int, parts: raw.Parts) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=raw.DEADLINE) as sock:
        for part in parts(raw.post()[:-5]):
            sock.sendall(part)
        sock.shutdown(socket.SHUT_WR)
        assert raw.received(sock, 1) == []
    assert raw.only(port, raw.post()).status == 200


def test_a6_a_coding_beside_chunked_is_refused(port: int, parts: raw.Parts) -> None:
    answer = raw.only(port, parts(coded(b"gzip, chunked")))

    assert answer.error == (
        400,
        "invalid_request_error",
        "transfer-encoding: only chunked is supported",
    )
