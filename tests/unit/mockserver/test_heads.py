"""Heads that come again: what is taken for the same head, and what is not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.heads import Head, learned

START = b"POST /v1/messages HTTP/1.1\r\n"


def written(*lines: bytes, body: bytes = b"ab") -> bytes:
    return START + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


def scope_of(request: bytes) -> dict[str, Any]:
    lines = request.partition(b"\r\n\r\n")[0].split(b"\r\n")[1:]
    parts = [line.partition(b":") for line in lines]
    return {
        "headers": [(name.lower(), value.strip()) for name, _, value in parts],
        "path": "/v1/messages",
        "extensions": {"made": "anew"},
        "state": {},
    }


def head_of(request: bytes) -> Head | None:
    return learned(request, scope_of(request))


@pytest.mark.parametrize("name", [b"content-length", b"Content-Length", b"CONTENT-LENGTH"])
@pytest.mark.parametrize("body", [b"", b"x", b"y" * 100_000])
def test_the_same_head_with_another_length_is_the_same(name: bytes, body: bytes) -> None:
    head = head_of(written(b"host: a", name + b": 2", b"x: y"))
    assert head is not None
    again = head.again(written(b"host: a", name + b": %d" % len(body), b"x: y", body=body))

    length = (b"content-length", b"%d" % len(body))
    headers = [(b"host", b"a"), length, (b"x", b"y")]
    assert again == ({"headers": headers, "path": "/v1/messages"}, body)


def test_what_is_given_is_nobody_elses() -> None:
    request = written(b"content-length: 2", b"a: b")
    head = head_of(request)
    assert head is not None
    first = head.again(request)
    assert first is not None
    first[0]["headers"].clear()
    first[0]["path"] = "/"

    headers = [(b"content-length", b"2"), (b"a", b"b")]
    assert head.again(request) == ({"headers": headers, "path": "/v1/messages"}, b"ab")


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(written(b"transfer-encoding: chunked", body=b"0\r\n\r\n"), id="chunked"),
        pytest.param(written(b"content-length: 2", b"transfer-encoding: chunked"), id="both"),
        pytest.param(written(b"content-length: 2", b"content-length: 2"), id="two_lengths"),
        pytest.param(written(b"content-length: 2 "), id="space_behind"),
        pytest.param(written(b"content-length: 2", body=b"a"), id="less"),
        pytest.param(written(b"content-length: 2", body=b"abc"), id="more"),
        pytest.param(written(b"host: a", body=b""), id="no_length"),
    ],
)
def test_a_head_is_learned_only_from_one_whole_request(request_bytes: bytes) -> None:
    assert head_of(request_bytes) is None


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(written(b"host: a", b"content-length: 2", b"x: z"), id="another_value"),
        pytest.param(written(b"host: b", b"content-length: 2", b"x: y"), id="another_host"),
        pytest.param(written(b"host: a", b"content-length: 2"), id="one_less"),
        pytest.param(written(b"host: a", b"content-length:2", b"x: y"), id="another_space"),
        pytest.param(written(b"host: a", b"content-length: +2", b"x: y"), id="no_digits"),
        pytest.param(written(b"host: a", b"content-length: ", b"x: y"), id="no_length"),
        pytest.param(written(b"host: a", b"content-length: 0000000002", b"x: y"), id="too_long"),
        pytest.param(written(b"host: a", b"content-length: 3", b"x: y"), id="less"),
        pytest.param(written(b"host: a", b"content-length: 1", b"x: y"), id="more"),
        pytest.param(START, id="not_whole"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_another_request_is_not_the_same(request_bytes: bytes) -> None:
    head = head_of(written(b"host: a", b"content-length: 2", b"x: y"))
    assert head is not None
    assert head.again(request_bytes) is None


SOMETHING = st.text("abcXYZ09-_", min_size=1, max_size=12).map(str.encode)
LINES = st.lists(st.tuples(SOMETHING, SOMETHING).map(b": ".join), max_size=6)


@given(LINES, LINES, st.binary(max_size=40), st.binary(max_size=40), st.integers(0, 300))
def test_a_head_gives_what_a_parser_would(
    before: list[bytes], after: list[bytes], first: bytes, second: bytes, cut: int
) -> None:
    def request(body: bytes) -> bytes:
        return written(*before, b"content-length: %d" % len(body), *after, body=body)

    head = head_of(request(first))
    assert head is not None
    kept = {
        key: value for key, value in scope_of(request(second)).items() if key in ("headers", "path")
    }
    assert head.again(request(second)) == (kept, second)
    assert head.again(request(second)[: -1 - cut]) is None
