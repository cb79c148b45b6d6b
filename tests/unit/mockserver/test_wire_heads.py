"""Heads that come again: known, not parsed, and never taken for what is none."""

from __future__ import annotations

from typing import Any

from mockserver.cycle import WHOLE
from tests.unit.mockserver.lines import PATH, Line, answer, echo, head, on_loop, respond


def heads_of(line: Line) -> list[Any]:
    """What the application of a line is told of the heads: None, or the same object for the same head."""
    seen: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        whole = scope["extensions"][WHOLE]
        seen.append(whole.head)
        await respond(scope, whole.taken() or b"")

    line.protocol.app = app  # type: ignore[assignment]
    return seen


@on_loop
async def test_a_head_that_comes_again_is_not_parsed() -> None:
    line = Line(echo)
    heads = heads_of(line)
    line.send(head(b"content-length: 1") + b"a")
    await line.settled()
    parser, line.protocol.parser = line.protocol.parser, None  # type: ignore[assignment]
    line.send(head(b"content-length: 12") + b"b" * 12)
    await line.settled()
    line.send(head(b"content-length: 0"))
    await line.settled()
    line.protocol.parser = parser

    assert line.written == answer(b"a") + answer(b"b" * 12) + answer(b"")
    assert heads[0] is not None
    assert heads == [heads[0]] * 3
    assert line.state.total_requests == 3


@on_loop
async def test_the_scope_of_a_head_that_comes_again_is_its_own() -> None:
    scopes: list[Any] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)
        await respond(scope)

    line = Line(app)
    for length in (1, 20):
        line.send(head(b"content-length: %d" % length) + b"a" * length)
        await line.settled()
    first, second = scopes

    assert (b"content-length", b"1") in first["headers"]
    assert (b"content-length", b"20") in second["headers"]
    assert first["state"] is not second["state"]
    assert first["extensions"][WHOLE] is not second["extensions"][WHOLE]
    assert {k: v for k, v in first.items() if k not in ("headers", "extensions")} == {
        k: v for k, v in second.items() if k not in ("headers", "extensions")
    }


@on_loop
async def test_what_is_like_a_known_request_may_be_a_body() -> None:
    line = Line(echo)
    heads_of(line)
    request = head(b"content-length: 1") + b"a"
    line.send(request)
    await line.settled()
    # Answered before its body is there.
    line.send(head(b"content-length: %d" % len(request)))
    await line.settled()
    line.send(request)
    await line.settled()
    assert line.written == answer(b"a") + answer(b"")


@on_loop
async def test_what_is_like_a_known_request_may_be_the_rest_of_another() -> None:
    line = Line(echo)
    heads = heads_of(line)
    request = head(b"content-length: 1") + b"a"
    for data in (request, f"POST {PATH} HTTP/1.1\r\nx: ".encode(), request, request):
        line.send(data)
        await line.settled()

    assert line.written == answer(b"a") * 3
    assert heads[0] is heads[2]
    assert heads[1] is None


@on_loop
async def test_a_head_is_known_from_a_request_that_came_alone() -> None:
    line = Line(echo)
    heads = heads_of(line)
    request = head(b"content-length: 1") + b"a"
    line.send(request + request)
    await line.settled()
    line.send(head(b"transfer-encoding: chunked") + b"1\r\na\r\n0\r\n\r\n")
    await line.settled()
    line.send(head(b"content-length: 1", b"connection: close") + b"a")
    await line.settled()

    assert heads == [None] * 4


@on_loop
async def test_a_known_head_before_the_answer_to_the_last_one_is_parsed() -> None:
    line = Line(echo)
    heads = heads_of(line)
    request = head(b"content-length: 1") + b"a"
    for _ in range(3):
        line.send(request)
    await line.settled()

    assert line.state.total_requests == 3
    assert heads[0] is not None
    assert heads[1:] == [None, None]
