"""Pacing: when each frame is due, what a client that leaves stops, and that time is not lost."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from mockserver import pacing as module
from mockserver.incoming import ClientLeftError
from mockserver.pacing import Due, Packed, Pulse, is_slow, paced, pacing_of, schedule, seed_of
from mockserver.scripts.model import Pacing
from mockserver.settings import Settings
from mockserver.streaming import framed, frames
from tests.unit.mockserver.streams import said, text

STREAM = framed(said(text("The quick brown fox. " * 40)), 0)
DELTAS = STREAM.count(b"event: content_block_delta")


class Virtual(Pulse):
    """Time that passes only when it is waited for; the client leaves at `leaves`."""

    def __init__(self, leaves: float = 1e9) -> None:
        self.time = 0.0
        self.leaves = leaves
        self.waits = 0
        self.is_stopped = False
        self.least = 0.0

    @property
    def shortest(self) -> float:
        return self.least

    def now(self) -> float:
        return self.time

    async def wait(self, seconds: float) -> None:
        self.waits += 1
        self.time += seconds
        if self.time >= self.leaves:
            raise ClientLeftError

    def stop(self) -> None:
        self.is_stopped = True


def dues(pacing: Pacing, tokens: int = 100, seed: int = 0, stream: bytes = STREAM) -> list[Due]:
    return list(schedule(stream, tokens, pacing, seed))


def sent(steps: Iterator[Due], pulse: Pulse) -> list[tuple[float, bytes]]:
    async def collect() -> list[tuple[float, bytes]]:
        return [(pulse.now(), part) async for part in paced(steps, pulse, lambda: None)]

    return asyncio.run(collect())


def test_frames_keep_their_bytes_and_order() -> None:
    found = dues(Pacing(1.0, 50.0, 0.3))
    assert b"".join(due.frames for due in found) == STREAM
    times = [due.seconds for due in found]
    assert times == sorted(times)


def test_the_first_token_and_the_others_have_their_time() -> None:
    found = dues(Pacing(2.0, 50.0))
    assert [due.seconds for due in found[:3]] == [0, 0, 0]
    assert found[2].frames == module.PING
    assert found[3].seconds == pytest.approx(2 + 2 / DELTAS)
    assert found[-1].seconds == pytest.approx(2 + 100 / 50)
    assert found[-1].frames.startswith(b"event: message_stop")


def test_only_the_first_token_waits_without_a_rate() -> None:
    assert {due.seconds for due in dues(Pacing(2.0))} == {0, 2}


def test_an_answer_without_deltas_comes_at_once() -> None:
    stream = framed(said(), 0)
    found = dues(Pacing(2.0, 50.0), stream=stream)
    assert found == [Due(0.0, frame) for frame in frames(stream)]


def test_nothing_is_scheduled_of_nothing() -> None:
    assert dues(Pacing(1.0), stream=b"") == []


def test_a_stream_that_waits_takes_little_room() -> None:
    stream = framed(said(text("The quick brown fox. " * 400), model="claude-haiku-4-5"), 0)
    packed = Packed(stream)
    assert b"".join(packed) == stream
    assert sum(map(len, packed._parts)) < len(stream) / 4


def test_jitter_follows_from_the_seed_and_keeps_its_share() -> None:
    plain, one, same, other = (
        [due.seconds for due in dues(Pacing(1.0, 10.0, jitter), seed=seed)]
        for jitter, seed in ((0.0, 1), (0.5, 1), (0.5, 1), (0.5, 2))
    )
    assert one == same
    assert len({tuple(plain), tuple(one), tuple(other)}) == 3
    assert one[-1] == pytest.approx(plain[-1], rel=0.3)
    steps = [b - a for a, b in zip(one[4:], one[5:], strict=False)]
    mean = 10 / DELTAS
    assert all(0.5 * mean - 1e-9 <= step <= 1.5 * mean + 1e-9 for step in steps if step)


def test_the_seed_of_a_message_is_its_own() -> None:
    assert seed_of(0, "msg_1") == seed_of(0, "msg_1")
    assert len({seed_of(0, "msg_1"), seed_of(1, "msg_1"), seed_of(0, "msg_2")}) == 3


@pytest.mark.parametrize(
    ("pacing", "slow"),
    [(Pacing(), False), (Pacing(jitter=1.0), False), (Pacing(0.1), True), (Pacing(0, 9.0), True)],
)
def test_only_what_waits_is_slow(pacing: Pacing, slow: bool) -> None:  # a parameter
    assert is_slow(pacing) is slow
    settings = Settings(
        ttft=pacing.first_token,
        tokens_per_second=pacing.tokens_per_second,
        jitter=pacing.jitter,
    )
    assert pacing_of(settings) == (pacing if slow else None)


def test_frames_are_sent_when_they_are_due() -> None:
    found = sent(schedule(STREAM, 100, Pacing(2.0, 50.0), 0), Virtual())
    assert b"".join(part for _, part in found) == STREAM
    assert [time for time, _ in found][:2] == [0, pytest.approx(2 + 2 / DELTAS)]
    assert found[-1][0] == pytest.approx(4)


def test_late_frames_come_together() -> None:
    pulse = Virtual()
    steps = iter([Due(1.0, b"a"), Due(1.001, b"b"), Due(1.0, b"c"), Due(5.0, b"d")])
    assert sent(steps, pulse) == [(pytest.approx(1.0), b"abc"), (pytest.approx(5.0), b"d")]
    assert pulse.waits == 2


def test_a_long_silence_is_broken_by_pings() -> None:
    found = sent(iter([Due(0.0, b"a"), Due(25.0, b"b")]), Virtual())
    assert found == [(0, b"a"), (10, module.PING), (20, module.PING), (25, b"b")]


def test_many_streams_get_more_at_a_time() -> None:
    pulse = Virtual()
    pulse.least = 0.5
    found = sent(schedule(STREAM, 100, Pacing(2.0, 50.0), 0), pulse)
    assert b"".join(part for _, part in found) == STREAM
    assert pulse.waits < 8
    assert found[-1][0] == pytest.approx(4, abs=0.5)


def test_a_client_that_leaves_ends_the_work_at_once() -> None:
    pulse = Virtual(leaves=3.0)
    with pytest.raises(ClientLeftError):
        sent(schedule(STREAM, 100, Pacing(2.0, 10.0), 0), pulse)
    assert pulse.time < 4


def test_a_real_pulse_notices_the_client() -> None:
    async def run() -> float:
        gone = asyncio.Event()

        async def left() -> None:
            await gone.wait()

        pulse = Pulse(left)
        before = pulse.now()
        await pulse.wait(0.001)
        assert pulse.shortest == module.SHARE
        asyncio.get_running_loop().call_later(0.001, gone.set)
        for _ in range(2):
            with pytest.raises(ClientLeftError):
                await pulse.wait(100)
        pulse.stop()
        assert pulse.shortest == 0
        return pulse.now() - before

    assert asyncio.run(run()) < 50


def test_a_client_that_left_before_there_was_anything_to_wait_for() -> None:
    async def run() -> None:
        async def left() -> None:
            return

        pulse = Pulse(left)
        await asyncio.sleep(0.01)
        with pytest.raises(ClientLeftError):
            await pulse.wait(100)
        pulse.stop()

    asyncio.run(run())
