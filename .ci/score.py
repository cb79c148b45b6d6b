"""Fails when a replay of recorded exchanges scores below what was reached before."""

import json
import sys
from pathlib import Path

LEAST = {
    "accepts": 0.97,
    "rejects": 1.0,
    "envelope": 1.0,
    "request_id": 1.0,
    "keys": 1.0,
    "stream": 1.0,
}

score = json.loads(Path(sys.argv[1]).read_text("utf-8"))
low = {k: score[k] for k, least in LEAST.items() if score[k][0] < least * score[k][1]}
print("replay below its floor:" if low else "replay at or above its floor", low or "")
sys.exit(bool(low))
