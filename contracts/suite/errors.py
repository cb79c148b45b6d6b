"""What can be wrong with a case."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager


class CaseError(ValueError):
    """A mistake in a case, told with file, line and key, and what was probably meant; or a request before its own that failed."""


@contextmanager
def told_of(place: str) -> Generator[None, None, None]:
    """Put a place before what is told of a mistake."""
    try:
        yield
    except CaseError as error:
        raise CaseError(f"{place}: {error}") from error
