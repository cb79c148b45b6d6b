"""What one API key owns: ids, files, batches, skills, threads and a prompt cache. Nothing is shared between keys, so that tests can't meet."""

from __future__ import annotations

import copy
import hashlib
from collections import OrderedDict
from typing import Any, NamedTuple, Protocol

from mockserver.batches import Batches, Taken
from mockserver.blocks import block
from mockserver.cachestore import CacheStore
from mockserver.clock import Clock
from mockserver.errors import ApiError, invalid
from mockserver.examples import ExampleBatches, ExampleFiles, ExampleSkills
from mockserver.files import Files
from mockserver.ids import Ids, uuid
from mockserver.journal import Journal, Shelf
from mockserver.quotas import quotas_of
from mockserver.request import Request
from mockserver.scripts.book import Book, Entries
from mockserver.settings import Settings
from mockserver.skills import Skills
from mockserver.store import Store
from mockserver.store.memory import MemoryStore
from mockserver.threads import Threads

MOST_WORKSPACES = 10_000
MOST_SNAPSHOTS = 16
# What a snapshot leaves alone: names, what others refer to (it is set back in place), and the journal.
FIXED = frozenset(
    (
        *(
            "id",
            "organization_id",
            "headers",
            "owner",
            "store",
            "files",
            "batches",
            "skills",
            "ids",
            "clock",
        ),
        *("journal", "snapshots", "_numbers"),
    )
)
ANONYMOUS = ""


class Judging(Protocol):
    """Rules that are in force for one workspace."""

    def judge(self, request: Request) -> None: ...

    def has(self, rule_id: str) -> bool: ...


class Snapshot(NamedTuple):
    """The state of a workspace at a time."""

    state: dict[str, Any]
    ids: Ids
    shift: float
    stored: object
    runs: dict[str, Taken]


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
        self.clock = clock = clock.own()
        # A store that lasts already has what the first start drew from the seed.
        self.ids = Ids(settings.seed, key, *([str(store.starts)] if store.starts else []))
        self.id = Ids(settings.seed, key, "workspace").next("wrkspc")
        self.organization_id = uuid(settings.seed, "organization")
        self.headers = block(
            [
                (b"anthropic-organization-id", self.organization_id.encode()),
                (b"anthropic-workspace-id", self.id.encode()),
            ]
        )
        self.store = store
        self.owner = owner_of(key)
        # None is the server's own rules.
        self.judge: Judging | None = None
        self.allowed_rules: tuple[str, ...] = ()
        self.is_lenient = False
        self.snapshots: OrderedDict[str, Snapshot] = OrderedDict()
        files, batches = (ExampleFiles, ExampleBatches) if settings.example else (Files, Batches)
        self.files = files(self.ids, clock, store, self.owner, settings.max_stored_bytes)
        self.batches = batches(self.ids, clock, store, self.owner, settings.batch_ends)
        skills = ExampleSkills if settings.example else Skills
        self.skills = skills(self.ids, clock, store, self.owner)
        self.quotas = quotas_of(settings, clock, self.organization_id)
        self.cache = CacheStore(clock)
        self.book = Book(script)
        self.threads = Threads(clock)
        self.replayed: dict[str, int] = {}  # how often each recording was asked for
        self.journal = Journal(shelf or Shelf())
        self._numbers = 0

    def snapshot(self) -> str:
        """Keep the state as it is now; the id brings it back. Raises the 400 for a store that lasts."""
        state = {name: value for name, value in vars(self).items() if name not in FIXED}
        copied = copy.deepcopy((state, self.ids, self.clock.shift), self._shared())
        self._numbers += 1
        name = f"snapshot-{self._numbers}"
        self.snapshots[name] = Snapshot(
            *copied, self._memory().taken(self.owner), self.batches.taken()
        )
        if len(self.snapshots) > MOST_SNAPSHOTS:
            self.snapshots.popitem(last=False)
        return name

    def restore(self, name: str) -> None:
        """Bring back a state. Raises the 404 for a snapshot that is not there; what happened since stays in the journal."""
        kept = self.snapshots.get(name)
        if kept is None:
            there = ", ".join(self.snapshots) or "none"
            raise ApiError(404, f"There is no snapshot {name!r}; there are: {there}")
        memory = self._memory()
        memory.restore(self.owner, kept.stored)
        self.batches.restore(kept.runs, memory.first_bytes)
        vars(self).update(copy.deepcopy(kept.state, self._shared()))
        self.ids.restore(kept.ids)
        self.clock.shift = kept.shift

    def _memory(self) -> MemoryStore:
        if not isinstance(self.store, MemoryStore):
            raise invalid("Snapshots are for servers that keep their state in memory")
        return self.store

    def _shared(self) -> dict[int, Any]:
        """For deepcopy: what a copy has in common with the workspace."""
        return {id(each): each for each in (self.clock, self.judge)}


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
        self.settings = settings
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
                key, self.settings, self._clock, self._store, self._script, self._shelf
            )
            if len(self._by_key) > MOST_WORKSPACES:
                self._evict()
        else:
            self._by_key.move_to_end(key)
        return found

    def _evict(self) -> None:
        _, oldest = self._by_key.popitem(last=False)
        if not self._store.blocks:  # what lies on a disk waits there for its key to come back
            self._store.forget(oldest.owner)
        oldest.journal.clear()  # its records would only take room from those that can be seen
        self.evicted += 1

    def close(self) -> None:
        """Close the store, so that another server can have its folder."""
        self._store.close()

    def reset(self, key: str) -> None:
        """Let the workspace of a key be as if the key had never been seen; its journal is empty, not another one."""
        old = self._by_key.pop(key, None)
        if old is None:
            return
        self._store.forget(old.owner)
        self.evicted += 1
        old.journal.clear()
        self.of(key).journal = old.journal
