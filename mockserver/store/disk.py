"""The store in a data directory: rows in SQLite, contents in files beside it.

    store.sqlite3    rows, in WAL mode; whoever has it open holds it alone
    contents/        one file for each content, named by our id and the content's name
    drafts/          what is still being written; swept at the next start

A content is written under a temporary name, synced and renamed before its row is committed; a row is deleted
before its contents are. After a crash at any point there is no row without content, and a content without
a row is swept at the next start. So whatever was acknowledged is there, and nothing else.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sqlite3
import tempfile
import threading
from collections.abc import Collection, Generator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple, cast

from mockserver.store import NO_DRAFTS, Document, Draft, Row, StoreError

if TYPE_CHECKING:
    from typing_extensions import Self  # in typing from Python 3.11 on

DATABASE, CONTENTS, DRAFTS = "store.sqlite3", "contents", "drafts"
SCHEMA_VERSION = 1
SCHEMA = f"""
    CREATE TABLE rows (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        kind TEXT NOT NULL,
        owner TEXT NOT NULL,
        key TEXT NOT NULL,
        document TEXT NOT NULL,
        contents TEXT NOT NULL,
        UNIQUE (kind, owner, key)
    );
    CREATE TABLE starts (number INTEGER PRIMARY KEY AUTOINCREMENT);
    PRAGMA user_version = {SCHEMA_VERSION};
"""
INSERT = "INSERT INTO rows (document, contents, kind, owner, key) VALUES (?, ?, ?, ?, ?)"
UPDATE = "UPDATE rows SET document = ?, contents = ? WHERE kind = ? AND owner = ? AND key = ?"
# Ids of ours; nothing that a client names gets into a path.
KEY = re.compile(r"[a-z]+_[A-Za-z0-9]+")
WRITE_BYTES: Final = 1 << 18


class DiskContent(NamedTuple):
    """Content in a file."""

    path: Path

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def open(self) -> BinaryIO:
        return self.path.open("rb")


class DiskDraft:
    """Content that is being written to a file of its own."""

    def __init__(self, folder: Path) -> None:
        handle, name = tempfile.mkstemp(dir=folder)
        self._path = Path(name)
        self._file = os.fdopen(handle, "wb", WRITE_BYTES)
        self._is_done = False
        self.size = 0

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self.size += len(data)

    def publish(self, path: Path) -> None:
        """Make the content last under its name."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()
        self._path.replace(path)
        self._is_done = True

    def discard(self) -> None:
        """Throw the content away, unless it was published."""
        if self._is_done:
            return
        self._is_done = True
        # What is still in the buffer may not fit on the disk.
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            self._path.unlink()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.discard()

    def __del__(self) -> None:
        self.discard()


