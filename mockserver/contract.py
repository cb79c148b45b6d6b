"""The only door to the package `contracts`: makes sure that it is ours.

Users may have a package of their own called `contracts` on sys.path. The server must not take it in silence.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from contracts.validate import Validator

# Sets of beta values that clients send; each is looked up once.
MOST_REMEMBERED = 256
OURS = Path(__file__).resolve().parent.parent / "contracts"


class ForeignPackageError(ImportError):
    """Another package called `contracts` comes first on sys.path."""


def check() -> None:
    """Make sure that the package `contracts` is ours. Raises ForeignPackageError."""
    package = importlib.import_module("contracts")
    if getattr(package, "DISTRIBUTION", None) != "messages-mock":
        found = getattr(package, "__file__", None) or next(iter(getattr(package, "__path__", "?")))
        raise ForeignPackageError(
            f"messages-mock needs its own package `contracts` at {OURS}, but the one at {found} comes "
            "first on sys.path; rename that package or run from another folder"
        )


def validator_of(document: Mapping[str, Any]) -> Validator:
    """The validator of a schema of our own, in the part of JSON Schema that the derived ones use."""
    check()
    from contracts.validate import Validator  # noqa: PLC0415 # only after the check

    return Validator(document)


def answer_validator(name: str, version: str, *, is_beta: bool) -> Validator:
    """The compiled schema of an answer. Raises ForeignPackageError."""
    check()
    from contracts.validate import Validator  # noqa: PLC0415 # only after the check

    return Validator.load(name, version, "beta" if is_beta else "stable")


@lru_cache(maxsize=MOST_REMEMBERED)
def validator(name: str, version: str, betas: frozenset[str] | None) -> Validator:
    """The compiled schema of a request under beta values; under all there are for None. Raises ForeignPackageError."""
    check()
    from contracts import gates  # noqa: PLC0415 # only after the check

    names = gates.everything() if betas is None else gates.opened(betas)
    return gates.validator(name, version, names)


def fuzzing() -> ModuleType:
    """The module that drives clients. Raises ForeignPackageError, and ImportError that says what to install."""
    check()
    try:
        from contracts import fuzzing as found  # noqa: PLC0415 # only after the check
    except ModuleNotFoundError as error:
        raise ImportError(
            f"fuzzing needs {error.name}: pip install 'messages-mock[suite]'"
        ) from error
    return found
