"""How many values a JSON text has, without parsing it: an object takes memory that its two brackets don't show."""

from __future__ import annotations

import re

BEFORE_VALUES = (b",", b"[", b"{")  # each value but the first comes behind one of them
_STRING = re.compile(rb'"[^"]*"')
# An array of strings has two for each value, an object of strings four for each member.
QUOTES_EACH = 4


def has_more_values(raw: bytes, most: int) -> bool:
    """Whether a text has more than so many values. Of what is no JSON it may say either."""
    if _most_values(raw) <= most:
        return False
    # There are many such characters, which may stand in strings.
    plain = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    if plain.count(b'"') > QUOTES_EACH * most:
        return True
    return _most_values(_STRING.sub(b"", plain)) > most


def _most_values(raw: bytes) -> int:
    return 1 + sum(map(raw.count, BEFORE_VALUES))
