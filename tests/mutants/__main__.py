"""Run the suite on every wrong server and print what noticed it.

python -m tests.mutants                 until each is noticed for the first time
python -m tests.mutants --all           the whole suite on each, and how many parts noticed it (minutes)
python -m tests.mutants NAME ...        some of them
"""

from __future__ import annotations

import argparse
import sys

from tabulate import tabulate

from tests.mutants.catching import Caught, caught
from tests.mutants.every import MUTANTS


def main() -> int:
    """Print the table; the exit code is 1 when a mutant got through."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--all", action="store_true", help="run the whole suite on each")
    options = parser.parse_args()
    chosen = [each for each in MUTANTS if not options.names or each.name in options.names]
    found = [caught(each, is_whole=options.all) for each in chosen]
    print(tabulate([_row(each) for each in found], headers=("mutant", "caught by", "because")))
    missed = [each.mutant.name for each in found if not each.by]
    print(f"{len(found) - len(missed)} of {len(found)} caught")
    return min(len(missed), 1)


def _row(found: Caught) -> tuple[str, str, str]:
    more = f" and {len(found.by) - 1} more" if len(found.by) > 1 else ""
    return (found.mutant.name, f"{next(iter(found.by), 'NOTHING')}{more}", found.because[:110])


if __name__ == "__main__":
    sys.exit(main())
