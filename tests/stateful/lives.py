"""What all machines have in common: a disk that is restarted or crashes, and a clock that goes forward."""

from __future__ import annotations

import datetime as dt
import itertools

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from mockserver.clock import Clock
from mockserver.ids import Ids
from tests.stateful.disk import Disk

DAY = 86_400.0
OWNER = "me"


class Lives(RuleBasedStateMachine):
    """A machine on a store. `shelf` opens anew what is tried."""

    def __init__(self) -> None:
        super().__init__()
        self.disk = Disk()
        self.clock = Clock(dt.date(2026, 11, 22))
        # Time passes when the machine says so, and a little from one reading to the next.
        self.now = 1_000_000.0
        self.ticks = itertools.count(1)
        self.clock.seconds = lambda: self.now + next(self.ticks) / 1_000_000  # type: ignore[method-assign] # a clock of the test
        self.shelf()

    def shelf(self) -> None:
        """Open what is tried, on the store as it is now."""
        raise NotImplementedError

    def ids(self) -> Ids:
        """Ids as a workspace draws them after so many starts."""
        return Ids(0, f"key:{self.disk.store.starts}")

    @rule(days=st.sampled_from([0.05, 0.1, 0.5, 1.0, 40.0, 100.0]))
    def clock_forward(self, days: float) -> None:
        self.now += days * DAY

    @rule()
    def restart(self) -> None:
        self.disk.restart()
        self.shelf()

    @rule()
    def crash(self) -> None:
        self.disk.crash()
        self.shelf()

    @rule()
    def leave_a_draft(self) -> None:
        self.disk.store.draft().write(b"half an upload")

    def teardown(self) -> None:
        self.disk.remove()
