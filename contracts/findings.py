"""What a check found wrong, with the rule that says so and where that rule comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, TypeGuard

Json = dict[str, Any]


class Finding(NamedTuple):
    """One breach of a rule: where it is, the rule's id, what is wrong, and the rule's source.

    `is_drift` is true of what the API may do without notice (docs: Versions): fields, events and values
    that the contract does not know yet, and keys in another order.
    """

    path: str
    rule: str
    text: str
    source: str
    is_drift: bool = False

    def __str__(self) -> str:
        return f"{self.path or 'at the top'}: {self.text} [{self.rule}; {self.source}]"


class Rulebook:
    """The rules of one check: id -> source."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self.sources = sources

    def breach(self, rule: str, path: str, text: str, *, is_drift: bool = False) -> Finding:
        """A finding under one of these rules."""
        return Finding(path, rule, text, self.sources[rule], is_drift or rule.endswith(".order"))


def is_object(value: object) -> TypeGuard[Json]:
    """Whether a parsed JSON value is an object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether a parsed JSON value is an array."""
    return isinstance(value, list)
