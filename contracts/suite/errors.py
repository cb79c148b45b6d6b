"""What a case file can be wrong about."""

from __future__ import annotations


class CaseError(ValueError):
    """A mistake in a case: the message names file, line and key, and what was probably meant."""
