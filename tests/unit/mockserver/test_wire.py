"""Whole requests on uvicorn's protocol: how they are answered, and what still runs in a task."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

import pytest
import uvicorn
from uvicorn.protocols.http import httptools_impl

from mockserver.cycle import WHOLE
from mockserver.rounds import turn
from mockserver.wire import SMALL
from tests.unit.mockserver.lines import (
    PATH,
    Line,
    answer,
    echo,
    head,
    lines,
    on_loop,
    respond,
    slow,
)


@on_loop
async def test_a_whole_request_is_answered_in_one_write_without_a_task() -> None:
    line = Line(echo)
    line.send(head(b"content-length: 5") + b"hello")
    assert line.written == b""
    await asyncio.sleep(0)

    assert (line.written, line.writes, line.state.tasks) == (answer(b"hello"), 1, set())


@on_loop
async def test_the_rest_of_a_body_is_waited_for() -> None:
    line = Line(echo)
    line.send(head(b"content-length: 5") + b"he")
    await line.settled()
    assert line.written == b""
    line.send(b"llo")
    await line.settled()

    assert line.written == answer(b"hello")


@pytest.mark.parametrize(
    "request_bytes",
    [
        pytest.param(head(b"content-length: 0", path="/other"), id="other_path"),
        pytest.param(head(method=b"GET"), id="other_method"),
        pytest.param(head(b"content-length: 0", path=f"{PATH}?a=b"), id="other_query"),
        pytest.param(head(b"content-length: 0", b"expect: 100-continue"), id="expect"),
        pytest.param(
            head(b"content-length: 0", b"connection: upgrade", b"upgrade: a"), id="upgrade"
        ),
    ],
)
@on_loop
async def test_other_requests_run_in_a_task(request_bytes: bytes) -> None:
    line = Line(echo)
    line.send(request_bytes)
    assert line.written == b""
    await line.settled()

    assert line.written.endswith(answer(b""))


@on_loop
async def test_an_answer_that_waits_goes_on_in_a_task() -> None:
    line = Line(slow)
    line.send(head(b"content-length: 0"))
    await asyncio.sleep(0)
    assert len(line.state.tasks) == 1
    await line.settled()

    assert line.written == answer(b"True")
    assert line.state.tasks == set()


@pytest.mark.parametrize(
    ("count", "size", "has_company"), [(3, SMALL, True), (3, SMALL + 1, False), (2, 0, False)]
)
@on_loop
async def test_small_requests_of_one_round_take_turns(
    count: int, size: int, has_company: bool
) -> None:
    seen: list[object] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        whole = scope["extensions"][WHOLE]
        seen.append(whole.has_company)
        if whole.has_company:
            await turn()
        seen.append("on")
        await respond(scope)

    several = lines(app, count)
    for line in several:
        line.send(head(b"content-length: %d" % size) + b"x" * size)
    await several[0].settled()

    alone: list[object] = [has_company, "on"]
    assert seen == ([True] * 3 + ["on"] * 3 if has_company else alone * count)
    assert [line.written for line in several] == [answer(b"body")] * count


@on_loop
async def test_a_request_that_goes_on_in_a_task_has_no_company() -> None:
    seen: list[bool] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        whole = scope["extensions"][WHOLE]
        await turn()
        await asyncio.sleep(0)
        seen.append(whole.has_company)
        await slow(scope, receive, send)

    several = lines(app, 3)
    for line in several:
        line.send(head(b"content-length: 0"))
    await several[0].settled()

    assert seen == [False] * 3
    assert [line.written for line in several] == [answer(b"True")] * 3


@on_loop
async def test_an_answer_that_waits_can_be_cancelled() -> None:
    seen: list[BaseException] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError as error:
            seen.append(error)
        await respond(scope)

    line = Line(app)
    line.send(head(b"content-length: 0"))
    await line.settled()
    for task in line.state.tasks:
        task.cancel()
    await line.settled()

    assert (len(seen), line.written, line.state.tasks) == (1, answer(b"body"), set())


@on_loop
async def test_pipelined_requests_are_answered_in_order() -> None:
    line = Line(echo)
    line.send(b"".join(head(b"content-length: 1") + b"%d" % number for number in range(3)))
    await line.settled()

    assert line.written == answer(b"0") + answer(b"1") + answer(b"2")


@on_loop
async def test_a_body_whose_rest_comes_before_its_round_is_whole() -> None:
    line = Line(echo)
    line.send(head(b"content-length: 5") + b"he")
    line.send(b"l")
    line.send(b"lo")
    await asyncio.sleep(0)

    assert (line.written, line.state.tasks) == (answer(b"hello"), set())


@on_loop
async def test_a_connection_has_one_timer_for_all_its_waits() -> None:
    line = Line(echo)
    for _ in range(3):
        line.send(head(b"content-length: 1") + b"a")
        await line.settled()
    timer = line.protocol.timeout_keep_alive_task
    line.send(head(b"content-length: 1") + b"a")
    await line.settled()
    assert timer is not None
    assert line.protocol.timeout_keep_alive_task is timer
    assert line.state.total_requests == 4
    line.protocol.connection_lost(None)
    assert line.protocol.timeout_keep_alive_task is None


@on_loop
async def test_who_receives_again_waits_for_the_end() -> None:
    kinds: list[str] = []

    async def curious(scope: Any, receive: Any, send: Any) -> None:
        kinds.append((await receive())["type"])
        kinds.append((await receive())["type"])

    line = Line(curious)
    line.send(head(b"content-length: 1") + b"a")
    await line.settled()
    assert kinds == ["http.request"]
    line.protocol.connection_lost(None)
    await line.settled()
    assert kinds == ["http.request", "http.disconnect"]


@on_loop
async def test_a_body_behind_its_head_is_waited_for() -> None:
    line = Line(echo)
    line.send(head(b"content-length: 2"))
    await line.settled()
    assert line.written == b""
    line.send(b"ab")
    await line.settled()
    assert line.written == answer(b"ab")


@on_loop
async def test_a_body_in_pieces_that_came_together_is_whole() -> None:
    line = Line(echo)
    chunked = head(b"transfer-encoding: chunked") + b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    line.send(chunked)
    await line.settled()
    assert line.written == answer(b"abc")


@on_loop
async def test_the_body_is_given_once_and_without_waiting() -> None:
    taken: list[bytes | None] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        whole = scope["extensions"][WHOLE]
        taken.extend((whole.taken(), whole.taken()))
        await respond(scope)

    line = Line(app)
    line.send(head(b"content-length: 2") + b"ab")
    await line.settled()

    assert taken == [b"ab", None]


def test_uvicorn_has_what_is_built_on() -> None:
    """All of these are used or replaced; a uvicorn without one of them needs another look at wire.py."""
    cycle = inspect.getsource(httptools_impl.RequestResponseCycle)
    protocol = inspect.getsource(httptools_impl.HttpToolsProtocol)
    parts = {
        "flow.write_paused": cycle,
        "self.default_headers": cycle,
        "self.on_response()": cycle,
        "self.message_event = message_event": cycle,
        "self.message_event.set()": cycle,
        "cycle.run_asgi(app)": protocol,
        "existing_cycle is None or existing_cycle.response_complete": protocol,
        "self.cycle.body += body": protocol,
        "self.scope = {": protocol,
        "scope=self.scope": protocol,
        "task.add_done_callback(self.tasks.discard)": protocol,
    }
    missing = [part for part, source in parts.items() if part not in source]

    assert missing == [], f"uvicorn {uvicorn.__version__} has changed: look at wire.py again"
    assert httptools_impl.STATUS_LINE[200] == b"HTTP/1.1 200 OK\r\n"
