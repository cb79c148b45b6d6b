"""The script of a workspace: what is queued, its own entries, those of the file, and how far each has got."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any, NamedTuple, Protocol

from mockserver.errors import invalid
from mockserver.scripts.matching import Asked, failures
from mockserver.scripts.model import Entry, Reply

MOST_QUEUED = 1_000
MOST_ENTRIES = 1_000
MOST_PENDING = 1_000
MOST_PROGRESS = 4 * MOST_ENTRIES


class Entries(Protocol):
    """Where the entries of a file come from; they change when the file does."""

    @property
    def entries(self) -> tuple[Entry, ...]: ...


class Choice(NamedTuple):
    """The reply that is given, and where it stands."""

    entry: Entry
    position: int

    @property
    def reply(self) -> Reply:
        return self.entry.replies[self.position]


class Miss(NamedTuple):
    """No entry answered: which one came nearest, and the first of its conditions that failed."""

    entry: Entry
    why: str


@dataclass(slots=True)
class Progress:
    """How often an entry answered, and how many of its segments were begun."""

    answered: int = 0
    begun: int = 0


class Book:
    """What one workspace answers by script. Lists are replaced, never changed: tests write from another thread."""

    def __init__(self, file: Entries | None = None) -> None:
        self.file = file
        self.queue: deque[Entry] = deque()
        self.own: tuple[Entry, ...] = ()
        self._numbers = 0
        self._progress: dict[Entry, Progress] = {}
        self._pending: OrderedDict[str, Choice] = OrderedDict()

    def __deepcopy__(self, memo: dict[int, Any]) -> Book:
        """A snapshot: entries are told apart by identity, so they are shared."""
        copy = Book(self.file)
        copy.queue, copy.own, copy._numbers = self.queue.copy(), self.own, self._numbers
        copy._progress = {entry: replace(each) for entry, each in self._progress.items()}
        copy._pending = self._pending.copy()
        return copy

    @property
    def is_empty(self) -> bool:
        """Whether no request can be answered by script."""
        return not (self.queue or self.own or (self.file is not None and self.file.entries))

    @property
    def entries(self) -> tuple[Entry, ...]:
        """The entries in the order in which they are tried: the workspace's own, then the file's."""
        return self.own + (self.file.entries if self.file is not None else ())

    def next_id(self, kind: str) -> str:
        """A name for an entry without one, such as `reply 3`."""
        self._numbers += 1
        return f"{kind} {self._numbers}"

    def push(self, entries: Iterable[Entry]) -> None:
        """Queue replies: the next requests get them, whatever they ask. Raises the 400 when there are too many."""
        new = list(entries)
        if len(self.queue) + len(new) > MOST_QUEUED:
            raise invalid(
                f"more than {MOST_QUEUED} replies are queued; DELETE /_mock/replies first"
            )
        self.queue.extend(new)

    def add(self, entries: Iterable[Entry]) -> None:
        """Add entries behind the workspace's own. Raises the 400 when there are too many."""
        found = (*self.own, *entries)
        if len(found) > MOST_ENTRIES:
            raise invalid(f"more than {MOST_ENTRIES} entries are set; DELETE /_mock/replies first")
        self.own = found

    def exchange(self, old: Entry, new: Entry) -> None:
        """Put one entry in the place of another, with a fresh count."""
        self.own = tuple(new if entry is old else entry for entry in self.own)

    def clear(self) -> None:
        """Drop what is queued and the workspace's own entries; the file's start again."""
        self.queue.clear()
        self.own = ()
        self._progress.clear()
        self._pending.clear()

    def answered(self, entry: Entry) -> int:
        """How often an entry answered."""
        return self._progress.get(entry, Progress()).answered

    def choose(self, asked: Asked) -> Choice | Miss | None:
        """The reply to a request, or what came nearest to one."""
        if self.queue:
            return Choice(self.queue.popleft(), 0)
        going_on = self._continued(asked)
        if going_on is not None:
            return self._given(going_on)
        nearest: tuple[int, Miss] | None = None
        for entry in self.entries:
            faults = list(chain(failures(entry.when, asked), self._used_up(entry)))
            if not faults:
                return self._given(self._begun(entry))
            if nearest is None or len(faults) < nearest[0]:
                nearest = len(faults), Miss(entry, faults[0])
        return nearest[1] if nearest else None

    def follow(self, choice: Choice, blocks: Iterable[dict[str, Any]]) -> None:
        """Remember the calls of a reply, so that their results get the reply after it."""
        after = choice.position + 1
        if after >= len(choice.entry.replies) or after in choice.entry.segments:
            return
        for block in blocks:
            if block["type"] == "tool_use":
                self._pending[block["id"]] = Choice(choice.entry, after)
        while len(self._pending) > MOST_PENDING:
            self._pending.popitem(last=False)

    def _continued(self, asked: Asked) -> Choice | None:
        for result in asked.results if self._pending else ():
            tool_id = result["tool_use_id"]
            choice = self._pending.get(tool_id)
            if choice is None or choice.entry not in self.entries:
                continue
            if choice.reply.error is not None:  # the client comes again with the same results
                self._advance(tool_id, choice)
            return choice
        return None

    def _advance(self, tool_id: str, choice: Choice) -> None:
        after = choice.position + 1
        if after < len(choice.entry.replies):
            self._pending[tool_id] = Choice(choice.entry, after)
        else:
            del self._pending[tool_id]

    def _used_up(self, entry: Entry) -> Iterable[str]:
        begun = self._progress.get(entry, Progress()).begun
        if entry.times is not None and begun >= entry.times * len(entry.segments):
            yield f"times: it answered {entry.times} times already"

    def _begun(self, entry: Entry) -> Choice:
        progress = self._progress.setdefault(entry, Progress())
        start = entry.segments[progress.begun % len(entry.segments)]
        progress.begun += 1
        return Choice(entry, start)

    def _given(self, choice: Choice) -> Choice:
        if len(self._progress) > MOST_PROGRESS:  # of entries that a reload of the file has replaced
            there = set(self.entries)
            self._progress = {e: p for e, p in self._progress.items() if e in there}
        self._progress.setdefault(choice.entry, Progress()).answered += 1
        return choice
