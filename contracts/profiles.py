"""How strictly findings are taken.

strict     every finding is a failure: for a server that claims to answer exactly as the contract says
tolerant   what the API may do without notice (docs: Versions) is drift, told but no failure: for the live API
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from contracts.findings import Finding

STRICT: Final = "strict"
TOLERANT: Final = "tolerant"
PROFILES: Final = (STRICT, TOLERANT)


class Judged(NamedTuple):
    """Findings, told apart."""

    failures: list[Finding]
    drift: list[Finding]


def judged(findings: Iterable[Finding], profile: str = STRICT) -> Judged:
    """Which findings are failures under a profile, and which are drift."""
    every = list(findings)
    drift = [finding for finding in every if profile == TOLERANT and finding.is_drift]
    return Judged([finding for finding in every if finding not in drift], drift)
