"""What a client did about failures, judged from the journal: requests that are the same are attempts of one.

retried-refusal     a request went out again after an answer that says that this can't help
ignored-retry-after an attempt came sooner than the answer before it had asked for
no-backoff          retries came at once, one after the other
retry-storm         one request went out very often
truncated-accepted  an answer broke off and nobody asked again; a finding only where a test says that it is one
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple, Protocol

from mockserver.faults import HARMLESS
from mockserver.journal import COMPLETE

# policy: the official clients wait 375 ms at the least, and ask three times
SOONEST_SECONDS = 0.1
MOST_ATTEMPTS = 10
# A client's clock and the way to it are allowed so much.
TOLERANCE_SECONDS = 0.01
FAILED = 400
LEFT = "client left"
# How the end of an answer begins that is whole: nobody has to ask for it again.
WHOLE = (COMPLETE, *(f"fault {kind} " for kind in HARMLESS))
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


class Attempt(Protocol):
    """What of a journal's record is judged. `told` are the headers of an error."""

    @property
    def number(self) -> int: ...
    @property
    def method(self) -> str: ...
    @property
    def path(self) -> str: ...
    @property
    def body(self) -> bytes | None: ...
    @property
    def at(self) -> float: ...
    @property
    def seconds(self) -> float: ...
    @property
    def status(self) -> int: ...
    @property
    def ended(self) -> str: ...
    @property
    def told(self) -> Mapping[str, str]: ...


class Finding(NamedTuple):
    """Something that a client should not have done. `requests` are the numbers of the attempts in the journal."""

    kind: str
    requests: tuple[int, ...]
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.text} (requests {', '.join(map(str, self.requests))})"


def judged(attempts: Iterable[Attempt], *, truncated: bool = False) -> list[Finding]:
    """All findings, by the first attempt of each. `truncated` makes one of broken answers that nobody asked again."""
    return [
        finding for group in _groups(attempts) for finding in _of_group(group, truncated=truncated)
    ]


def _groups(attempts: Iterable[Attempt]) -> list[list[Attempt]]:
    """The attempts of each request: the same bytes again, after an attempt that failed."""
    groups: list[list[Attempt]] = []
    latest: dict[tuple[str, bytes], list[Attempt]] = {}
    for attempt in attempts:
        # A body that was too large for the journal is not known to be the same; reads may be repeated.
        if attempt.body is None or attempt.method != "POST":
            continue
        key = attempt.path, attempt.body
        group = latest.get(key)
        if group is None or _is_good(group[-1]):
            group = latest[key] = []
            groups.append(group)
        group.append(attempt)
    return groups


def _is_good(attempt: Attempt) -> bool:
    return attempt.status < FAILED and attempt.ended.startswith(WHOLE)


def _of_group(group: list[Attempt], *, truncated: bool) -> Iterator[Finding]:
    for before, after in pairwise(group):
        numbers = before.number, after.number
        wait = after.at - before.at - before.seconds
        asked = _asked_wait(before.told)
        if before.told.get("x-should-retry") == "false":
            text = f"sent again after {before.status}, which is not to be retried"
            yield Finding("retried-refusal", numbers, text)
        if asked is not None and wait < asked - TOLERANCE_SECONDS:
            text = f"sent again after {wait:.2f} s, where {asked:g} s were asked for"
            yield Finding("ignored-retry-after", numbers, text)
    yield from _pace(group)
    last = group[-1]
    is_broken = last.status < FAILED and not _is_good(last) and not last.ended.startswith(LEFT)
    if truncated and is_broken:
        text = f"the answer ended with {last.ended!r} and was not asked for again"
        yield Finding("truncated-accepted", (last.number,), text)


def _pace(group: list[Attempt]) -> Iterator[Finding]:
    numbers = tuple(attempt.number for attempt in group)
    waits = [after.at - before.at - before.seconds for before, after in pairwise(group)]
    quick = [
        wait
        for wait, before in zip(waits, group, strict=False)
        if wait < SOONEST_SECONDS and _asked_wait(before.told) is None
    ]
    if len(quick) > 1:
        text = f"{len(quick)} retries came within {SOONEST_SECONDS:g} s of the failure before them"
        yield Finding("no-backoff", numbers, text)
    if len(group) > MOST_ATTEMPTS:
        text = f"{len(group)} attempts at one request"
        yield Finding("retry-storm", numbers, text)


def _asked_wait(told: Mapping[str, str]) -> float | None:
    """Seconds that an error asks to wait; a date is not counted with."""
    for name, unit in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = told.get(name, "")
        if _NUMBER.fullmatch(value):
            return float(value) * unit
    return None
