"""Print the body that a case sends.

python -m contracts.suite 'headers/large-body@2026-10-21' | curl ... --data-binary @-
python -m contracts.suite --cases my-cases 'greeting/polite@2026-10-21'

`messages-mock check` runs cases, and names the trials of those that fail.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from collections.abc import Sequence
from pathlib import Path

from contracts.models import nearest
from contracts.suite.cases import FOLDER, Trial, expanded, load
from contracts.suite.errors import CaseError
from contracts.suite.requests import request

USAGE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Returns the exit code: 0, or 2 when there is no such trial or its body hangs on earlier answers."""
    parser = argparse.ArgumentParser(
        prog="python -m contracts.suite",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--cases", type=Path, default=FOLDER, help="a folder or file of your own")
    parser.add_argument("trial", help="its id, as a report names it")
    options = parser.parse_args(arguments)
    try:
        body = request(_trial(options.trial, options.cases), "").body
    except CaseError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    sys.stdout.buffer.write(body)
    return 0


def _trial(name: str, place: Path) -> Trial:
    today = dt.datetime.now(dt.timezone.utc).date()
    trials = {trial.id: trial for case in load([place]) for trial in expanded(case, today)}
    if name not in trials:
        raise CaseError(f"there is no trial {name!r}{nearest(name, list(trials))}")
    return trials[name]


if __name__ == "__main__":
    sys.exit(main())
