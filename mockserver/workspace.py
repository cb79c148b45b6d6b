"""What one API key owns: ids, files and a prompt cache. Nothing is shared between keys, so that parallel tests can't meet."""

from __future__ import annotations

from collections import OrderedDict

from mockserver.cachestore import CacheStore
from mockserver.clock import Clock
from mockserver.files import Files
from mockserver.ids import Ids, uuid
from mockserver.settings import Settings
from mockserver.wire import block

MOST_WORKSPACES = 10_000
ANONYMOUS = ""


class Workspace:
    """The state behind one key."""

    def __init__(self, key: str, settings: Settings, clock: Clock) -> None:
        self.ids = Ids(settings.seed, key)
        self.id = Ids(settings.seed, f"workspace:{key}").next("wrkspc")
        self.organization_id = uuid(settings.seed, "organization")
        self.headers = block(
            [
                (b"anthropic-organization-id", self.organization_id.encode()),
                (b"anthropic-workspace-id", self.id.encode()),
            ]
        )
        self.files = Files(self.ids, clock)
        self.cache = CacheStore(clock)


class Workspaces:
    """All workspaces, made when their key is first seen; the longest unused one goes when there are too many."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self.evicted = 0
        self._by_key: OrderedDict[str, Workspace] = OrderedDict()

    def of(self, key: str) -> Workspace:
        """The workspace of a key."""
        found = self._by_key.get(key)
        if found is None:
            found = self._by_key[key] = Workspace(key, self._settings, self._clock)
            if len(self._by_key) > MOST_WORKSPACES:
                self._by_key.popitem(last=False)
                self.evicted += 1
        else:
            self._by_key.move_to_end(key)
        return found
