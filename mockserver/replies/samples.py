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

if TYPE_CHECKING:
    from jsonschema_rs import Validator

MOST_TRIES = 60
# All values built for one sample, those inside others included.
MOST_BUILT = 30_000
MOST_FAULTS = 20
_Node: TypeAlias = "tuple[int, int, dict[str, int], Iterator[tuple[str, int]]]"


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

    What has the fewest faults is changed first; of those alike, what was found first.
    """

    def __init__(self, judge: Validator | None, hints: Hints, *, is_complete: bool) -> None:
        self._judge = judge
        self._hints = hints
        self._is_complete = is_complete
        self.best: Any = None
        self.faults: list[str] | None = None
        self._built = 0
        self._met: set[frozenset[tuple[str, int]]] = set()

    def tries(self, schema: Any) -> bool:
        """Whether a value without fault was found, which is then the best."""
        self.faults = None
        self._met = set()
        nodes = [self._node(schema, {})]
        for _ in range(MOST_TRIES):
            if not self.faults or not nodes or self._built >= MOST_BUILT:
                break
            picks, changes = nodes[0][2:]
            key, index = next(changes, (None, 0))
            if key is None:
                heappop(nodes)
            elif frozenset((changed := {**picks, key: index}).items()) not in self._met:
                heappush(nodes, self._node(schema, changed))
        return not self.faults

    def _node(self, schema: Any, picks: dict[str, int]) -> _Node:
        """One value's number of faults, when it was built, its choices, and the choices to try next."""
        self._met.add(frozenset(picks.items()))
        builder = Builder(schema, self._hints, picks, is_complete=self._is_complete)
        value = builder.value(schema, Place())
        self._built += builder.built
        faults = self._faults_of(value)
        if self.faults is None or len(faults) < len(self.faults):
            self.best, self.faults = value, faults
        return len(faults), len(self._met), picks, _changes(builder.options, picks, faults)

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
    options: dict[str, int], picks: dict[str, int], faults: list[str]
) -> Iterator[tuple[str, int]]:
    """Other choices, first at the places to blame, then around them."""

    def distance(key: str) -> tuple[bool, int]:
        place = key.rstrip("?=:$#!+@~%&0123456789").rstrip("/")
        near = [
            abs(len(p) - len(place)) for p in faults if place.startswith(p) or p.startswith(place)
        ]
        return not near, min(near, default=0)

    for key in sorted(options, key=distance):
        for index in range(1, options[key]):
            yield key, (picks.get(key, 0) + index) % options[key]
