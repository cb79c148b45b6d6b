"""A run of the suite on one target, and the parts that it consists of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

from contracts.profiles import STRICT
from contracts.suite.clocks import Clock
from contracts.suite.meter import Meter
from contracts.suite.running import Target


class Session(NamedTuple):
    """What the parts of a run share. `examples` is the number of generated requests of each kind."""

    meter: Meter
    key: str
    day: dt.date
    profile: str = STRICT
    is_live: bool = False
    examples: int = 100
    seed: int = 0
    clock: Clock | None = None

    @property
    def target(self) -> Target:
        """The target, every request of which is counted."""
        return Target(self.meter, self.key, self.profile, self.clock)


class Found(NamedTuple):
    """What a part found: why it failed, or why it says nothing; and what has drifted."""

    failure: str = ""
    drift: Sequence[str] = ()
    skipped: str = ""


class Part(NamedTuple):
    """A part of the suite: what it claims, where that is known from, and how to try it.

    `requests` and `usd` say what it takes, about; a part with `skip` is not run, for that reason.
    """

    id: str
    evidence: str
    source: str
    run: Callable[[Session], Found]
    requests: int = 1
    usd: float = 0.0
    skip: str = ""
