"""Print the body of a trial's request, for requests that are too long for a curl line.

python -m contracts.suite 'sizes/too-long[claude-opus-5]@2026-10-21' | curl ... --data-binary @-
"""

from __future__ import annotations

import sys

from contracts.models import as_of, nearest
from contracts.suite.cases import expanded, load
from contracts.suite.requests import request

USAGE = 2


def main(arguments: list[str]) -> int:
    """Write the body of the trial that is named. Returns the exit code: 0, or 2 for an unknown name."""
    trials = {trial.id: trial for case in load() for trial in expanded(case, as_of())}
    name = arguments[0] if arguments else ""
    if name not in trials:
        sys.stderr.write(f"there is no trial {name!r}{nearest(name, list(trials))}\n")
        return USAGE
    sys.stdout.buffer.write(request(trials[name], "").body)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
