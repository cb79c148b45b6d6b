"""Ids in the live API's formats, drawn from a seed: the same seed and the same requests give the same ids."""

from __future__ import annotations

import copy
import hashlib
import random
import string

ALPHABET = (string.digits + string.ascii_letters).encode()
_LETTERS = bytes(ALPHABET[i % len(ALPHABET)] for i in range(256))

# recorded: ids begin with 01, since 2025-05 (requests) and 2026-07 (messages) with 011C
_STARTS = {"req": "011C", "msg": "011C", "file": "011C"}
RANDOM_LENGTH = 24
# So many ids are drawn at once: one by one they take several times as long.
DRAWN_AT_ONCE = 16
_AT_ONCE = RANDOM_LENGTH * DRAWN_AT_ONCE
# From the last to the first, as they are taken off the end of a list.
_PLACES = range(_AT_ONCE - RANDOM_LENGTH, -1, -RANDOM_LENGTH)


class Ids:
    """A deterministic source of ids. `names` say for what: a key first, where they are for one.

    Each prefix has a sequence of its own: the third message has the same id whatever was asked for in between.
    """

    def __init__(self, seed: int, *names: str) -> None:
        # No key has a line break, so that none can be named like something else.
        self._named = "\n".join((str(seed), *names))
        self._sequences: dict[str, _Sequence] = {}

    def next(self, prefix: str) -> str:
        """A fresh id such as `msg_011C…`: prefix, underscore, 24 letters and digits."""
        sequence = self._sequences.get(prefix) or self._begun(prefix)
        return (sequence.drawn or sequence.draw()).pop()

    def restore(self, earlier: Ids) -> None:
        """Go on from where another source of ids is."""
        self._sequences = copy.deepcopy(earlier._sequences)

    def _begun(self, prefix: str) -> _Sequence:
        sequence = self._sequences[prefix] = _Sequence(self._named, prefix)
        return sequence


class _Sequence:
    """The ids of one prefix; `drawn` are those that come next, the first one last."""

    def __init__(self, named: str, prefix: str) -> None:
        start = _STARTS.get(prefix, "01")
        self._head, self._length = f"{prefix}_{start}", RANDOM_LENGTH - len(start)
        # Seeded with bytes, this generator gives the same on every platform and version of Python.
        self._random = random.Random(f"{prefix}:{named}".encode())  # noqa: S311 # ids, no secrets
        self.drawn: list[str] = []

    def draw(self) -> list[str]:
        """Draw some more."""
        # What randbytes does, without its steps in Python.
        drawn = self._random.getrandbits(8 * _AT_ONCE).to_bytes(_AT_ONCE, "little")
        letters = drawn.translate(_LETTERS).decode()
        self.drawn = [self._head + letters[at : at + self._length] for at in _PLACES]
        return self.drawn


def uuid(seed: int, name: str) -> str:
    """A stable UUID for a name, as organization ids look on the wire."""
    raw = hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=16).hexdigest()
    return f"{raw[:8]}-{raw[8:12]}-4{raw[13:16]}-8{raw[17:20]}-{raw[20:]}"
