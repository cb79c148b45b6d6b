"""The clock: real by default, shifted when asked, moved without waiting."""

from __future__ import annotations

import datetime as dt

import pytest

from mockserver import clock as module
from mockserver.clock import Clock, day


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> dt.datetime:
    """Real time stands still at a moment that is known."""
    moment = dt.datetime(2026, 11, 22, 13, 30, 15, tzinfo=dt.timezone.utc)
    monkeypatch.setattr(module.time, "time", moment.timestamp)
    return moment


def test_clock_shows_real_time(stopped: dt.datetime) -> None:
    clock = Clock()
    assert clock.seconds() == stopped.timestamp()
    assert clock.now() == stopped
    assert clock.today() == stopped.date()


def test_clock_starts_at_midnight_of_its_day(
    stopped: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock(dt.date(2024, 2, 29))
    assert clock.now() == dt.datetime(2024, 2, 29, tzinfo=dt.timezone.utc)
    later = stopped + dt.timedelta(seconds=90)
    monkeypatch.setattr(module.time, "time", later.timestamp)
    assert clock.now() == dt.datetime(2024, 2, 29, 0, 1, 30, tzinfo=dt.timezone.utc)


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0, (2024, 2, 28)), (86_399, (2024, 2, 28)), (86_400, (2024, 2, 29)), (-1, (2024, 2, 27))],
)
@pytest.mark.usefixtures("stopped")
def test_forward_moves_the_day_at_midnight(seconds: int, expected: tuple[int, int, int]) -> None:
    clock = Clock(dt.date(2024, 2, 28))
    clock.forward(seconds)
    assert clock.today() == dt.date(*expected)
    assert clock.today() == clock.now().date()


def test_day_reads_a_date() -> None:
    assert day("2026-11-22") == dt.date(2026, 11, 22)


@pytest.mark.parametrize("text", ["", "soon", "2026-13-01", "2026-02-30", "22.11.2026"])
def test_day_shows_the_form_that_it_wants(text: str) -> None:
    with pytest.raises(ValueError, match="is not a day in the form YYYY-MM-DD") as caught:
        day(text)
    assert repr(text) in str(caught.value)


@pytest.mark.usefixtures("stopped")
def test_a_clock_of_its_own_goes_with_the_other_and_is_moved_alone() -> None:
    base = Clock(dt.date(2026, 1, 1))
    own = base.own()
    assert own.now() == base.now()
    base.forward(60)
    own.forward(5)
    assert own.seconds() - base.seconds() == 5
    own.set(dt.datetime(2030, 1, 1, tzinfo=dt.timezone.utc))
    assert own.today() == dt.date(2030, 1, 1)
    assert base.today() == dt.date(2026, 1, 1)
