"""Which recording answers a request: the same method, path and JSON body, but for what is ignored.

Secrets are taken out of a request before it is compared, because the recording has none either. Whole numbers
are the same however they are written, and so are objects in whatever order their members come.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, MutableMapping, Sequence
from typing import Any, NamedTuple

import orjson

from mockserver.cassettes.model import Recording
from mockserver.redaction import Cleaner, secrets_in
from mockserver.scripts.model import is_list, is_object

ANY = "*"
MASKED = "[masked]"
MOST_TOLD = 3
LONGEST_TOLD = 40
_MISSING = object()
Path = tuple[str, ...]


class Comparing(NamedTuple):
    """What does not count: members, by dotted paths with `*` for any name or index, and parts of texts."""

    ignored: tuple[Path, ...] = ()
    masks: tuple[re.Pattern[str], ...] = ()

    def canonical(self, body: Any) -> Any:
        """A body as it is compared."""
        return self._canonical(body, self.ignored)

    def _canonical(self, value: Any, paths: Sequence[Path]) -> Any:
        if is_object(value):
            return {
                name: self._canonical(inner, _below(paths, name))
                for name, inner in value.items()
                if not _is_meant(paths, name)
            }
        if is_list(value):
            return [
                self._canonical(inner, _below(paths, str(number)))
                for number, inner in enumerate(value)
                if not _is_meant(paths, str(number))
            ]
        if isinstance(value, str):
            for mask in self.masks:
                value = mask.sub(MASKED, value)
        return int(value) if isinstance(value, float) and value.is_integer() else value


def comparing(ignored: Iterable[str], masks: Iterable[str] = ()) -> Comparing:
    """What the options say. Raises ValueError for a pattern that is none."""
    try:
        patterns = tuple(re.compile(mask) for mask in masks)
    except re.error as error:
        raise ValueError(f"{error.pattern!r} is no regular expression: {error}") from error
    return Comparing(tuple(tuple(path.split(".")) for path in ignored), patterns)


def _below(paths: Sequence[Path], name: str) -> list[Path]:
    return [path[1:] for path in paths if len(path) > 1 and path[0] in (name, ANY)]


def _is_meant(paths: Sequence[Path], name: str) -> bool:
    return any(len(path) == 1 and path[0] in (name, ANY) for path in paths)


class Difference(NamedTuple):
    """A place at which a request differs from a recording."""

    path: str
    recorded: Any
    asked: Any

    def __str__(self) -> str:
        if self.recorded is _MISSING:
            return f"{self.path} is not in the recording"
        if self.asked is _MISSING:
            return f"{self.path} is only in the recording"
        recorded, asked = _told(self.recorded, self.asked)
        return f"{self.path}: {recorded} was recorded, {asked} is asked"


def differences(recorded: Any, asked: Any, path: str = "") -> Iterator[Difference]:
    """Where two canonical bodies differ."""
    if is_object(recorded) and is_object(asked):
        pairs = [
            (n, recorded.get(n, _MISSING), asked.get(n, _MISSING)) for n in {**recorded, **asked}
        ]
    elif is_list(recorded) and is_list(asked):
        pairs = [
            (str(n), (*recorded[n : n + 1], _MISSING)[0], (*asked[n : n + 1], _MISSING)[0])
            for n in range(max(len(recorded), len(asked)))
        ]
    else:
        if recorded != asked or isinstance(recorded, bool) is not isinstance(asked, bool):
            yield Difference(path or "the body", recorded, asked)
        return
    for name, one, other in pairs:
        yield from differences(one, other, f"{path}.{name}" if path else name)


def _told(one: Any, other: Any) -> tuple[str, str]:
    if isinstance(one, str) and isinstance(other, str):
        pairs = zip(one, other, strict=False)
        same = next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
        start = max(0, same - LONGEST_TOLD // 4)
        return _short(one, start), _short(other, start)
    return tuple(_short(orjson.dumps(each).decode(), 0, quoted=False) for each in (one, other))  # type: ignore[return-value] # two


def _short(text: str, start: int, *, quoted: bool = True) -> str:
    part = text[start : start + LONGEST_TOLD]
    before, after = "…" * (start > 0), "…" * (start + LONGEST_TOLD < len(text))
    return f"{before}{part!r}{after}" if quoted else f"{part}{after}"


class Miss(NamedTuple):
    """The recording that came nearest, None where there is none at all, and how it differs."""

    nearest: Recording | None
    differences: tuple[Difference, ...]

    def __str__(self) -> str:
        if self.nearest is None:
            return "No recording answers this request: there is none in the cassettes"
        told = "; ".join(map(str, self.differences[:MOST_TOLD]))
        more = len(self.differences) - MOST_TOLD
        return f"No recording answers this request. The nearest is {self.nearest.place}: {told}" + (
            f"; and {more} more" if more > 0 else ""
        )


class Library:
    """The recordings that answer. The same request gets its recordings in their order, and the last one again."""

    def __init__(self, recordings: Sequence[Recording], comparing: Comparing) -> None:
        self._comparing = comparing
        self._recordings = recordings
        self._by_key: dict[bytes, list[Recording]] = {}
        for each in recordings:
            key = self._key(each.method, each.path, comparing.canonical(each.asked))
            self._by_key.setdefault(key, []).append(each)

    def find(
        self, method: str, target: str, raw: bytes, given: MutableMapping[str, int]
    ) -> Recording | Miss:
        """The recording for a request. `given` counts how often each was asked for, by its first place."""
        cleaner = Cleaner()
        body = _parsed(raw)
        cleaner.learn(secrets_in(body))
        asked = self._comparing.canonical(cleaner.value(body))
        path = cleaner.path(target)
        found = self._by_key.get(self._key(method, path, asked))
        if found is None:
            return self._missed(method, path, asked)
        first = found[0].place
        count = given.get(first, 0)
        given[first] = count + 1
        return found[min(count, len(found) - 1)]

    @staticmethod
    def _key(method: str, path: str, canonical: Any) -> bytes:
        return orjson.dumps([method, path, canonical], option=orjson.OPT_SORT_KEYS)

    def _missed(self, method: str, path: str, asked: Any) -> Miss:
        told = (
            Miss(each, tuple(self._differences(each, method, path, asked)))
            for each in self._recordings
        )
        return min(told, key=lambda miss: len(miss.differences), default=Miss(None, ()))

    def _differences(
        self, each: Recording, method: str, path: str, asked: Any
    ) -> Iterator[Difference]:
        if each.method != method:
            yield Difference("method", each.method, method)
        if each.path != path:
            yield Difference("path", each.path, path)
        yield from differences(self._comparing.canonical(each.asked), asked)


def _parsed(raw: bytes) -> Any:
    """A JSON body; one of another kind is not compared."""
    try:
        return orjson.loads(raw) if raw else None
    except orjson.JSONDecodeError:
        return None
