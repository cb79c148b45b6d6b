"""Values for what is done with files, with a memory and in a shell; None where the text says nothing of them."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from mockserver.replies.actions.said import Said

MEMORIES = "/memories"
_LINES = re.compile(r"\blines?\s+(\d{1,6})\s*(?:-|–|to|and|through)\s*(\d{1,6})", re.IGNORECASE)
_LINE = re.compile(r"\bline\s+(\d{1,6})\b", re.IGNORECASE)
_THAT = re.compile(r"\b(?:that|saying|containing)\s+([^\n]{1,500})", re.IGNORECASE)


def path(said: Said) -> str | None:
    return next(iter(said.paths), None)


def paths(said: Said) -> list[str] | None:
    return said.paths or None


def note(number: int) -> Callable[[Said], str | None]:
    """The path of a file in the memory, which all are below (docs: Memory tool); from elsewhere only the name is kept."""

    def found(said: Said) -> str | None:
        if number >= len(said.paths):
            return None
        given = posixpath.normpath(said.paths[number])
        is_inside = given.startswith(f"{MEMORIES}/")
        return given if is_inside else f"{MEMORIES}/{posixpath.basename(given) or 'notes'}"

    return found


def memory(said: Said) -> str | None:
    """The path of a file in the memory, or of all of it."""
    is_root = bool(said.paths) and posixpath.normpath(said.paths[0]) == MEMORIES
    return MEMORIES if is_root else note(0)(said)


def lines(said: Said) -> list[int] | None:
    match = _LINES.search(said.words)
    first, last = map(int, match.groups()) if match else (0, 0)
    return [first, last] if 1 <= first <= last else None


def line(said: Said) -> int | None:
    match = _LINE.search(said.words)
    return None if match is None else int(match[1])


def written(said: Said) -> str | None:
    """What is quoted, or follows `that` to the end of the line."""
    match = _THAT.search(said.words)
    rest = None if match is None else match[1].rstrip(" .!?")
    return next(iter(said.texts), rest or None)


def quoted(number: int) -> Callable[[Said], str | None]:
    """One of the quoted texts, by its number."""
    return lambda said: said.texts[number] if number < len(said.texts) else None


def query(said: Said) -> str | None:
    return next(iter([*said.texts, *said.hints.of_kind("query")]), None)


def command(said: Said) -> str | None:
    return next(iter(said.hints.of_kind("command")), None)
