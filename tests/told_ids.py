"""Request ids over all tests: no server tells one twice, however long it lives.

A workspace that is reset, or that goes because there are too many, has told nothing; one that is restored may tell
again what it told. A server is known by the shelf that the journals of its workspaces share.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary, WeakSet, ref

from mockserver.connections import EnvelopeProtocol
from mockserver.guard import Guard
from mockserver.ids import Ids
from mockserver.journal import Shelf
from mockserver.workspace import Workspaces

REQUEST_ID = re.compile(rb"\r\nrequest-id: (\w+)\r\n")


class ToldIds:
    """Which ids each living server has told, and from which source each came. `twice` has those that came again."""

    def __init__(self) -> None:
        self.twice: list[str] = []
        self._told: WeakKeyDictionary[Shelf, dict[str, tuple[ref[Ids], int]]] = WeakKeyDictionary()
        self._restored: WeakKeyDictionary[Ids, int] = WeakKeyDictionary()
        self._gone: WeakSet[Ids] = WeakSet()

    def tell(self, server: Shelf, source: Ids, request_id: str) -> None:
        """Note that a server has told an id."""
        if source in self._gone:
            return  # the answer to a request from before the reset
        told = self._told.setdefault(server, {})
        if request_id in told and self._is_binding(*told[request_id]):
            self.twice.append(request_id)
        told[request_id] = ref(source), self._restored.get(source, 0)

    def _is_binding(self, source: ref[Ids], restored: int) -> bool:
        found = source()
        is_there = found is not None and found not in self._gone
        return is_there and restored == self._restored.get(found, 0)

    @contextmanager
    def installed(self) -> Iterator[None]:
        """See what lets ids come again, and the ids of what was no request and so has no exchange."""
        refusal, restore = EnvelopeProtocol._refusal, Ids.restore
        reset, evict = Workspaces.reset, Workspaces._evict

        def refused(connection: Any, error: Any) -> bytes:
            raw: bytes = refusal(connection, error)
            (request_id,) = REQUEST_ID.findall(raw)
            if isinstance(connection.app, Guard):
                shelf = connection.app.workspaces._shelf
                self.tell(shelf, connection._ids, request_id.decode())
            return raw

        def restored(ids: Ids, earlier: Ids) -> None:
            restore(ids, earlier)
            self._restored[ids] = self._restored.get(ids, 0) + 1

        def forgotten(spaces: Workspaces, key: str) -> None:
            if key in spaces._by_key:
                self._gone.add(spaces._by_key[key].ids)
            reset(spaces, key)

        def evicted(spaces: Workspaces) -> None:
            self._gone.add(next(iter(spaces._by_key.values())).ids)
            evict(spaces)

        EnvelopeProtocol._refusal, Ids.restore = refused, restored  # type: ignore[method-assign]
        Workspaces.reset, Workspaces._evict = forgotten, evicted  # type: ignore[method-assign]
        try:
            yield
        finally:
            EnvelopeProtocol._refusal, Ids.restore = refusal, restore  # type: ignore[method-assign]
            Workspaces.reset, Workspaces._evict = reset, evict  # type: ignore[method-assign]
