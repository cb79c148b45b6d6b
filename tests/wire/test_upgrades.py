"""Requests that ask for another protocol, and get this one."""

from __future__ import annotations

import pytest

from tests.wire import raw
from tests.wire.test_framing import CHUNKED, NOT_HTTP, POST

UPGRADE = b"connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AA\r\n"
UPGRADES = [
    pytest.param(raw.post(raw.BODY, UPGRADE), 1, id="accept_length"),
    pytest.param(
        raw.head(POST, CHUNKED, UPGRADE) + raw.chunked(*raw.sliced(raw.BODY)), 1, id="accept_chunks"
    ),
    pytest.param(raw.post(raw.BODY, UPGRADE) + raw.post(), 2, id="accept_one_behind"),
    pytest.param(raw.post() + raw.post(raw.BODY, UPGRADE), 2, id="accept_one_before"),
    pytest.param(raw.post(raw.BODY, UPGRADE) * 3, 3, id="accept_three"),
    pytest.param(
        raw.post(raw.BODY, b"connection: upgrade\r\nupgrade: websocket\r\n"),
        1,
        id="accept_websocket",
    ),
]


@pytest.mark.parametrize(("request_bytes", "count"), UPGRADES)
def test_who_asks_for_another_protocol_gets_this_one(
    port: int, request_bytes: bytes, count: int, parts: raw.Parts
) -> None:
    found = raw.exchange(port, parts(request_bytes), count=count)
    texts = [response.json["content"][0]["text"] for response in found]
    assert len(texts) == count
    assert all("Hello, wire" in text for text in texts)


def test_an_upgrade_without_a_body_is_answered(port: int) -> None:
    get = raw.head(b"GET /v1/models HTTP/1.1", UPGRADE)
    found = raw.exchange(port, get + raw.post(), count=2)
    assert [response.status for response in found] == [200, 200]


@pytest.mark.parametrize("behind", [b"garbage\r\n\r\n", b"GET / HTTP/3.7\r\n\r\n"])
def test_garbage_behind_an_upgrade_is_refused(port: int, behind: bytes) -> None:
    found = raw.exchange(port, raw.post(raw.BODY, UPGRADE) + behind, count=3)
    assert [response.status for response in found] == [200, 400]
    assert found[1].error == NOT_HTTP


def test_an_upgrade_with_a_misframed_body_is_refused(port: int) -> None:
    request = raw.head(POST, CHUNKED, UPGRADE) + b"ZZ\r\n{}\r\n0\r\n\r\n"
    assert [r.error for r in raw.exchange(port, request, count=2)] == [NOT_HTTP]


def test_many_upgrades_at_once_are_answered(port: int) -> None:
    get = (
        b"GET /v1/nothing HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\nupgrade: a\r\n\r\n"
    )
    found = raw.exchange(port, get * 700 + raw.post(), count=701)
    assert [response.status for response in found] == [404] * 700 + [200]
