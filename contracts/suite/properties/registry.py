"""The register of properties, and how one becomes a part of a run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from contracts.derive import VERSIONS
from contracts.findings import Finding
from contracts.suite.running import sorted_out
from contracts.suite.session import Found, Part, Session
from contracts.suite.talk import Talk, UnmetError

# What is wrong, in the order in which it was found.
Claim = Callable[[Talk], Iterator[Finding | str]]
# A small request to a small model, at most (docs: Pricing).
USD_OF_A_REQUEST = 0.0005


class Property(NamedTuple):
    """A claim about a target."""

    id: str
    claim: Claim
    evidence: str
    source: str
    requests: int
    is_safe: bool


PROPERTIES: list[Property] = []


def claims(
    name: str, source: str, *, evidence: str = "documented", requests: int, is_safe: bool = True
) -> Callable[[Claim], Claim]:
    """Register a claim; `is_safe` when it may be tried on the live API: it is cheap and leaves nothing."""

    def register(claim: Claim) -> Claim:
        PROPERTIES.append(Property(name, claim, evidence, source, requests, is_safe))
        return claim

    return register


def part_of(own: Property, *, is_live: bool) -> Part:
    """A property as a part of a run: under both versions, on the live API under the newest."""
    versions = VERSIONS[-1:] if is_live else VERSIONS

    def run(session: Session) -> Found:
        found = [_tried(own, session, version) for version in versions]
        failures = [each.failure for each in found if each.failure]
        return Found("\n".join(failures), [text for each in found for text in each.drift])

    requests = own.requests * len(versions)
    skip = "" if own.is_safe or not is_live else "not for the live API"
    usd = requests * USD_OF_A_REQUEST
    return Part(own.id, own.evidence, own.source, run, requests, usd, skip)


def _tried(own: Property, session: Session, version: str) -> Found:
    talk = Talk(session, version)
    found: list[Finding | str] = []
    try:
        found += own.claim(talk)
    except UnmetError as error:
        found.append(str(error))
    failures, drift = sorted_out([*talk.findings, *found], session.profile)
    told = list(dict.fromkeys(failures))
    if not told:
        return Found(drift=list(dict.fromkeys(drift)))
    differs = "\n".join(f"  differs   {text}" for text in told)
    head = f"{own.id}@{version} ({own.evidence}: {own.source})\n"
    return Found(f"{head}{differs}\n  request   {talk.last}", list(dict.fromkeys(drift)))
