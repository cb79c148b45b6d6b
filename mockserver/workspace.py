"""What one API key owns: ids, files, batches, threads and a prompt cache. Nothing is shared between keys, so that tests can't meet."""

from __future__ import annotations

import hashlib
from collections import OrderedDict

from mockserver.cachestore import CacheStore
from mockserver.clock import Clock
from mockserver.files import Files
from mockserver.ids import Ids, uuid
from mockserver.journal import Journal, Shelf
from mockserver.scripts.book import Book, Entries
from mockserver.settings import Settings
from mockserver.store import Store
from mockserver.store.memory import MemoryStore
from mockserver.threads import Threads
from mockserver.wire import block

MOST_WORKSPACES = 10_000
ANONYMOUS = ""


class Workspace:
    """The state behind one key."""

    def __init__(
        self,
        key: str,
        settings: Settings,
        clock: Clock,
        store: Store | None = None,
        script: Entries | None = None,
        shelf: Shelf | None = None,
    ) -> None:
        store = store or MemoryStore()
        # A store that lasts already has what the first start drew from the seed.
        self.ids = Ids(settings.seed, f"{key}:{store.starts}" if store.starts else key)
        self.id = Ids(settings.seed, f"workspace:{key}").next("wrkspc")
        self.organization_id = uuid(settings.seed, "organization")
        self.headers = block(
            [
                (b"anthropic-organization-id", self.organization_id.encode()),
                (b"anthropic-workspace-id", self.id.encode()),
            ]
        )
        self.owner = owner_of(key)
        self.files = Files(self.ids, clock, store, self.owner, settings.max_stored_bytes)
        self.cache = CacheStore(clock)
        self.book = Book(script)
        self.threads = Threads(clock)
        self.journal = Journal(shelf or Shelf())


def owner_of(key: str) -> str:
    """The name of a workspace in a store, which never sees the key itself."""
    return hashlib.sha256(key.encode()).hexdigest()[:32]


class Workspaces:
    """All workspaces, made when their key is first seen; the longest unused one goes when there are too many."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        store: Store | None = None,
        script: Entries | None = None,
    ) -> None:
        self._settings = settings
        self._script = script
        self._shelf = Shelf()
        self._clock = clock
        self._store = store or MemoryStore()
        self.evicted = 0
        self._by_key: OrderedDict[str, Workspace] = OrderedDict()

    def of(self, key: str) -> Workspace:
        """The workspace of a key."""
        found = self._by_key.get(key)
        if found is None:
            found = self._by_key[key] = Workspace(
                key, self._settings, self._clock, self._store, self._script, self._shelf
            )
            if len(self._by_key) > MOST_WORKSPACES:
                _, evicted = self._by_key.popitem(last=False)
                self._store.forget(evicted.owner)
                self.evicted += 1
        else:
            self._by_key.move_to_end(key)
        return found
