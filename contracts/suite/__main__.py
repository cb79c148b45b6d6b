"""Try cases on a target, or print what one of them sends.

python -m contracts.suite --target https://api.anthropic.com output/region-unsupported thinking/
                         the trials whose ids begin so, with the key in ANTHROPIC_API_KEY
python -m contracts.suite --body 'headers/large-body@2026-10-21' | curl ... --data-binary @-

Trials that are not marked `live: safe` are left out unless --unsafe is given.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
from collections.abc import Sequence
from contextlib import closing

from contracts.models import nearest
from contracts.suite.cases import Trial, expanded, load
from contracts.suite.requests import request
from contracts.suite.running import Target, run
from contracts.suite.transports import Http

FOUND = 1
USAGE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0, 1 when a trial differs, 2 when none is meant or the key is missing."""
    parser = argparse.ArgumentParser(prog="python -m contracts.suite", description=__doc__)
    parser.add_argument("--target", help="base URL of a Messages API")
    parser.add_argument("--body", action="store_true", help="print the body of the one trial")
    parser.add_argument("--unsafe", action="store_true", help="also what is not safe to try live")
    parser.add_argument("names", nargs="+", help="ids of trials, or how they begin")
    options = parser.parse_args(arguments)
    trials = _meant(options.names)
    if not trials:
        return _refused(f"there is no trial {options.names[0]!r}{_hint(options.names[0])}")
    if options.body:
        sys.stdout.buffer.write(request(trials[0], "").body)
        return 0
    key = os.environ.get("ANTHROPIC_API_KEY")
    if not options.target or not key:
        return _refused("--target is needed, and a key in ANTHROPIC_API_KEY")
    safe = [t for t in trials if options.unsafe or t.case.fields["live"] == "safe"]
    with closing(Http(options.target)) as transport:
        return _tried(safe, Target(transport, key))


def _all() -> list[Trial]:
    today = dt.datetime.now(dt.timezone.utc).date()
    return [trial for case in load() for trial in expanded(case, today)]


def _meant(names: Sequence[str]) -> list[Trial]:
    return [trial for trial in _all() if trial.id.startswith(tuple(names))]


def _hint(name: str) -> str:
    return nearest(name, [trial.id for trial in _all()])


def _refused(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return USAGE


def _tried(trials: list[Trial], target: Target) -> int:
    outcomes = [run(trial, target) for trial in trials]
    failed = [outcome for outcome in outcomes if outcome.differences]
    for outcome in failed:
        sys.stdout.write(f"{outcome.report()}\n")
    sys.stdout.write(f"{len(trials) - len(failed)} of {len(trials)} trials as expected\n")
    return FOUND if failed else 0


if __name__ == "__main__":
    sys.exit(main())
