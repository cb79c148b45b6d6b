"""What a case file can be wrong about."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager


class CaseError(ValueError):
    """A mistake in a case: the message names file, line and key, and what was probably meant."""


@contextmanager
def told_of(place: str) -> Generator[None, None, None]:
    """Put a place before what is told of a mistake."""
    try:
        yield
    except CaseError as error:
        raise CaseError(f"{place}: {error}") from error
