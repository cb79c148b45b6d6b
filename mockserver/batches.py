"""The message batches of a workspace: states, counts, ends on the clock; items and results in the store.

An item is processed when its turn has come: all of them at the next poll, some of them as time goes by,
or as many as a test says. Whatever has not come when a batch is canceled or expires stays unprocessed.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

import orjson

from mockserver.batch import LIFE, OUTCOMES, Batch, written
from mockserver.clock import Clock
from mockserver.errors import ApiError, invalid
from mockserver.ids import Ids
from mockserver.store import Content, Document, Draft, Row, Store, settled
from mockserver.store.memory import MemoryStore

KIND: Final = "batch"
ITEMS, RESULTS = "items", "results"
# A poll of a batch of many thousand items answers before clients lose patience; the next one goes on.
PATIENCE_SECONDS = 20.0
SLICE = 50

Result = dict[str, Any]
Answerer = Callable[[Batch, int, Any], Result]


@dataclass
class Run:
    """How far the processing of a batch has come."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    draft: Draft | None = None
    offset: int = 0
    position: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(OUTCOMES, 0))
    is_busy: bool = False


class Taken(NamedTuple):
    """How far a run had come. Its draft only grows, so the first `size` bytes are what it was."""

    offset: int
    position: int
    counts: dict[str, int]
    draft: Draft | None
    size: int


