"""Whole responses on uvicorn's protocol: what is written, and when nothing is."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from mockserver.cycle import WHOLE
from tests.unit.mockserver.lines import (
    LINES,
    App,
    Line,
    answer,
    echo,
    head,
    lines,
    on_loop,
    respond,
)


def streaming(make: Callable[[], bytes]) -> App:
    """An application that answers with a stream."""

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scope["extensions"][WHOLE].stream(LINES, make)

    return app


CHUNKED = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\na: 1\r\n"
CHUNK = b"11\r\n" + b"x" * 17 + b"\r\n0\r\n\r\n"


@pytest.mark.parametrize("last", [b"", b"connection: close\r\n"])
@on_loop
async def test_a_stream_is_one_chunk(last: bytes) -> None:
    line = Line(streaming(lambda: b"x" * 17))
    line.send(head(b"content-length: 0", *([last.strip()] if last else [])))
    await line.settled()

    assert line.written == CHUNKED + last + b"\r\n" + CHUNK
    assert line.closed == bool(last)


@on_loop
async def test_streams_are_made_when_all_are_answered() -> None:
    seen: list[str] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append("answered")
        await streaming(lambda: seen.append("made") or b"x" * 17)(scope, receive, send)

    several = lines(app, 3)
    for line in several:
        line.send(head(b"content-length: 0"))
    await several[0].settled()

    assert seen == ["answered"] * 3 + ["made"] * 3
    assert {line.written for line in several} == {CHUNKED + b"\r\n" + CHUNK}


@on_loop
async def test_a_stream_that_cannot_be_made_ends_its_connection_and_no_other() -> None:
    failures: list[object] = []
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: failures.append(context["exception"])
    )
    made = iter([b"x" * 17, ValueError("no stream"), b"x" * 17])

    def make() -> bytes:
        found = next(made)
        if isinstance(found, ValueError):
            raise found
        return found

    several = lines(streaming(make), 3)
    for line in several:
        line.send(head(b"content-length: 0"))
    await several[0].settled()

    assert [line.closed for line in several] == [False, True, False]
    whole = CHUNKED + b"\r\n" + CHUNK
    assert [line.written for line in several] == [whole, b"", whole]
    assert [str(failure) for failure in failures] == ["no stream"]


@pytest.mark.parametrize(
    "lose",
    [
        pytest.param(lambda line: line.protocol.connection_lost(None), id="left"),
        pytest.param(lambda line: line.close(), id="closing"),
    ],
)
@on_loop
async def test_no_stream_is_made_for_a_lost_connection(lose: Callable[[Line], None]) -> None:
    made: list[bytes] = []
    line = Line(streaming(lambda: made.append(b"x") or b"x"))
    line.send(head(b"content-length: 0"))
    lose(line)
    await line.settled()

    assert (made, line.written) == ([], b"")


@on_loop
async def test_an_answer_to_head_has_no_body() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await respond(scope)

    line = Line(app)
    line.send(head(method=b"HEAD"))
    await line.settled()

    assert line.written == answer(b"body").removesuffix(b"body")


@on_loop
async def test_the_connection_is_closed_when_the_client_asks() -> None:
    line = Line(echo)
    line.send(head(b"content-length: 0", b"Connection: Close"))
    await line.settled()

    assert (line.written, line.closed) == (answer(b"", b"connection: close\r\n"), True)


@on_loop
async def test_headers_of_the_second_are_on_every_response() -> None:
    line = Line(echo)
    for second in (b"1", b"1", b"2"):
        if line.state.default_headers != [(b"date", second)]:
            line.state.default_headers = [(b"date", second)]
        line.send(head(b"content-length: 0"))
        await line.settled()

    dates = [part[:1] for part in line.written.split(b"date: ")[1:]]
    assert dates == [b"1", b"1", b"2"]


@on_loop
async def test_a_response_waits_until_the_client_reads() -> None:
    line = Line(echo)
    line.protocol.pause_writing()
    line.send(head(b"content-length: 0"))
    await line.settled()
    assert line.written == b""
    line.protocol.resume_writing()
    await line.settled()

    assert line.written == answer(b"")


@on_loop
async def test_nothing_is_written_when_the_client_has_left() -> None:
    line = Line(echo)
    line.protocol.pause_writing()
    line.send(head(b"content-length: 0"))
    line.protocol.connection_lost(None)
    await line.settled()

    assert line.written == b""


@on_loop
async def test_nothing_is_written_when_the_client_leaves_before_its_round() -> None:
    line = Line(echo)
    line.send(head(b"content-length: 0"))
    line.protocol.connection_lost(None)
    await line.settled()

    assert (line.written, line.state.tasks) == (b"", set())


@on_loop
async def test_a_response_in_parts_is_uvicorns() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        headers = [(b"content-length", b"2")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"ab"})

    line = Line(app)
    line.send(head(b"content-length: 0"))
    await line.settled()

    assert line.written == b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nab"


@on_loop
async def test_a_whole_response_after_a_start_is_an_error() -> None:
    async def app(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        with pytest.raises(RuntimeError, match="sent whole after it was started"):
            await respond(scope)
        await send({"type": "http.response.body", "body": b""})

    line = Line(app)
    line.send(head(b"content-length: 0"))
    await line.settled()

    assert line.written.endswith(b"\r\n\r\n0\r\n\r\n")
