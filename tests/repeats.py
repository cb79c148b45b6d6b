"""Request ids over a whole run: within a server's life no two answers tell the same, whatever test asked for them.

Meant repeats are let through: a workspace that is reset or brought back to a snapshot draws its ids again, and replayed
answers have the id that was recorded.
"""

from __future__ import annotations

import itertools
from typing import NamedTuple
from weakref import WeakKeyDictionary

from mockserver.exchange import Exchange
from mockserver.ids import Ids
from mockserver.journal import Shelf


class Drawn(NamedTuple):
    """Where an id comes from: whose it is, and in which go of its source it was drawn."""

    owner: str
    go: int


class Told:
    """The ids that were told, for as long as their server is there."""

    def __init__(self) -> None:
        self._numbers = itertools.count()
        self._goes: WeakKeyDictionary[Ids, int] = WeakKeyDictionary()
        # All workspaces of a server share one shelf.
        self._by_server: WeakKeyDictionary[Shelf, dict[str, Drawn]] = WeakKeyDictionary()

    def is_repeated(self, exchange: Exchange) -> bool:
        """Whether the id of an exchange was told before; it is told now."""
        space, name = exchange.workspace, exchange.request_id
        if space.replayed:
            return False
        now = Drawn(space.owner, self._goes.setdefault(space.ids, next(self._numbers)))
        ids = self._by_server.setdefault(space.journal._shelf, {})
        before, ids[name] = ids.get(name), now
        return before is not None and (before.owner != now.owner or before.go == now.go)

    def again(self, ids: Ids) -> None:
        """A source of ids goes on from an earlier state."""
        self._goes[ids] = next(self._numbers)
