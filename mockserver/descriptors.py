"""How many files and sockets the process may have open."""

from __future__ import annotations

import sys

# What a system without limits of this kind is trusted with.
UNLIMITED = 1_000_000

if sys.platform == "win32":

    def limit() -> int:
        """How many there may be."""
        return UNLIMITED

    def raise_limit() -> None:
        """Raise the number as far as it goes. For a process that only serves."""

else:
    import resource

    def limit() -> int:
        """How many there may be."""
        soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
        return UNLIMITED if soft == resource.RLIM_INFINITY else soft

    def raise_limit() -> None:
        """Raise the number as far as it goes. For a process that only serves."""
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft == hard:
            return
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        except (OSError, ValueError):  # systems differ in what they allow
            return
