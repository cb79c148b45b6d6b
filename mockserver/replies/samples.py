"""A value that is valid under a JSON Schema, the same one each time: inputs of tools, structured output.

It is built from what the prompt offers, then judged by a JSON Schema validator. Where it is not valid, what was
chosen at the places to blame is chosen otherwise, one place after the other; then the same is tried with the
schema in canonical form. The schema is the user's: work and size are bounded, and the best value found is given.
"""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any, TypeAlias

from mockserver.replies.building import Builder
from mockserver.replies.checking import canonical, validator
from mockserver.replies.hints import NOTHING, Hints
from mockserver.replies.places import Place
from mockserver.replies.settling import place_of

if TYPE_CHECKING:
    from jsonschema_rs import Validator

MOST_TRIES = 60
# All values built for one sample, those inside others included.
MOST_BUILT = 30_000
MOST_FAULTS = 20
# By how many changed choices those away from the places to blame come later.
_FAR = 2
# Faults, how much is chosen otherwise, when it was built; what was chosen, and the changes to try on it.
_Changes: TypeAlias = "tuple[int, int, int, dict[str, int], Iterator[tuple[str, int]]]"


def sample(schema: Any, hints: Hints = NOTHING, *, is_complete: bool = False) -> Any:
    """A value for the schema. With `is_complete` it has the optional members of its objects, too."""
    judge = validator(schema)
    if judge is not None:
        for ready in hints.objects:
            if ready and judge.is_valid(ready):
                return ready
    search = _Search(judge, hints, is_complete=is_complete)
    if search.tries(schema) or judge is None:
        return search.best
    # What the prompt offers is what most often doesn't fit.
    bare = _Search(judge, NOTHING, is_complete=False)
    if bare.tries(canonical(schema)) or bare.tries(schema):
        return bare.best
    return min((search, bare), key=lambda each: len(each.faults or ())).best


class _Search:
    """Builds values until one has no fault, each from what an earlier one has chosen and one other choice.

    What has the fewest faults is changed first; of those alike, what has the fewest choices changed. Choices that have
    nothing to do with a fault wait until two that have were changed at once.
    """

    def __init__(self, judge: Validator | None, hints: Hints, *, is_complete: bool) -> None:
        self._judge = judge
        self._hints = hints
        self._is_complete = is_complete
        self.best: Any = None
        self.faults: list[str] | None = None
        self._built = 0
        self._met: set[frozenset[tuple[str, int]]] = set()
        self._waiting: list[_Changes] = []

    def tries(self, schema: Any) -> bool:
        """Whether a value without fault was found, which is then the best."""
        self.faults = None
        self._met = set()
        self._waiting = []
        self._build(schema, {})
        for _ in range(MOST_TRIES):
            if not self.faults or not self._waiting or self._built >= MOST_BUILT:
                break
            picks, changes = self._waiting[0][3:]
            key, index = next(changes, (None, 0))
            if key is None:
                heappop(self._waiting)
                continue
            # The first is what is chosen anyway.
            changed = {k: i for k, i in {**picks, key: index}.items() if i}
            if frozenset(changed.items()) not in self._met:
                self._build(schema, changed)
        return not self.faults

    def _build(self, schema: Any, picks: dict[str, int]) -> None:
        """Build one value, and keep what to change if it has faults."""
        self._met.add(frozenset(picks.items()))
        builder = Builder(schema, self._hints, picks, is_complete=self._is_complete)
        value = builder.value(schema, Place())
        self._built += builder.built
        faults = self._faults_of(value)
        if self.faults is None or len(faults) < len(self.faults):
            self.best, self.faults = value, faults
        if faults:
            self._wait(builder.options, picks, faults)

    def _wait(self, options: dict[str, int], picks: dict[str, int], faults: list[str]) -> None:
        """Keep what may be chosen otherwise in two parts: at the places to blame, and elsewhere."""
        for more, keys in zip((0, _FAR), _parted(options, faults), strict=True):
            order = len(faults), len(picks) + more, len(self._met)
            heappush(self._waiting, (*order, picks, _changes(keys, options, picks)))

    def _faults_of(self, value: Any) -> list[str]:
        """The places of what is wrong."""
        if self._judge is None:
            return []
        found: list[str] = []
        for error in self._judge.iter_errors(value):
            found.append("".join(f"/{part}" for part in error.instance_path))
            if len(found) >= MOST_FAULTS:
                break
        return found


def _changes(
    keys: list[str], options: dict[str, int], picks: dict[str, int]
) -> Iterator[tuple[str, int]]:
    for key in keys:
        for index in range(1, options[key]):
            yield key, (picks.get(key, 0) + index) % options[key]


def _parted(options: dict[str, int], faults: list[str]) -> tuple[list[str], list[str]]:
    """The choices at the places to blame and around them, the nearest first; and all others."""
    near: dict[str, int] = {}
    for key in options:
        place = place_of(key)
        found = [abs(len(p) - len(place)) for p in faults if _is_within(p, place)]
        if found:
            near[key] = min(found)
    return sorted(near, key=near.__getitem__), [key for key in options if key not in near]


def _is_within(one: str, other: str) -> bool:
    """Whether one of two places is inside the other."""
    one, other = f"{one}/", f"{other}/"
    return one.startswith(other) or other.startswith(one)
