"""The store on disk: what lasts, what is swept, who may open it."""

from __future__ import annotations

import gc
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from mockserver.store import Draft, Store, StoreError
from mockserver.store.disk import CONTENTS, DATABASE, DRAFTS, DiskContent, DiskStore

ID = "file_011Ca"
REMEDY = "use another --data-dir, or a folder that is empty and can be written"


@contextmanager
def opened(folder: Path) -> Iterator[DiskStore]:
    store = DiskStore(folder)
    try:
        yield store
    finally:
        store.close()


def put(store: Store, key: str = ID, owner: str = "me", **contents: bytes) -> None:
    drafts: dict[str, Draft] = {}
    for name, content in contents.items():
        drafts[name] = store.draft()
        drafts[name].write(content)
    store.put("file", owner, key, {"name": "ä"}, drafts)


def files_of(folder: Path) -> set[str]:
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(DATABASE)
    }


def test_what_was_put_is_there_after_a_restart(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, content=b"abc" * 100_000)
        put(store, "file_2")
        number = store.rows("file", "me")["file_2"].number
    with opened(tmp_path) as store:
        rows = store.rows("file", "me")
        assert [(key, row.document) for key, row in rows.items()] == [
            (ID, {"name": "ä"}),
            ("file_2", {"name": "ä"}),
        ]
        assert rows["file_2"].number == number
        content = store.content("me", ID, "content")
        assert content.size == 300_000
        with content.open() as opened_content:
            assert opened_content.read() == b"abc" * 100_000
        with pytest.raises(KeyError):
            store.content("me", ID, "results")


def test_a_row_changes_and_gets_more_contents(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, items=b"1")
        number = store.rows("file", "me")[ID].number
        with store.draft() as draft:
            draft.write(b"2")
            store.put("file", "me", ID, {"name": "b"}, {"results": draft})
    with opened(tmp_path) as store:
        assert store.rows("file", "me")[ID] == (number, {"name": "b"})
        for name, expected in (("items", b"1"), ("results", b"2")):
            with store.content("me", ID, name).open() as content:
                assert content.read() == expected


def test_what_was_removed_stays_removed(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, content=b"abc")
        store.remove("file", "me", ID)
        assert store.rows("file", "me") == {}
        assert files_of(tmp_path) == set()
    with opened(tmp_path) as store:
        assert store.rows("file", "me") == {}


def test_numbers_are_not_used_again(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store)
        number = store.rows("file", "me")[ID].number
        store.remove("file", "me", ID)
    with opened(tmp_path) as store:
        put(store)
        assert store.rows("file", "me")[ID].number > number


def test_an_owner_is_forgotten(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, content=b"abc")
        put(store, "file_2", owner="you", content=b"abc")
        store.forget("me")
        assert store.rows("file", "me") == {}
        assert files_of(tmp_path) == {f"{CONTENTS}/file_2.content"}
    with opened(tmp_path) as store:
        assert list(store.rows("file", "you")) == ["file_2"]


def test_starts_are_counted(tmp_path: Path) -> None:
    for number in range(3):
        with opened(tmp_path) as store:
            assert store.starts == number