class DiskStore:
    """Rows and contents that outlive the process."""

    blocks = True

    def __init__(self, folder: Path) -> None:
        """Open a data directory, which is made if there is none. Raises StoreError."""
        self._lock = threading.Lock()
        self._contents = folder / CONTENTS
        self._drafts = folder / DRAFTS
        self._rows: dict[tuple[str, str], dict[str, Row]] = {}
        self._names: dict[tuple[str, str], list[str]] = {}
        try:
            for each in (self._contents, self._drafts):
                each.mkdir(parents=True, exist_ok=True)
            self._database = _opened(folder)
            self.starts = self._begin()
        except (OSError, sqlite3.DatabaseError) as error:
            raise StoreError(_reason(error, folder)) from error

    def rows(self, kind: str, owner: str) -> Mapping[str, Row]:
        return self._rows.setdefault((kind, owner), {})

    def put(
        self,
        kind: str,
        owner: str,
        key: str,
        document: Document,
        drafts: Mapping[str, Draft] = NO_DRAFTS,
        drops: Collection[str] = (),
    ) -> None:
        if not KEY.fullmatch(key):
            raise ValueError(f"{key!r} is no id of ours")
        with self._lock:
            rows = self._rows.setdefault((kind, owner), {})
            names = sorted({*self._names.get((owner, key), ()), *drafts} - {*drops})
            with self._published(key, drafts):
                row = (json.dumps(document), " ".join(names), kind, owner, key)
                inserted = self._commit(UPDATE if key in rows else INSERT, row)
            self._names[owner, key] = names
            rows[key] = Row(rows[key].number if key in rows else inserted, document)
            self._unlink(key, drops)

    def remove(self, kind: str, owner: str, key: str) -> None:
        with self._lock:
            where = "DELETE FROM rows WHERE kind = ? AND owner = ? AND key = ?"
            self._commit(where, (kind, owner, key))
            self._rows[kind, owner].pop(key, None)
            self._unlink(key, self._names.pop((owner, key), ()))

    def draft(self) -> Draft:
        return DiskDraft(self._drafts)

    def content(self, owner: str, key: str, name: str) -> DiskContent:
        if name not in self._names[owner, key]:
            raise KeyError(name)
        return DiskContent(self._path(key, name))

    def forget(self, owner: str) -> None:
        with self._lock:
            self._commit("DELETE FROM rows WHERE owner = ?", (owner,))
            for place in [place for place in self._rows if place[1] == owner]:
                del self._rows[place]
            for place in [place for place in self._names if place[0] == owner]:
                self._unlink(place[1], self._names.pop(place))

    def close(self) -> None:
        with self._lock:
            self._database.close()

    def _path(self, key: str, name: str) -> Path:
        return self._contents / f"{key}.{name}"

    @contextlib.contextmanager
    def _published(self, key: str, drafts: Mapping[str, Draft]) -> Generator[None]:
        try:
            for name, draft in drafts.items():
                cast("DiskDraft", draft).publish(self._path(key, name))
            if drafts:
                _sync(self._contents)
            yield
        except BaseException:
            self._unlink(key, drafts)
            raise

    def _commit(self, statement: str, values: tuple[str, ...]) -> int:
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            return self._database.execute(statement, values).lastrowid or 0

    def _unlink(self, key: str, names: Collection[str]) -> None:
        for name in names:
            # Where an open file can't be deleted, the next start sweeps it.
            with contextlib.suppress(OSError):
                self._path(key, name).unlink()

    def _begin(self) -> int:
        """Take over what is there; count the openings before this one."""
        try:
            starts = self._count_start()
            self._load()
            self._sweep()
        except BaseException:
            self._database.close()
            raise
        return starts

    def _count_start(self) -> int:
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            started = self._database.execute("INSERT INTO starts DEFAULT VALUES").lastrowid or 1
        return started - 1

    def _load(self) -> None:
        found = self._database.execute(
            "SELECT number, kind, owner, key, document, contents FROM rows ORDER BY number"
        )
        for number, kind, owner, key, document, contents in found:
            rows = self._rows.setdefault((kind, owner), {})
            rows[key] = Row(number, json.loads(document))
            self._names[owner, key] = contents.split()

    def _sweep(self) -> None:
        kept = {f"{key}.{name}" for (_, key), names in self._names.items() for name in names}
        orphans = [path for path in self._contents.iterdir() if path.name not in kept]
        for path in [*orphans, *self._drafts.iterdir()]:
            path.unlink()


def _opened(folder: Path) -> sqlite3.Connection:
    path = folder / DATABASE
    database = sqlite3.connect(path, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        # Holding the lock until the end lets no second server in, and needs no memory that processes share.
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute("BEGIN EXCLUSIVE")
        database.execute("COMMIT")
        _check_version(database, folder)
    except BaseException:
        database.close()
        raise
    return database


def _check_version(database: sqlite3.Connection, folder: Path) -> None:
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if version == 0 and not tables:
        _check_empty(folder)
        database.executescript(f"BEGIN; {SCHEMA} COMMIT;")
    elif version != SCHEMA_VERSION:
        raise StoreError(
            f"{folder} holds data of schema version {version}, and this version of messages-mock reads "
            f"{SCHEMA_VERSION}; use another --data-dir, or the version that wrote it"
        )


def _check_empty(folder: Path) -> None:
    """Let nobody else's files be swept: there are none of ours without a database."""
    for name in (CONTENTS, DRAFTS):
        if any((folder / name).iterdir()):
            raise StoreError(
                f"{folder / name} holds files, but {folder} is no data directory of messages-mock; "
                "use another --data-dir, or one that is empty"
            )


def _reason(error: OSError | sqlite3.DatabaseError, folder: Path) -> str:
    if "locked" in str(error):
        return f"{folder} is in use by another server; stop that one or use another --data-dir"
    if isinstance(error, OSError):
        place, why = error.filename or folder, error.strerror or str(error)
    else:
        place, why = folder / DATABASE, str(error)
    return (
        f"cannot use {folder} as data directory: {place}: {why}; "
        "use another --data-dir, or a folder that is empty and can be written"
    )


def _sync(folder: Path) -> None:
    # A rename lasts when its folder is synced; some platforms can't open a folder, and need not.
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
