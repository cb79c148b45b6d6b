"""Workspaces: one for each key, nothing shared, and not without bound."""

from __future__ import annotations

import asyncio
import json
import re
from typing import Any, cast

import pytest

from mockserver import workspace as module
from mockserver.batch import Batch
from mockserver.clock import Clock
from mockserver.errors import ApiError
from mockserver.scripts import reading
from mockserver.settings import Settings
from mockserver.store.memory import MemoryStore
from mockserver.workspace import Workspace, Workspaces, owner_of
from tests.unit.mockserver.test_journal import record


def workspaces(seed: int = 0) -> Workspaces:
    return Workspaces(Settings(seed=seed), Clock())


def test_a_key_keeps_its_workspace() -> None:
    found = workspaces()
    assert found.of("a") is found.of("a")


def test_keys_share_nothing_but_the_organization() -> None:
    found = workspaces()
    one, other = found.of("a"), found.of("b")
    assert one.organization_id == other.organization_id
    assert one.id != other.id
    assert one.ids.next("msg") != other.ids.next("msg")
    stored = one.files.add("a.txt", "text/plain", b"abc")
    assert other.files.find(stored.id) is None


def test_headers_say_whose_workspace_it_is() -> None:
    found = workspaces().of("a")
    headers = {name.decode(): value.decode() for name, value in found.headers.raw}
    assert headers == {
        "anthropic-organization-id": found.organization_id,
        "anthropic-workspace-id": found.id,
    }
    assert re.fullmatch(r"wrkspc_01[A-Za-z0-9]{22}", found.id)
    assert found.headers.lines == b"".join(b"%b: %b\r\n" % pair for pair in found.headers.raw)


def test_a_seed_repeats_a_workspace() -> None:
    assert workspaces(7).of("a").id == workspaces(7).of("a").id
    assert workspaces(7).of("a").ids.next("msg") == workspaces(7).of("a").ids.next("msg")
    assert workspaces(7).of("a").id != workspaces(8).of("a").id


def test_the_key_is_not_in_the_id() -> None:
    assert "secret" not in workspaces().of("secret").id


def test_the_records_of_an_evicted_workspace_go_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WORKSPACES", 1)
    found = workspaces()
    journal = found.of("a").journal
    journal.add(record())
    assert found._shelf.size > 0
    found.of("b")
    assert (len(journal), found._shelf.size) == (0, 0)


def test_the_longest_unused_workspace_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WORKSPACES", 3)
    found = workspaces()
    first, *_ = [found.of(key) for key in ("a", "b", "c")]
    assert found.of("a") is first  # used again: now b is the oldest
    second = found.of("b")
    found.of("c")
    found.of("a")
    assert found.of("b") is second
    found.of("d")
    assert found.of("a") is first
    assert found.of("b") is second
    assert found.of("d") is found.of("d")


def test_an_evicted_workspace_leaves_nothing_in_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.workspace.MOST_WORKSPACES", 1)
    workspaces = Workspaces(Settings(), Clock())
    first = workspaces.of("a")
    first.files.add("a.txt", "text/plain", b"")
    workspaces.of("b")
    assert first.files.listed() == []


def test_a_store_never_sees_a_key() -> None:
    assert "sk-ant" not in owner_of("sk-ant-secret")
    assert owner_of("a") != owner_of("b")


def test_a_later_start_draws_other_ids() -> None:
    store = MemoryStore()
    first = Workspace("a", Settings(), Clock(), store).ids.next("file")
    store.starts = 1
    assert Workspace("a", Settings(), Clock(), store).ids.next("file") != first


def test_a_key_may_be_named_like_a_later_start_or_another_workspace() -> None:
    store = MemoryStore()
    store.starts = 1
    later = Workspace("a", Settings(), Clock(), store)
    first = [Workspace(key, Settings(), Clock()) for key in ("a:1", "workspace:a")]
    drawn = [later.id, *(each.ids.next("wrkspc") for each in (later, *first))]

    assert len(set(drawn)) == len(drawn)


def test_a_reset_workspace_is_as_new_but_for_its_journal() -> None:
    found = workspaces()
    old = found.of("a")
    first = old.ids.next("msg")
    old.files.add("a.txt", "text/plain", b"abc")
    old.clock.forward(60)
    gone = found.evicted
    found.reset("a")
    new = found.of("a")
    assert new is not old
    assert new.ids.next("msg") == first
    assert new.files.listed() == []
    assert new.clock.shift == 0
    assert new.journal is old.journal
    assert found.evicted == gone + 1
    found.reset("never seen")


