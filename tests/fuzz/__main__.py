"""Fuzz the mock for longer than the tests do.

python -m tests.fuzz --examples 10000              every check, with a new seed, which is printed
python -m tests.fuzz --check any-edit --seed 7     one check, the same examples again
"""

from __future__ import annotations

import argparse
import logging
import random
import sys
import time

from hypothesis import HealthCheck, given, seed, settings

from contracts.models import as_of
from contracts.suite.running import Target
from contracts.suite.shelf import shelf
from contracts.suite.transports import InProcess
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.fuzz.checks import HITS, NAMES, Check, checks


def main() -> int:
    """Run the checks; the exit code is 1 when one of them found something."""
    options = _options()
    logging.getLogger("mockserver").setLevel(logging.CRITICAL)
    target = Target(InProcess(create_app(Settings(now=as_of()))), "sk-ant-fuzz")
    print(f"seed {options.seed}")
    found = 0
    with shelf(target.send, target.key) as files:
        for name in options.check or NAMES:
            start = time.perf_counter()
            error = _run(checks(files)[name], target, options.examples, options.seed)
            print(f"{name}: {error or 'nothing found'} ({time.perf_counter() - start:.0f} s)")
            found += error is not None
    print(f"{len(HITS)} outcomes:")
    for rule, count in HITS.most_common():
        print(f"  {count:6} {rule}")
    return min(found, 1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--examples", type=int, default=10_000, help="of each check")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6))
    parser.add_argument("--check", action="append", choices=sorted(NAMES), help="repeatable")
    return parser.parse_args()


def _run(check: Check, target: Target, examples: int, number: int) -> BaseException | None:
    @seed(number)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(check.examples)
    def run(example: object) -> None:
        check.holds(target, example)

    try:
        run()
    except Exception as error:  # noqa: BLE001 # whatever a check raises is its finding
        return error
    return None


if __name__ == "__main__":
    sys.exit(main())
