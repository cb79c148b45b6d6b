"""Paths and methods that nobody answers."""

from __future__ import annotations

import socket

import pytest

from tests.wire import raw


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(path, id=f"{row}_{name}")
        for row, name, path in [
            ("B1", "reject_root", b"/"),
            ("B1", "reject_version", b"/v1"),
            ("B1", "reject_other", b"/v1/message"),
            ("B1", "reject_slash_behind", b"/v1/messages/"),
            ("A11", "reject_double_slashes", b"//v1//messages"),
            ("A11", "reject_dots", b"/v1/../v1/messages"),
            ("A11", "reject_dots_to_control", b"/v1/../_mock"),
            ("A11", "reject_bad_escape", b"/v1/%zz"),
            ("A11", "reject_not_utf_8", b"/%ff"),
            ("A11", "reject_nul", b"/%00"),
            ("A11", "reject_escaped_question", b"/v1/messages%3f"),
            ("A11", "reject_escaped_dots", b"/v1/files/..%2f..%2fx"),
            ("A11", "reject_long", b"/" + b"a" * 8_192),
        ]
    ],
)
def test_other_paths_are_not_found(port: int, path: bytes, parts: raw.Parts) -> None:
    assert raw.only(port, parts(raw.post(path=path))).error == (404, "not_found_error", "Not Found")


@pytest.mark.parametrize(
    "method",
    [
        pytest.param(method, id=f"B2_reject_{method.decode()}")
        for method in (b"GET", b"PUT", b"DELETE", b"TRACE", b"OPTIONS", b"PATCH")
    ],
)
def test_other_methods_are_not_allowed(port: int, method: bytes) -> None:
    response = raw.only(port, raw.head(method + b" /v1/messages HTTP/1.1"))
    assert response.error == (405, "invalid_request_error", "Method Not Allowed")
    assert response.header("allow") == "POST"


def test_b2_the_options_of_the_server_are_refused(port: int) -> None:
    assert raw.only(port, raw.head(b"OPTIONS * HTTP/1.1")).error[0] in (400, 404, 405)


def test_head_has_no_body(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=raw.DEADLINE) as sock:
        sock.sendall(raw.head(b"HEAD /v1/messages HTTP/1.1", b"connection: close\r\n"))
        answer = b"".join(iter(lambda: sock.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 405 ")
    assert answer.endswith(b"\r\n\r\n")