def test_a_snapshot_brings_a_state_back() -> None:
    found = workspaces().of("a")
    other = workspaces().of("a")
    found.book.push([reading.entry({"reply": "a"}, "reply 1")])
    kept = found.files.add("a.txt", "text/plain", b"abc")
    other.files.add("a.txt", "text/plain", b"abc")
    name = found.snapshot()
    for _ in range(2):
        found.ids.next("msg")
        found.book.clear()
        found.clock.forward(60)
        found.files.remove(kept.id)
        found.files.add("b.txt", "text/plain", b"abc")
        found.allowed_rules = ("x",)
        found.restore(name)
        assert [entry.id for entry in found.book.queue] == ["reply 1"]
        assert found.clock.shift == 0
        assert found.files.named(kept.id).content == b"abc"
        assert len(found.files.listed()) == 1
        assert found.allowed_rules == ()
    assert found.ids.next("msg") == other.ids.next("msg")


def test_a_snapshot_brings_back_how_far_a_batch_was() -> None:
    def answer(_batch: Batch, position: int, _params: Any) -> dict[str, Any]:
        answered.append(position)
        return {"type": "succeeded", "said": f"{len(answered)}"}

    found = Workspace("a", Settings(batch_ends="step"), Clock())
    answered: list[int] = []
    with found.store.draft() as items:
        items.write(b'{"custom_id": "c", "params": {}}\n' * 3)
        batch_id = asyncio.run(found.batches.add(items, 3, {})).id
    with found.store.draft() as items:
        items.write(b'{"custom_id": "c", "params": {}}\n')
        asyncio.run(found.batches.add(items, 1, {}))
    asyncio.run(found.batches.advance(batch_id, answer, 1))
    name = found.snapshot()
    for _ in range(2):
        asyncio.run(found.batches.advance(batch_id, answer, 1))
        asyncio.run(found.batches.advance(batch_id, answer))
        assert found.batches.named(batch_id).has_ended
        found.restore(name)
        assert not found.batches.named(batch_id).has_ended
    asyncio.run(found.batches.cancel(batch_id))
    asyncio.run(found.batches.polled(batch_id, answer))

    assert answered == [0, 1, 2, 1, 2]
    with found.batches.results(batch_id).open() as opened:
        results = [json.loads(line)["result"] for line in opened]
    assert results == [
        {"type": "succeeded", "said": "1"},
        {"type": "canceled"},
        {"type": "canceled"},
    ]


def test_processing_stops_when_another_state_is_brought_back() -> None:
    found = Workspace("a", Settings(), Clock())
    with found.store.draft() as items:
        items.write(b'{"custom_id": "c", "params": {}}\n' * 100)
        batch_id = asyncio.run(found.batches.add(items, 100, {})).id
    name = found.snapshot()

    def answer(_batch: Batch, position: int, _params: Any) -> dict[str, Any]:
        if position == 49:
            found.restore(name)
        return {"type": "succeeded"}

    assert not asyncio.run(found.batches.polled(batch_id, answer)).has_ended
    assert asyncio.run(found.batches.polled(batch_id, lambda *_: {"type": "errored"})).has_ended
    assert found.batches.named(batch_id).document["counts"]["errored"] == 100


def test_a_snapshot_has_a_name_and_few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_SNAPSHOTS", 2)
    found = workspaces().of("a")
    with pytest.raises(ApiError, match="no snapshot 'x'; there are: none"):
        found.restore("x")
    assert [found.snapshot() for _ in range(3)] == [f"snapshot-{n}" for n in (1, 2, 3)]
    with pytest.raises(
        ApiError, match="no snapshot 'snapshot-1'; there are: snapshot-2, snapshot-3"
    ):
        found.restore("snapshot-1")


def test_a_store_that_lasts_has_no_snapshots() -> None:
    class Lasting:
        starts = 0

    found = Workspace("a", Settings(), Clock(), cast("Any", Lasting()))
    with pytest.raises(ApiError, match="keep their state in memory"):
        found.snapshot()


def test_what_lasts_waits_for_an_evicted_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.workspace.MOST_WORKSPACES", 1)
    store = MemoryStore()
    store.blocks = True
    found = Workspaces(Settings(), Clock(), store)
    file_id = found.of("a").files.add("a.txt", "text/plain", b"").id
    found.of("b")
    assert [file.id for file in found.of("a").files.listed()] == [file_id]