def test_a_draft_that_is_not_kept_is_gone(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        with store.draft() as draft:
            draft.write(b"abc")
            assert draft.size == 3
        store.draft().write(b"abc")
        gc.collect()
        assert files_of(tmp_path) == set()


def test_orphans_are_swept_at_the_start(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, content=b"abc")
    for name in (f"{CONTENTS}/file_2.content", f"{CONTENTS}/{ID}.results", f"{DRAFTS}/tmp1"):
        (tmp_path / name).write_bytes(b"abc")
    with opened(tmp_path):
        assert files_of(tmp_path) == {f"{CONTENTS}/{ID}.content"}


def test_a_name_is_never_a_path(tmp_path: Path) -> None:
    with opened(tmp_path) as store, pytest.raises(ValueError, match="no id of ours"):
        put(store, "../../evil", content=b"abc")
    assert files_of(tmp_path) == set()


def test_a_row_that_can_t_be_written_leaves_no_content(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with opened(tmp_path) as store:
        with monkeypatch.context() as patched:
            patched.setattr(
                store, "_commit", lambda *_: (_ for _ in ()).throw(sqlite3.OperationalError("full"))
            )
            with pytest.raises(sqlite3.OperationalError):
                put(store, content=b"abc")
        assert files_of(tmp_path) == set()
        assert store.rows("file", "me") == {}
        put(store, content=b"abc")
        assert list(store.rows("file", "me")) == [ID]


def test_content_that_can_t_be_written_leaves_no_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with opened(tmp_path) as store:
        with monkeypatch.context() as patched:
            patched.setattr(os, "fsync", full)
            with pytest.raises(OSError, match="No space"), store.draft() as draft:
                store.put("file", "me", ID, {}, {"content": draft})
        assert files_of(tmp_path) == set()
        put(store, content=b"abc")


def test_a_folder_has_one_server(tmp_path: Path) -> None:
    with opened(tmp_path):
        with pytest.raises(StoreError) as caught:
            DiskStore(tmp_path)
        assert str(caught.value) == (
            f"{tmp_path} is in use by another server; stop that one or use another --data-dir"
        )
    with opened(tmp_path):
        pass


def test_a_folder_of_another_version_is_not_touched(tmp_path: Path) -> None:
    with opened(tmp_path):
        pass
    with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
        database.execute("PRAGMA user_version = 7")
    with pytest.raises(StoreError, match="holds data of schema version 7, and this version"):
        DiskStore(tmp_path)


def test_another_database_is_not_taken_for_ours(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / DATABASE)) as database:
        database.execute("CREATE TABLE theirs (x)")
    with pytest.raises(StoreError, match="schema version 0"):
        DiskStore(tmp_path)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / DATABASE).write_bytes(b"no database" * 100)
    with pytest.raises(StoreError) as caught:
        DiskStore(tmp_path)
    assert str(caught.value) == (
        f"cannot use {tmp_path} as data directory: {tmp_path / DATABASE}: file is not a database; {REMEDY}"
    )


def test_a_folder_that_can_t_be_made_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.write_bytes(b"")
    with pytest.raises(StoreError) as caught:
        DiskStore(folder)
    assert str(caught.value) == (
        f"cannot use {folder} as data directory: {folder / CONTENTS}: Not a directory; {REMEDY}"
    )


@pytest.mark.parametrize("name", [CONTENTS, DRAFTS])
def test_files_of_others_are_not_swept(tmp_path: Path, name: str) -> None:
    theirs = tmp_path / name / "index.html"
    theirs.parent.mkdir()
    theirs.write_bytes(b"theirs")
    for _ in range(2):
        with pytest.raises(StoreError, match=f"{name} holds files, but .* is no data directory"):
            DiskStore(tmp_path)
    assert theirs.read_bytes() == b"theirs"


def test_a_folder_that_can_t_be_swept_is_told_and_let_go(tmp_path: Path) -> None:
    with opened(tmp_path):
        (tmp_path / CONTENTS / "theirs").mkdir()
    with pytest.raises(StoreError, match=r"contents/theirs: .*; use another --data-dir"):
        DiskStore(tmp_path)
    (tmp_path / CONTENTS / "theirs").rmdir()
    with opened(tmp_path):
        pass


def test_a_database_that_can_t_be_opened_is_told(tmp_path: Path) -> None:
    (tmp_path / DATABASE).mkdir()
    with pytest.raises(StoreError, match="store.sqlite3: unable to open database file; use "):
        DiskStore(tmp_path)


def test_content_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")
    content = DiskContent(tmp_path / "a")
    with content.open() as opened_content:
        assert (content.size, opened_content.read()) == (3, b"abc")


def test_contents_can_go_with_a_change_of_their_row(tmp_path: Path) -> None:
    with opened(tmp_path) as store:
        put(store, first=b"1", second=b"2")
        store.put("file", "me", ID, {}, drops=("first",))
        assert files_of(tmp_path) == {f"{CONTENTS}/{ID}.second"}
    with opened(tmp_path) as store:
        with pytest.raises(KeyError):
            store.content("me", ID, "first")
        assert store.content("me", ID, "second").size == 1
