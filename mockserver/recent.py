"""Texts that were seen lately, and something about each: what a client sends again is not worked out again.

To hash a long text takes longer than to compare it, so texts are told apart by their length: of two of the same
length the later one stays. Nothing of a request but the text itself is kept.
"""

from __future__ import annotations

from typing import Generic, TypeVar

Value = TypeVar("Value")

MOST_TEXTS = 64
LONGEST = 1 << 16


class Recent(Generic[Value]):
    """At most `MOST_TEXTS` byte strings of at most `LONGEST` bytes, each with a value."""

    def __init__(self) -> None:
        self._texts: dict[int, tuple[bytes, Value]] = {}

    def get(self, text: bytes) -> Value | None:
        """The value of a text that was added and not replaced since."""
        found = self._texts.get(len(text))
        return found[1] if found is not None and found[0] == text else None

    def add(self, text: bytes, value: Value) -> None:
        """Remember a text, unless it is empty or too long."""
        if not 0 < len(text) <= LONGEST:
            return
        if len(self._texts) >= MOST_TEXTS:
            self._texts.clear()
        self._texts[len(text)] = text, value

    def clear(self) -> None:
        """Forget all texts."""
        self._texts.clear()

    def __contains__(self, text: bytes) -> bool:
        return self.get(text) is not None
