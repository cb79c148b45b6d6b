"""The store in memory: rows, contents and drafts."""

from __future__ import annotations

import asyncio
import gc

import pytest

from mockserver.store import settled
from mockserver.store.memory import SPOOL_BYTES, MemoryStore


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.mark.parametrize("size", [0, 3, SPOOL_BYTES + 1])
def test_content_is_kept_with_its_row(store: MemoryStore, size: int) -> None:
    with store.draft() as draft:
        draft.write(bytes(size))
        assert draft.size == size
        store.put("file", "me", "a", {"x": 1}, {"content": draft})
    content = store.content("me", "a", "content")
    with content.open() as first, content.open() as second:
        assert (first.read(2), second.read(), first.read()) == (
            bytes(size)[:2],
            bytes(size),
            bytes(size)[2:],
        )


def test_a_draft_that_is_not_kept_is_gone(store: MemoryStore) -> None:
    with store.draft() as draft:
        draft.write(bytes(SPOOL_BYTES + 1))
    assert store.rows("file", "me") == {}
    with pytest.raises(ValueError, match="closed"):
        draft.write(b"")


def test_contents_close_their_files_when_they_go(store: MemoryStore) -> None:
    with store.draft() as draft:
        draft.write(bytes(SPOOL_BYTES + 1))
        store.put("file", "me", "a", {}, {"content": draft})
    del draft
    store.remove("file", "me", "a")
    gc.collect()  # a file that is left open would warn here, and warnings are errors


def test_a_row_keeps_its_number_and_its_contents_when_it_changes(store: MemoryStore) -> None:
    for key in ("a", "b"):
        with store.draft() as draft:
            draft.write(key.encode())
            store.put("batch", "me", key, {"state": 1}, {"items": draft})
    store.put("batch", "me", "a", {"state": 2})
    rows = store.rows("batch", "me")
    assert [(key, row.number, row.document) for key, row in rows.items()] == [
        ("a", 1, {"state": 2}),
        ("b", 2, {"state": 1}),
    ]
    assert store.content("me", "a", "items").open().read() == b"a"


def test_owners_and_kinds_do_not_meet(store: MemoryStore) -> None:
    store.put("file", "me", "a", {})
    store.put("batch", "me", "b", {})
    store.put("file", "you", "c", {})
    assert list(store.rows("file", "me")) == ["a"]
    store.remove("file", "me", "nobody")
    with store.draft() as draft:
        store.put("file", "me", "d", {}, {"content": draft})
    store.forget("me")
    assert [len(store.rows("file", owner)) for owner in ("me", "you")] == [0, 1]
    with pytest.raises(KeyError):
        store.content("me", "d", "content")
    store.close()
    assert store.rows("file", "you") == {}


@pytest.mark.parametrize("blocks", [False, True])
def test_changes_are_settled(
    store: MemoryStore, monkeypatch: pytest.MonkeyPatch, blocks: bool
) -> None:
    monkeypatch.setattr(store, "blocks", blocks)
    asyncio.run(settled(store, store.put, "file", "me", "a", {"x": 1}))
    assert store.rows("file", "me")["a"].document == {"x": 1}


def test_contents_can_go_and_come_with_a_row(store: MemoryStore) -> None:
    for name in ("first", "second"):
        with store.draft() as draft:
            store.put("skill", "me", "a", {}, {name: draft})
    with store.draft() as draft:
        store.put("skill", "me", "a", {}, {"third": draft}, drops=("first",))

    with pytest.raises(KeyError):
        store.content("me", "a", "first")
    assert store.content("me", "a", "second").size == store.content("me", "a", "third").size == 0
