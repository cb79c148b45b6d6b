"""The guards around all tests can fail."""

from __future__ import annotations

import asyncio
import socket

import pytest

from tests.guards import EgressError, broken, is_loopback, only_loopback
from tests.wire.raw import Response


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.com", 80)])
@pytest.mark.parametrize("name", ["connect", "connect_ex"])
def test_d8_no_test_connects_to_another_machine(name: str, address: tuple[str, int]) -> None:
    with (
        socket.socket() as sock,
        pytest.raises(EgressError, match=r"connects to .* only loopback"),
    ):
        getattr(sock, name)(address)


def test_d8_nor_does_a_loop() -> None:
    async def connect() -> None:
        await asyncio.open_connection("192.0.2.1", 80)

    with pytest.raises(EgressError):
        asyncio.run(connect())


@pytest.mark.parametrize("host", ["example.com", b"name.invalid"])
def test_d8_nor_is_a_name_looked_up(host: str | bytes) -> None:
    with pytest.raises(EgressError, match="only localhost"):
        socket.getaddrinfo(host, 80)


@pytest.mark.parametrize("host", [None, "localhost", "192.0.2.1", b"::1"])
def test_what_needs_no_asking_is_let_through(host: str | bytes | None) -> None:
    assert socket.getaddrinfo(host, 80)


def test_loopback_is_let_through() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def test_the_guard_goes_when_its_run_ends() -> None:
    before = socket.socket.connect
    with only_loopback():
        assert socket.socket.connect is not before
    assert socket.socket.connect is before


@pytest.mark.parametrize(
    ("family", "address", "expected"),
    [
        (socket.AF_INET, ("127.1.2.3", 1), True),
        (socket.AF_INET, ("localhost", 1), True),
        (socket.AF_INET6, ("::1", 1, 0, 0), True),
        (socket.AF_INET, ("169.254.169.254", 80), False),
        (socket.AF_INET, ("0.0.0.0", 80), False),
        (socket.AF_INET6, ("2001:db8::1", 1, 0, 0), False),
        (socket.AF_INET6, ("fe80::1%eth0", 1, 0, 0), False),
        (socket.AF_UNIX, "/run/a", True),
    ],
)
def test_what_is_loopback(family: int, address: object, expected: bool) -> None:
    assert is_loopback(family, address) is expected


ID = ("request-id", "req_011CAbCdEfGhIjKlMnOpQrSt")
ENVELOPE = (
    b'{"type":"error","error":{"type":"api_error","message":"a"},'
    b'"request_id":"req_011CAbCdEfGhIjKlMnOpQrSt"}'
)
HEADERS = [ID, ("content-type", "application/json"), ("x-should-retry", "true")]
STRANGER = (
    b'{"type":"error","error":{"type":"authentication_error","message":"API key is invalid."},'
    b'"request_id":null}'
)
OF_STRANGERS = [("content-type", "application/json"), ("x-should-retry", "false")]


def test_a_sound_response_is_not_blamed() -> None:
    assert broken([(1, Response(200, [ID], b"")), (2, Response(200, [ID], b""))]) == []
    assert broken([(1, Response(500, HEADERS, ENVELOPE))], may_fail=True) == []
    assert broken([(1, Response(401, OF_STRANGERS, STRANGER))] * 2) == []


@pytest.mark.parametrize(
    "seen",
    [
        pytest.param([(1, Response(200, [], b""))], id="no_id"),
        pytest.param([(1, Response(200, [ID], b"")), (1, Response(200, [ID], b""))], id="twice"),
        pytest.param([(1, Response(500, HEADERS, ENVELOPE))], id="failure"),
        pytest.param([(1, Response(400, HEADERS, b"{}"))], id="no_envelope"),
        pytest.param([(1, Response(400, OF_STRANGERS, STRANGER))], id="no_id_with_a_400"),
        pytest.param([(1, Response(401, [ID, *OF_STRANGERS], STRANGER))], id="id_of_a_stranger"),
        pytest.param(
            [(1, Response(401, OF_STRANGERS, STRANGER.replace(b"API", b"Api")))],
            id="no_id_with_another_text",
        ),
    ],
)
def test_a_broken_response_is_blamed(seen: list[tuple[int, Response]]) -> None:
    assert broken(seen)
