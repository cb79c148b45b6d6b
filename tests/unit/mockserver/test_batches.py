"""Message batches of a workspace: states, turns, ends."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from mockserver import batches as module
from mockserver.batch import OUTCOMES, Batch
from mockserver.batches import Batches
from mockserver.clock import Clock
from mockserver.errors import ApiError
from mockserver.ids import Ids
from mockserver.store.memory import MemoryStore

HOUR, DAY = 3_600, 86_400


def answer(_batch: Batch, position: int, params: Any) -> dict[str, Any]:
    return {"type": "errored" if params.get("bad") else "succeeded", "position": position}


class Shelf:
    """Batches on a clock and a store of the test's own."""

    def __init__(self, ends: str | float = "poll") -> None:
        self.clock = Clock(dt.date(2026, 11, 22))
        self.store = MemoryStore()
        self.ends = ends
        self.restart()

    def restart(self) -> None:
        self.batches = Batches(Ids(0, "key"), self.clock, self.store, "me", self.ends)

    def add(self, total: int, bad: int = -1) -> str:
        with self.store.draft() as items:
            for number in range(total):
                items.write(
                    orjson.dumps({"custom_id": f"c{number}", "params": {"bad": number == bad}})
                    + b"\n"
                )
            return asyncio.run(self.batches.add(items, total, {})).id

    def poll(self, batch_id: str) -> dict[str, Any]:
        return self.shown(asyncio.run(self.batches.polled(batch_id, answer)))

    def cancel(self, batch_id: str) -> dict[str, Any]:
        return self.shown(asyncio.run(self.batches.cancel(batch_id)))

    def advance(self, batch_id: str, items: int | None = None) -> dict[str, Any]:
        return self.shown(asyncio.run(self.batches.advance(batch_id, answer, items)))

    def shown(self, batch: Batch) -> dict[str, Any]:
        return self.batches.shown(batch, "http://here")

    def results(self, batch_id: str) -> list[Any]:
        with self.batches.results(batch_id).open() as opened:
            return [orjson.loads(line) for line in opened]


def kinds(results: list[Any]) -> list[str]:
    return [line["result"]["type"] for line in results]


def test_a_batch_is_in_progress_until_it_is_polled() -> None:
    shelf = Shelf()
    batch_id = shelf.add(3, bad=1)
    shown = shelf.shown(shelf.batches.named(batch_id))
    assert re.fullmatch(r"msgbatch_01[A-Za-z0-9]{22}", batch_id)
    assert list(shown) == [
        "id",
        "type",
        "processing_status",
        "request_counts",
        "ended_at",
        "created_at",
        "expires_at",
        "archived_at",
        "cancel_initiated_at",
        "results_url",
    ]
    assert shown["processing_status"] == "in_progress"
    assert shown["request_counts"] == {"processing": 3, **dict.fromkeys(OUTCOMES, 0)}
    assert re.fullmatch(r"2026-11-22T00:00:00\.\d{6}\+00:00", shown["created_at"])
    assert shown["expires_at"] == shown["created_at"].replace("-22", "-23")
    assert shown["results_url"] is shown["ended_at"] is None
    ended = shelf.poll(batch_id)
    assert ended["processing_status"] == "ended"
    assert ended["request_counts"] == {
        "processing": 0,
        "succeeded": 2,
        "errored": 1,
        "canceled": 0,
        "expired": 0,
    }
    assert ended["results_url"] == f"http://here/v1/messages/batches/{batch_id}/results"
    assert shelf.results(batch_id) == [
        {"custom_id": f"c{n}", "result": {"type": kind, "position": n}}
        for n, kind in enumerate(["succeeded", "errored", "succeeded"])
    ]
    assert shelf.poll(batch_id) == ended


def test_a_canceled_batch_ends_at_the_next_poll_with_nothing_done() -> None:
    shelf = Shelf()
    batch_id = shelf.add(2)
    canceling = shelf.cancel(batch_id)
    assert canceling["processing_status"] == "canceling"
    assert canceling["request_counts"]["processing"] == 2
    assert canceling["cancel_initiated_at"] is not None
    assert shelf.cancel(batch_id) == canceling
    assert shelf.advance(batch_id)["request_counts"]["canceled"] == 2
    assert kinds(shelf.results(batch_id)) == ["canceled"] * 2
    with pytest.raises(ApiError, match="has ended and cannot be canceled"):
        shelf.cancel(batch_id)


def test_a_batch_that_nobody_polls_expires() -> None:
    shelf = Shelf()
    batch_id = shelf.add(2)
    shelf.clock.forward(DAY)
    ended = shelf.poll(batch_id)
    assert ended["request_counts"]["expired"] == 2
    assert ended["ended_at"] == ended["expires_at"]
    assert kinds(shelf.results(batch_id)) == ["expired"] * 2


@pytest.mark.parametrize("restarts", [False, True])
def test_a_test_steps_through_a_batch(restarts: bool) -> None:
    shelf = Shelf("step")
    batch_id = shelf.add(5, bad=0)
    assert shelf.poll(batch_id)["processing_status"] == "in_progress"
    assert shelf.advance(batch_id, 4)["request_counts"]["processing"] == 5
    if restarts:
        shelf.restart()
    assert shelf.cancel(batch_id)["processing_status"] == "canceling"
    ended = shelf.poll(batch_id)
    assert list(ended["request_counts"].values()) == [0, 3, 1, 1, 0]
    assert kinds(shelf.results(batch_id)) == ["errored", *["succeeded"] * 3, "canceled"]


