"""Edits of a JSON value by dotted path: `messages.0.content`, `messages.-1.role`, `tools.+` (append)."""

from __future__ import annotations

from typing import Any

from contracts.findings import is_array, is_object
from contracts.suite.errors import CaseError

APPEND = "+"


def put(value: Any, path: str, new: Any) -> None:
    """Set the member at a path whose parents exist. Raises CaseError when they don't."""
    parent, last = _parent(value, path)
    if is_object(parent):
        parent[last] = new
    elif last == APPEND:
        parent.append(new)
    else:
        parent[_index(parent, last, path)] = new


def take(value: Any, path: str) -> None:
    """Remove the member at a path. Raises CaseError when there is none."""
    parent, last = _parent(value, path)
    if is_array(parent):
        del parent[_index(parent, last, path)]
    elif last in parent:
        del parent[last]
    else:
        raise CaseError(f"{path}: there is no {last!r} here")


def _parent(value: Any, path: str) -> tuple[Any, str]:
    *way, last = path.split(".")
    for part in way:
        if is_object(value) and part in value:
            value = value[part]
        elif is_array(value):
            value = value[_index(value, part, path)]
        else:
            raise CaseError(f"{path}: there is no {part!r} here")
    if not is_object(value) and not is_array(value):
        raise CaseError(f"{path}: {last!r} can't be a member of {value!r}")
    return value, last


def _index(array: list[Any], part: str, path: str) -> int:
    try:
        index = int(part)
        array[index]
    except (ValueError, IndexError) as error:
        raise CaseError(f"{path}: there is no {part!r} here") from error
    return index
