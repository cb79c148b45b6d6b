"""What a request carries of the fallback credit that it hands in."""

from __future__ import annotations

from typing import NamedTuple


class Redemption(NamedTuple):
    """What became of a fallback credit.

    `reason` says why it was not applied; without one, `warm` tokens of the prompt are paid as read from the cache.
    """

    reason: str | None
    warm: int