def test_a_step_may_be_larger_than_the_batch() -> None:
    shelf = Shelf("step")
    batch_id = shelf.add(2)
    assert shelf.advance(batch_id, 7)["processing_status"] == "ended"
    assert shelf.advance(batch_id)["processing_status"] == "ended"


def test_a_batch_ends_on_the_clock() -> None:
    shelf = Shelf(100.0)
    batch_id = shelf.add(4)
    assert shelf.poll(batch_id)["processing_status"] == "in_progress"
    shelf.clock.forward(60)
    assert shelf.poll(batch_id)["processing_status"] == "in_progress"
    shelf.clock.forward(60)
    ended = shelf.poll(batch_id)
    assert ended["processing_status"] == "ended"
    lasted = shelf.batches.named(batch_id)
    assert lasted.time("ended_at") - lasted.time("created_at") == dt.timedelta(seconds=100)


def test_a_cancel_on_the_clock_keeps_what_was_done_by_then() -> None:
    shelf = Shelf(100.0)
    batch_id = shelf.add(4)
    shelf.clock.forward(50)
    shelf.cancel(batch_id)
    shelf.clock.forward(50)
    assert kinds(shelf.poll(batch_id) and shelf.results(batch_id)) == [
        *["succeeded"] * 2,
        *["canceled"] * 2,
    ]


def test_a_batch_that_takes_longer_than_a_day_expires_with_what_was_done() -> None:
    shelf = Shelf(2.0 * DAY)
    batch_id = shelf.add(4)
    shelf.clock.forward(3 * DAY)
    assert kinds(shelf.poll(batch_id) and shelf.results(batch_id)) == [
        *["succeeded"] * 2,
        *["expired"] * 2,
    ]


def test_a_batch_may_take_no_time() -> None:
    shelf = Shelf(0.0)
    batch_id = shelf.add(1)
    assert shelf.poll(batch_id)["processing_status"] == "ended"


def test_results_are_there_for_29_days() -> None:
    shelf = Shelf()
    batch_id = shelf.add(1)
    with pytest.raises(ApiError) as caught:
        shelf.results(batch_id)
    assert caught.value.status == 404
    assert caught.value.message == f"Message Batch {batch_id} has no available results."
    created = shelf.poll(batch_id)["created_at"]
    shelf.clock.forward(29 * DAY - HOUR)
    assert kinds(shelf.results(batch_id)) == ["succeeded"]
    shelf.clock.forward(HOUR)
    shown = shelf.poll(batch_id)
    assert shown["archived_at"] == created.replace("2026-11-22", "2026-12-21")
    assert shown["results_url"] is None
    with pytest.raises(ApiError, match="no available results"):
        shelf.results(batch_id)


def test_only_an_ended_batch_is_removed() -> None:
    shelf = Shelf()
    batch_id = shelf.add(1)
    with pytest.raises(ApiError, match="cancel it first"):
        asyncio.run(shelf.batches.remove(batch_id))
    shelf.poll(batch_id)
    asyncio.run(shelf.batches.remove(batch_id))
    for call in (shelf.batches.named, shelf.results, shelf.poll):
        with pytest.raises(ApiError) as caught:
            call(batch_id)
        assert caught.value.status == 404
        assert caught.value.message == f"Message Batch {batch_id} not found."


def test_listed_are_the_newest_first() -> None:
    shelf = Shelf()
    added = [shelf.add(1) for _ in range(3)]
    assert [batch.id for batch in shelf.batches.listed()] == added[::-1]


def test_an_id_that_is_taken_is_not_drawn_again() -> None:
    shelf = Shelf()
    first = shelf.add(1)
    shelf.restart()
    assert shelf.add(1) != first


def test_a_poll_answers_before_patience_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    batch_id = shelf.add(120)
    monkeypatch.setattr(module, "PATIENCE_SECONDS", -1)
    polls = [shelf.poll(batch_id)["processing_status"] for _ in range(4)]
    assert polls == ["in_progress"] * 3 + ["ended"]
    assert [line["result"]["position"] for line in shelf.results(batch_id)] == [*range(120)]


def together(shelf: Shelf, *calls: Callable[[], Any]) -> list[Any]:
    async def run() -> list[Any]:
        return await asyncio.gather(*(call() for call in calls))

    return asyncio.run(run())


def test_a_second_poll_does_not_wait_for_the_first() -> None:
    shelf = Shelf()
    batch_id = shelf.add(200)
    poll = lambda: shelf.batches.polled(batch_id, answer)  # noqa: E731 # twice below
    first, second = together(shelf, poll, poll)
    assert (first.status, second.status) == ("ended", "in_progress")
    assert len(shelf.results(batch_id)) == 200


def test_a_cancel_stops_a_poll_where_it_is() -> None:
    shelf = Shelf()
    batch_id = shelf.add(200)
    together(
        shelf,
        lambda: shelf.batches.polled(batch_id, answer),
        lambda: shelf.batches.cancel(batch_id),
    )
    found = kinds(shelf.results(batch_id))
    assert found == sorted(found, reverse=True)
    assert 0 < found.count("canceled") < 200


def test_a_batch_whose_end_can_t_be_stored_starts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf()
    batch_id = shelf.add(3)
    with monkeypatch.context() as patched:
        patched.setattr(shelf.store, "put", lambda *_: (_ for _ in ()).throw(OSError("full")))
        with pytest.raises(OSError, match="full"):
            shelf.poll(batch_id)
    assert shelf.poll(batch_id)["request_counts"]["succeeded"] == 3
    assert len(shelf.results(batch_id)) == 3
