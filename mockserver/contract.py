"""The only door to the package `contracts`: makes sure that it is ours.

Users may have a package of their own called `contracts` on sys.path. The server must not take it in silence.
"""

from __future__ import annotations

import importlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contracts.validate import Validator

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


@cache
def validator(name: str, version: str, namespace: str) -> Validator:
    """The compiled schema of a request. Raises ForeignPackageError."""
    check()
    from contracts.validate import Validator  # noqa: PLC0415 # only after the check

    return Validator.load(name, version, namespace)
