"""One timer of the loop serves many waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from mockserver.idle import Idle


class Timer:
    def __init__(self, due: float, then: Callable[[], None]) -> None:
        self.due = due
        self.then = then
        self.is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class Loop:
    """A loop whose time passes when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Timer] = []

    def time(self) -> float:
        return self.now

    def call_later(self, seconds: float, then: Callable[[], None]) -> Timer:
        self.timers.append(Timer(self.now + seconds, then))
        return self.timers[-1]

    def forward(self, now: float) -> None:
        self.now = now
        due = [timer for timer in self.timers if timer.due <= now and not timer.is_cancelled]
        self.timers = [timer for timer in self.timers if timer.due > now]
        for timer in due:
            timer.then()


def idle(loop: Loop) -> tuple[Idle, list[float]]:
    ended: list[float] = []
    return Idle(cast("object", loop), 5.0, lambda: ended.append(loop.now)), ended  # type: ignore[arg-type]


def test_it_runs_out() -> None:
    loop = Loop()
    timer, ended = idle(loop)
    timer.start()
    loop.forward(4.9)
    assert ended == []
    loop.forward(5.0)
    assert ended == [5.0]


def test_a_wait_that_is_started_anew_ends_later_and_needs_no_other_timer() -> None:
    loop = Loop()
    timer, ended = idle(loop)
    for now in (0.0, 1.0, 2.0):
        loop.forward(now)
        timer.cancel()
        timer.start()
        assert len(loop.timers) == 1
    loop.forward(5.0)
    assert ended == []
    loop.forward(7.0)
    assert ended == [7.0]


def test_a_wait_that_is_cancelled_does_not_end_and_another_can_begin() -> None:
    loop = Loop()
    timer, ended = idle(loop)
    timer.start()
    timer.cancel()
    loop.forward(5.0)
    assert (ended, loop.timers) == ([], [])
    timer.start()
    loop.forward(10.0)
    assert ended == [10.0]


def test_nothing_is_left_in_the_loop_of_a_timer_that_is_stopped() -> None:
    loop = Loop()
    timer, _ = idle(loop)
    timer.stop()
    timer.start()
    timer.stop()
    assert [each.is_cancelled for each in loop.timers] == [True]
