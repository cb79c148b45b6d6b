"""Load a server for a while with all that clients do, and see whether anything grows or fails.

    python -m tests.soak [--seconds 600] [--streams 200] [--rate 40]

Small requests, an agent's, streams, files, batches, wrong requests, looks at the journal, and scripted faults in
one of twenty, beside paced streams that are always open. Loopback only; it ends by itself.

First all is filled that is bounded: the journals, and what the server remembers of headers. Then it looks at the
server once a second. It exits with 1 when memory grows by a megabyte a minute or more, descriptors grow, some stay
open when all clients have gone, or an answer is one that nobody asked for: a 5xx, none, or half a stream. In the
first minutes three megabytes in all are no growth: memory comes in arenas, and one more says nothing.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import re
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import NamedTuple

from tests.soak.load import Load

MEGABYTE = 1024 * 1024
PAGE = os.sysconf("SC_PAGE_SIZE")
SHORTEST, LONGEST = 5.0, 15.0  # seconds that a paced stream takes
# Exchanges that fill the journals of all keys, and what the guard remembers.
WARM_UP = 2_400
WARM_UP_REPLIES = 1_100
SETTLING = 30.0  # seconds until all paced streams have been open twice
WORKERS = 8
MOST_PER_MINUTE = 1.0
NO_GROWTH = 3.0
EMPTYING, PAUSE = (
    10.0,
    0.1,
)  # seconds in which a server closes what its clients have left, and between looks


class Sample(NamedTuple):
    """The server at one time: seconds since the start, bytes in memory, open descriptors."""

    at: float
    resident: int
    descriptors: int


def sample(pid: int, began: float) -> Sample:
    """Look at a process."""
    resident = int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * PAGE
    return Sample(time.monotonic() - began, resident, len(list(Path(f"/proc/{pid}/fd").iterdir())))


def slope(samples: list[Sample]) -> float:
    """Megabytes a minute, by least squares."""
    mean_at = sum(s.at for s in samples) / len(samples)
    mean = sum(s.resident for s in samples) / len(samples)
    over = sum((s.at - mean_at) * (s.resident - mean) for s in samples)
    return 60 * over / sum((s.at - mean_at) ** 2 for s in samples) / MEGABYTE


def problems(samples: list[Sample], before: Sample, after: Sample) -> list[str]:
    """What is wrong, if anything, with the samples behind the warm-up, and with those without any load."""
    found: list[str] = []
    minutes = (samples[-1].at - samples[0].at) / 60
    grown = slope(samples)
    if grown >= max(MOST_PER_MINUTE, NO_GROWTH / minutes):
        found.append(f"memory grows by {grown:.2f} MB a minute")
    half = len(samples) // 2
    first, second = (max(s.descriptors for s in part) for part in (samples[:half], samples[half:]))
    if second > first + 2 * WORKERS:
        found.append(f"descriptors grow from {first} to {second}")
    if after.descriptors > before.descriptors:
        found.append(f"{after.descriptors - before.descriptors} descriptors stay open")
    return found


class Soak:
    """One server under load."""

    def __init__(self, load: Load, pid: int, options: argparse.Namespace) -> None:
        self._load = load
        self._pid = pid
        self._options = options
        self._began = time.monotonic()
        self._end = float("inf")
        self.samples: list[Sample] = []

    async def run(self) -> list[str]:
        """Load the server, look at it once a second, and say what is wrong."""
        await self._load.small()  # what is opened once for all is there then
        before = self._now()
        streams = [asyncio.ensure_future(self._streaming()) for _ in range(self._options.streams)]
        await self._warm_up()
        self._end = time.monotonic() + SETTLING + self._options.seconds
        mixture = [self._keep(self._load.one, WORKERS / self._options.rate) for _ in range(WORKERS)]
        await asyncio.gather(*mixture, self._looking(), *streams)
        return problems(self.samples, before, await self._emptied(before))

    async def _warm_up(self) -> None:
        async def work() -> None:
            for _ in range(WARM_UP // WORKERS):
                await self._load.one()
            for _ in range(WARM_UP_REPLIES // WORKERS):
                await self._load.scripted()

        await asyncio.gather(*(work() for _ in range(WORKERS)))

    async def _streaming(self) -> None:
        await self._keep(lambda: self._load.paced(SHORTEST, LONGEST), 0.5)

    async def _keep(self, work: Callable[[], Awaitable[None]], pause: float) -> None:
        """Do it again and again, at most once in so many seconds."""
        while time.monotonic() < self._end:
            start = time.monotonic()
            await work()
            await asyncio.sleep(max(0.0, pause - (time.monotonic() - start)))

    async def _looking(self) -> None:
        async def look() -> None:
            self.samples.append(self._now())

        await asyncio.sleep(SETTLING)
        await self._keep(look, 1.0)

    async def _emptied(self, before: Sample) -> Sample:
        """The server when it has as few descriptors as before, or has been given time for that."""
        for _ in range(int(EMPTYING / PAUSE)):
            if self._now().descriptors <= before.descriptors:
                break
            await asyncio.sleep(PAUSE)
        return self._now()

    def _now(self) -> Sample:
        return sample(self._pid, self._began)


def main(arguments: list[str] | None = None) -> int:
    """Start a server, load it, stop it, report."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=600, help="beside those of the warm-up")
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--rate", type=float, default=40, help="exchanges a second beside them")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    command = [sys.executable, "-m", "mockserver", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r":(\d+) ", server.stdout.readline())
            assert found is not None
            load = Load(int(found[1]), options.seed)
            soak = Soak(load, server.pid, options)
            wrong = asyncio.run(soak.run())
        finally:
            server.terminate()
    return report(soak.samples, load, wrong, options)


def report(samples: list[Sample], load: Load, wrong: list[str], options: argparse.Namespace) -> int:
    """Print the figures; the code to exit with."""
    print(f"{options.seconds:g} s, {options.streams} paced streams open, seed {options.seed}")
    for outcome, count in sorted(load.outcomes.items()):
        print(f"  {outcome:>16} {count}")
    print(
        f"memory {samples[0].resident / MEGABYTE:.1f} MB after the warm-up, "
        f"{samples[-1].resident / MEGABYTE:.1f} MB at the end: {slope(samples):+.2f} MB a minute"
    )
    counts = [each.descriptors for each in samples]
    print(f"descriptors {min(counts)} to {max(counts)}")
    wrong = [*wrong, *(f"not asked for: {each}" for each in load.wrong[:5])]
    print("\n".join(wrong) or "nothing grows, nothing fails")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
