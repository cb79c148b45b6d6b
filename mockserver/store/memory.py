"""The store of a server without a data directory: gone when the server stops.

Content of more than a megabyte lies in a temporary file without a name, so that large uploads don't fill
the memory.
"""

from __future__ import annotations

import io
import itertools
import tempfile
import weakref
from collections.abc import Collection, Mapping
from typing import IO, TYPE_CHECKING, BinaryIO, cast

from mockserver.store import NO_DRAFTS, Document, Draft, Row

if TYPE_CHECKING:
    from typing_extensions import (
        Buffer,
        Self,
    )  # in the standard library from Python 3.12 and 3.11 on

SPOOL_BYTES = 1 << 20
READ_BYTES = 1 << 16


class SpooledContent:
    """Bytes in memory or, when there are many, in an unnamed file: written once, then read by many."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=SPOOL_BYTES)  # noqa: SIM115 # closed with this object
        # Not __del__: among garbage that refers to itself, the file's own end may come before that.
        weakref.finalize(self, self._file.close)
        self._is_kept = False
        self.size = 0

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self.size += len(data)

    def read_at(self, position: int, length: int) -> bytes:
        """Some of the bytes. Readers share the file, so each says where it is."""
        self._file.seek(position)
        return self._file.read(length)

    def first_bytes(self, size: int) -> SpooledContent:
        """A draft of the first bytes; this one can be written on."""
        copy = SpooledContent()
        for start in range(0, size, READ_BYTES):
            copy.write(self.read_at(start, min(READ_BYTES, size - start)))
        self._file.seek(self.size)
        return copy

    def open(self) -> BinaryIO:
        return cast("BinaryIO", io.BufferedReader(_Reader(self), READ_BYTES))

    def keep(self) -> SpooledContent:
        """Outlive the draft's block."""
        self._is_kept = True
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._is_kept:
            self._file.close()


class _Reader(io.RawIOBase):
    def __init__(self, content: SpooledContent) -> None:
        self._content = content
        self._position = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._content.size}
        self._position = start[whence] + offset
        return self._position

    def readinto(self, buffer: Buffer, /) -> int:
        view = memoryview(buffer)
        data = self._content.read_at(self._position, len(view))
        view[: len(data)] = data
        self._position += len(data)
        return len(data)


_Rows = dict[tuple[str, str], dict[str, Row]]
_Contents = dict[tuple[str, str], dict[str, SpooledContent]]


class MemoryStore:
    """Rows and contents of one process."""

    blocks = False
    starts = 0

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._rows: _Rows = {}
        self._contents: _Contents = {}

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
        kept = {name: cast("SpooledContent", draft).keep() for name, draft in drafts.items()}
        if kept or drops:
            old_ones = self._contents.get((owner, key), {})
            left = {name: content for name, content in old_ones.items() if name not in drops}
            self._contents[owner, key] = {**left, **kept}
        rows = self._rows.setdefault((kind, owner), {})
        old = rows.get(key)
        rows[key] = Row(old.number if old else next(self._numbers), document)

    def remove(self, kind: str, owner: str, key: str) -> None:
        self._rows[kind, owner].pop(key, None)
        self._contents.pop((owner, key), None)

    def draft(self) -> Draft:
        return SpooledContent()

    def first_bytes(self, draft: Draft, size: int) -> Draft:
        """A draft of the first bytes of another, which may be kept or not."""
        return cast("SpooledContent", draft).first_bytes(size)

    def content(self, owner: str, key: str, name: str) -> SpooledContent:
        return self._contents[owner, key][name]

    def forget(self, owner: str) -> None:
        for place in [place for place in self._rows if place[1] == owner]:
            del self._rows[place]
        for place in [place for place in self._contents if place[0] == owner]:
            del self._contents[place]

    def taken(self, owner: str) -> object:
        """What an owner has, to be put back by `restore`: neither documents nor contents are ever changed."""
        return (
            {place: rows.copy() for place, rows in self._rows.items() if place[1] == owner},
            {place: each.copy() for place, each in self._contents.items() if place[0] == owner},
        )

    def restore(self, owner: str, taken: object) -> None:
        """Put back what was taken, in place of all that the owner has."""
        rows, contents = cast("tuple[_Rows, _Contents]", taken)
        self.forget(owner)
        self._rows.update({place: found.copy() for place, found in rows.items()})
        self._contents.update({place: found.copy() for place, found in contents.items()})

    def close(self) -> None:
        self._rows.clear()
        self._contents.clear()
