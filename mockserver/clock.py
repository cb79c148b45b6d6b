"""Time as the server sees it: injectable, so that lifecycles can be tested without waiting."""

from __future__ import annotations

import datetime as dt
import time

UNIX_EPOCH = dt.date(1970, 1, 1).toordinal()


class Clock:
    """The present, or a present that starts on a given day and runs on from there."""

    def __init__(self, start: dt.date | None = None) -> None:
        self.shift = 0.0
        self._number, self._today = 0, dt.date.fromordinal(UNIX_EPOCH)
        if start is not None:
            midnight = dt.datetime.combine(start, dt.time(), dt.timezone.utc)
            self.shift = midnight.timestamp() - time.time()

    def seconds(self) -> float:
        """Seconds since 1970 in UTC."""
        return time.time() + self.shift

    def now(self) -> dt.datetime:
        """The time in UTC."""
        return dt.datetime.fromtimestamp(self.seconds(), dt.timezone.utc)

    def today(self) -> dt.date:
        """The day in UTC, by which model lifecycles are judged."""
        number = int(self.seconds() // 86_400)
        if number != self._number:
            self._number, self._today = number, dt.date.fromordinal(UNIX_EPOCH + number)
        return self._today

    def forward(self, seconds: float) -> None:
        """Let time pass."""
        self.shift += seconds

    def set(self, now: dt.datetime) -> None:
        """Let it be another time, from which it runs on."""
        self.shift += now.timestamp() - self.seconds()

    def own(self) -> Clock:
        """A clock that goes with this one and can be moved by itself."""
        return _Own(self)


class _Own(Clock):
    def __init__(self, base: Clock) -> None:
        super().__init__()
        self._base = base

    def seconds(self) -> float:
        return time.time() + self._base.shift + self.shift


def day(text: str) -> dt.date:
    """Parse YYYY-MM-DD. Raises ValueError that shows the form."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a day in the form YYYY-MM-DD") from error