class Batches:
    """The batches of one workspace. `ends` is as in `mockserver.settings.Settings.batch_ends`."""

    def __init__(
        self,
        ids: Ids,
        clock: Clock,
        store: Store | None = None,
        owner: str = "",
        ends: str | float = "poll",
    ) -> None:
        self.store: Store = MemoryStore() if store is None else store
        self._ids = ids
        self._clock = clock
        self._owner = owner
        self._ends = ends
        self._runs: dict[str, Run] = {}

    async def add(self, items: Draft, total: int, context: Mapping[str, Any]) -> Batch:
        """Keep a new batch. `items` has each as a JSON line; `context` is kept for later."""
        now = self._clock.now()
        document: Document = {
            "processing_status": "in_progress",
            "created_at": written(now),
            "expires_at": written(now + LIFE),
            "ended_at": None,
            "cancel_initiated_at": None,
            "total": total,
            "due": 0,
            "counts": None,
            "context": dict(context),
        }
        batch = Batch(self._fresh_id(), document)
        await self._put(batch, {ITEMS: items})
        return batch

    def named(self, batch_id: str) -> Batch:
        """The batch of an id. Raises the 404; its words are ours."""
        row = self._rows().get(batch_id)
        if row is None:
            raise ApiError(404, f"Message Batch {batch_id} not found.")
        return Batch(batch_id, row.document)

    def listed(self) -> list[Batch]:
        """All batches, the newest first."""
        return [Batch(key, row.document) for key, row in reversed(list(self._rows().items()))]

    async def polled(self, batch_id: str, answer: Answerer) -> Batch:
        """The batch, after what was due by now has been processed with `answer`."""
        batch = self.named(batch_id)
        if not batch.has_ended:
            await self._work(batch_id, answer)
        return self.named(batch_id)

    async def advance(self, batch_id: str, answer: Answerer, items: int | None = None) -> Batch:
        """Process some more items, or all of them: how a test steps through a batch."""
        batch = self.named(batch_id)
        if batch.status == "in_progress":
            due = batch.total if items is None else min(batch.total, batch.document["due"] + items)
            await self._put(batch.but(due=due))
        return await self.polled(batch_id, answer)

    async def cancel(self, batch_id: str) -> Batch:
        """Process nothing more. Raises the 400 for a batch that has ended; its words are ours."""
        run = self._run(batch_id)
        async with run.lock:
            batch = self.named(batch_id)
            if batch.has_ended:
                raise invalid(f"Message Batch {batch_id} has ended and cannot be canceled.")
            if batch.status == "in_progress":
                now = self._clock.now()
                due = max(run.position, batch.due(now, self._ends, is_poll=False))
                batch = batch.but(
                    processing_status="canceling", cancel_initiated_at=written(now), due=due
                )
                await self._put(batch)
        return batch

    async def remove(self, batch_id: str) -> None:
        """Delete a batch. Raises the 400 for one that has not ended (docs: Batch processing; the words are ours)."""
        if not self.named(batch_id).has_ended:
            raise invalid(
                f"Message Batch {batch_id} is still being processed and cannot be deleted; cancel it first."
            )
        await settled(self.store, self.store.remove, KIND, self._owner, batch_id)

    def results(self, batch_id: str) -> Content:
        """The content with the results. Raises the recorded 404 for a batch that has none."""
        batch = self.named(batch_id)
        if not batch.has_ended or batch.archived_at(self._clock.now()):
            raise ApiError(404, f"Message Batch {batch_id} has no available results.")
        return self.store.content(self._owner, batch_id, RESULTS)

    def shown(self, batch: Batch, base_url: str) -> dict[str, Any]:
        """The wire's batch object."""
        return batch.shown(base_url, self._clock.now())

    def taken(self) -> dict[str, Taken]:
        """How far the processing has come, to be put back by `restore`."""
        return {
            batch_id: Taken(
                run.offset,
                run.position,
                dict(run.counts),
                run.draft,
                0 if run.draft is None else run.draft.size,
            )
            for batch_id, run in self._runs.items()
        }

    def restore(
        self, taken: Mapping[str, Taken], first_bytes: Callable[[Draft, int], Draft]
    ) -> None:
        """Go on from where the processing was. `first_bytes` makes a draft of the beginning of another."""
        self._runs = {
            batch_id: Run(
                draft=None if each.draft is None else first_bytes(each.draft, each.size),
                offset=each.offset,
                position=each.position,
                counts=dict(each.counts),
            )
            for batch_id, each in taken.items()
        }

    async def _work(self, batch_id: str, answer: Answerer) -> None:
        run = self._run(batch_id)
        if run.is_busy:
            return
        run.is_busy = True
        patience = time.monotonic() + PATIENCE_SECONDS
        try:
            while True:
                batch = self.named(batch_id)
                now = self._clock.now()
                due = batch.due(now, self._ends, is_poll=True)
                if run.position >= due:
                    await self._end_if_due(run, batch_id, now)
                    return
                self._process(run, batch, min(due, run.position + SLICE), answer)
                if time.monotonic() > patience:
                    return
                await asyncio.sleep(0)
                if self._runs.get(batch_id) is not run:
                    return  # another state was brought back
        finally:
            run.is_busy = False

    def _process(self, run: Run, batch: Batch, until: int, answer: Answerer) -> None:
        for custom_id, params in self._next(run, batch, until - run.position):
            self._write(run, custom_id, answer(batch, run.position, params))

    def _next(self, run: Run, batch: Batch, number: int) -> Iterator[tuple[str, Any]]:
        with self.store.content(self._owner, batch.id, ITEMS).open() as items:
            items.seek(run.offset)
            for _ in range(number):
                item = orjson.loads(items.readline())
                yield item["custom_id"], item["params"]
            run.offset = items.tell()

    def _write(self, run: Run, custom_id: str, result: Result) -> None:
        if run.draft is None:
            run.draft = self.store.draft()
        run.draft.write(orjson.dumps({"custom_id": custom_id, "result": result}) + b"\n")
        run.counts[result["type"]] += 1
        run.position += 1

    async def _end_if_due(self, run: Run, batch_id: str, now: dt.datetime) -> None:
        async with run.lock:
            batch = self.named(batch_id)
            rest = batch.fate(now)
            if rest is None and run.position < batch.total:
                return
            for custom_id, _ in self._next(run, batch, batch.total - run.position):
                self._write(run, custom_id, {"type": rest})
            ended = batch.but(
                processing_status="ended",
                ended_at=written(batch.end(now, self._ends)),
                counts=run.counts,
            )
            with run.draft or self.store.draft() as draft:
                del self._runs[batch_id]  # if this fails, the next poll starts anew
                await self._put(ended, {RESULTS: draft})

    def _run(self, batch_id: str) -> Run:
        return self._runs.setdefault(batch_id, Run())

    def _rows(self) -> Mapping[str, Row]:
        return self.store.rows(KIND, self._owner)

    async def _put(self, batch: Batch, drafts: Mapping[str, Draft] | None = None) -> None:
        store = self.store
        await settled(store, store.put, KIND, self._owner, batch.id, batch.document, drafts or {})

    def _fresh_id(self) -> str:
        while True:
            batch_id = self._ids.next("msgbatch")
            if batch_id not in self._rows():
                return batch_id
