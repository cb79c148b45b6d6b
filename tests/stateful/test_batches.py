"""Batches against a dict: create, step, cancel, poll, delete, with restarts, crashes and time that passes."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

import orjson
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    consumes,
    initialize,
    invariant,
    rule,
)

from mockserver.batch import Batch
from mockserver.batches import Batches
from mockserver.errors import ApiError
from tests.stateful.lives import DAY, OWNER, Lives

TAKES = 36_000.0


@dataclass
class Known:
    """What the model knows of a batch: how many items, and what has become of it."""

    bad: list[bool]
    created: float
    status: str = "in_progress"
    due: int = 0
    rest: str = ""

    def results(self) -> list[str]:
        done = ["errored" if bad else "succeeded" for bad in self.bad[: self.due]]
        return done + [self.rest] * (len(self.bad) - self.due)


def answer(_batch: Batch, position: int, params: Any) -> dict[str, Any]:
    return {"type": "errored" if params["bad"] else "succeeded", "position": position}


class BatchLives(Lives):
    """The machine; `model` is what must be there."""

    batches = Bundle("batches")
    ends: str | float = "poll"

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[str, Known] = {}

    @initialize(ends=st.sampled_from(["poll", "step", TAKES]))
    def start(self, ends: str | float) -> None:
        self.ends = ends
        self.shelf()

    def shelf(self) -> None:
        self.subject = Batches(self.ids(), self.clock, self.disk.store, OWNER, self.ends)

    @rule(target=batches, bad=st.lists(st.booleans(), min_size=1, max_size=5))
    def create(self, bad: list[bool]) -> str:
        with self.disk.store.draft() as items:
            for number, each in enumerate(bad):
                line = {"custom_id": f"c{number}", "params": {"bad": each}}
                items.write(orjson.dumps(line) + b"\n")
            batch = asyncio.run(self.subject.add(items, len(bad), {}))
        assert batch.id not in self.model
        self.model[batch.id] = Known(bad, self.now)
        return batch.id

    @rule(batch_id=batches)
    def poll(self, batch_id: str) -> None:
        known = self.model.get(batch_id)
        if known is None:
            with pytest.raises(ApiError):
                asyncio.run(self.subject.polled(batch_id, answer))
            return
        self.settle(known)
        assert asyncio.run(self.subject.polled(batch_id, answer)).status == known.status

    def settle(self, known: Known) -> None:
        """Let the model of a batch come to what a poll finds now."""
        if known.status == "ended":
            return
        expired = self.now >= known.created + DAY
        if known.status == "in_progress":
            if self.ends == "poll" and not expired:
                known.due = len(known.bad)
            elif self.ends == TAKES:
                known.due = max(known.due, self.due_on_the_clock(known))
        canceled = known.status == "canceling"
        if canceled or expired or known.due == len(known.bad):
            known.status = "ended"
            known.rest = "canceled" if canceled else "expired"

    def due_on_the_clock(self, known: Known) -> int:
        gone = min(self.now - known.created, DAY)
        return min(len(known.bad), int(len(known.bad) * gone / TAKES))

    @rule(batch_id=batches, items=st.integers(1, 3))
    def step(self, batch_id: str, items: int) -> None:
        known = self.model.get(batch_id)
        if known is None:
            return
        if known.status == "in_progress":
            known.due = min(len(known.bad), known.due + items)
        self.settle(known)
        stepped = asyncio.run(self.subject.advance(batch_id, answer, items))
        assert stepped.status == known.status

    @rule(batch_id=batches)
    def cancel(self, batch_id: str) -> None:
        known = self.model.get(batch_id)
        if known is None or known.status == "ended":
            with pytest.raises(ApiError):
                asyncio.run(self.subject.cancel(batch_id))
            return
        if known.status == "in_progress" and self.ends == TAKES:
            known.due = max(known.due, self.due_on_the_clock(known))
        known.status = "canceling"
        assert asyncio.run(self.subject.cancel(batch_id)).status == "canceling"

    @rule(batch_id=consumes(batches))
    def delete(self, batch_id: str) -> None:
        known = self.model.get(batch_id)
        if known is not None and known.status == "ended":
            asyncio.run(self.subject.remove(batch_id))
            del self.model[batch_id]
        else:
            with pytest.raises(ApiError):
                asyncio.run(self.subject.remove(batch_id))

    @invariant()
    def listed_is_what_is_known(self) -> None:
        listed = {batch.id: batch.status for batch in self.subject.listed()}
        assert listed == {batch_id: known.status for batch_id, known in self.model.items()}

    @invariant()
    def results_are_those_of_the_model(self) -> None:
        for batch_id, known in self.model.items():
            if known.status != "ended" or self.now >= known.created + 29 * DAY:
                with pytest.raises(ApiError):
                    self.subject.results(batch_id)
                continue
            with self.subject.results(batch_id).open() as opened:
                lines = [orjson.loads(line) for line in opened]
            assert [line["custom_id"] for line in lines] == [f"c{n}" for n in range(len(lines))]
            assert [line["result"]["type"] for line in lines] == known.results()

    @invariant()
    def counts_add_up(self) -> None:
        for batch in self.subject.listed():
            counts = self.subject.shown(batch, "")["request_counts"]
            assert sum(counts.values()) == batch.total
            assert (counts["processing"] == 0) == batch.has_ended


TestBatchLives = BatchLives.TestCase
TestBatchLives.settings = settings(max_examples=200, stateful_step_count=20)
