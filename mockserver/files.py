"""The files of a workspace: names that are labels, a life that may end, content in the store."""

from __future__ import annotations

import datetime as dt
import mimetypes
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, NamedTuple

from mockserver import images
from mockserver.clock import Clock
from mockserver.errors import ApiError, invalid
from mockserver.ids import Ids
from mockserver.store import Content, Document, Draft, Row, Store
from mockserver.store.memory import MemoryStore

KIND: Final = "file"
CONTENT: Final = "content"
# docs: Files API: what a file name may not hold
FORBIDDEN = re.compile(r'[<>:"|?*\\/\x00-\x1f]')
LONGEST_NAME = 255
# the SDK's file_upload_params say how many seconds a file may live
SHORTEST_LIFE, LONGEST_LIFE = 3_600, 7_776_000
# docs: Files API: metadata can be read for 30 days after a file expired
REMEMBERED = dt.timedelta(days=30)


class Planned(NamedTuple):
    """A file that is not kept yet."""

    id: str
    document: Document


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file. The name is a label, never a path."""

    id: str
    document: Document
    stored: Content
    number: int = 0

    @property
    def filename(self) -> str:
        return str(self.document["filename"])

    @property
    def mime_type(self) -> str:
        return str(self.document["mime_type"])

    @property
    def is_downloadable(self) -> bool:
        return bool(self.document["downloadable"])

    @property
    def content(self) -> bytes:
        """All of the file, read anew each time."""
        with self.stored.open() as opened:
            return opened.read()

    def picture(self) -> images.Picture:
        """The file as a picture. Raises NotAnImage."""
        return images.inspected(self.content)

    def metadata(self) -> dict[str, Any]:
        """The wire's file object (recorded 2026-08; expires_at since the Files API left beta)."""
        return {"type": "file", "id": self.id, **self.document}

    def expires_at(self) -> dt.datetime | None:
        """When the content is no longer to be had, if ever."""
        at = self.document["expires_at"]
        return dt.datetime.fromisoformat(at.replace("Z", "+00:00")) if at else None


class Files:
    """The files of one workspace."""

    def __init__(
        self,
        ids: Ids,
        clock: Clock,
        store: Store | None = None,
        owner: str = "",
        most_bytes: int = 1 << 40,
    ) -> None:
        self.store: Store = MemoryStore() if store is None else store
        self._ids = ids
        self._clock = clock
        self._owner = owner
        self._most_bytes = most_bytes

    def add(
        self,
        filename: str | None,
        mime_type: str,
        content: bytes,
        *,
        expires_in: int | None = None,
        is_downloadable: bool = False,
    ) -> StoredFile:
        """Keep a file whose content is at hand. Raises as `planned`."""
        with self.store.draft() as draft:
            draft.write(content)
            planned = self.planned(
                filename, mime_type, draft, expires_in=expires_in, is_downloadable=is_downloadable
            )
            return self.keep(planned, draft)

    def planned(
        self,
        filename: str | None,
        mime_type: str,
        draft: Draft,
        *,
        expires_in: int | None = None,
        is_downloadable: bool = False,
    ) -> Planned:
        """What a new file will be. Raises the 400 for a name or a life that the API does not take."""
        name = _name(filename, mime_type)
        self._check_quota(draft.size)
        now = self._clock.now()
        document: Document = {
            "size_bytes": draft.size,
            "created_at": written(now),
            "filename": name,
            "mime_type": mime_type,
            "downloadable": is_downloadable,
            "expires_at": None if expires_in is None else written(now + _life(expires_in)),
        }
        return Planned(self._fresh_id(), document)

    def keep(self, planned: Planned, draft: Draft) -> StoredFile:
        """Make a planned file last."""
        self._forget_old_ones()
        self.store.put(KIND, self._owner, planned.id, planned.document, {CONTENT: draft})
        return self._file(planned.id, self._rows()[planned.id])

    def find(self, file_id: str) -> StoredFile | None:
        """The file of an id, or None; also once it has expired."""
        row = self._rows().get(file_id)
        found = None if row is None else self._file(file_id, row)
        return None if found is None or self.is_expired(found) else found

    def named(self, file_id: str) -> StoredFile:
        """The file of an id, expired or not. Raises the live 404 (docs: Files API)."""
        row = self._rows().get(file_id)
        found = None if row is None else self._file(file_id, row)
        if found is None or self._is_forgotten(found):
            raise ApiError(404, f"File `{file_id}` not found.")
        return found

    def listed(self) -> list[StoredFile]:
        """All files whose metadata can still be read, the newest first."""
        found = (self._file(*pair) for pair in reversed(list(self._rows().items())))
        return [file for file in found if not self._is_forgotten(file)]

    def remove(self, file_id: str) -> None:
        """Delete a file. Raises the 404 when there is none."""
        self.store.remove(KIND, self._owner, self.named(file_id).id)

    def is_expired(self, file: StoredFile) -> bool:
        """Whether the content of a file is gone."""
        at = file.expires_at()
        return at is not None and at <= self._clock.now()

    def _rows(self) -> Mapping[str, Row]:
        return self.store.rows(KIND, self._owner)

    def _file(self, file_id: str, row: Row) -> StoredFile:
        content = self.store.content(self._owner, file_id, CONTENT)
        return StoredFile(file_id, row.document, content, row.number)

    def _is_forgotten(self, file: StoredFile) -> bool:
        at = file.expires_at()
        return at is not None and at + REMEMBERED <= self._clock.now()

    def _forget_old_ones(self) -> None:
        for file_id, row in list(self._rows().items()):
            if row.document["expires_at"] and self._is_forgotten(self._file(file_id, row)):
                self.store.remove(KIND, self._owner, file_id)

    def _check_quota(self, size: int) -> None:
        used = sum(row.document["size_bytes"] for row in list(self._rows().values()))
        if used + size > self._most_bytes:
            # SDK: storage_quota_exceeded_error; the words are ours
            raise invalid(
                f"file: {used + size} bytes exceed the storage quota of {self._most_bytes} bytes",
                details={"error_code": "storage_quota_exceeded"},
            )

    def _fresh_id(self) -> str:
        # The same seed draws the same ids again when a workspace comes back from the disk.
        while True:
            file_id = self._ids.next("file")
            if file_id not in self._rows():
                return file_id


def written(moment: dt.datetime) -> str:
    """A time as file objects have it: microseconds and Z (recorded 2026-06)."""
    return moment.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _life(seconds: int) -> dt.timedelta:
    for bound, words, is_broken in (
        (SHORTEST_LIFE, "greater", seconds < SHORTEST_LIFE),
        (LONGEST_LIFE, "less", seconds > LONGEST_LIFE),
    ):
        if is_broken:
            raise invalid(f"expires_in_seconds: Input should be {words} than or equal to {bound}")
    return dt.timedelta(seconds=seconds)


@cache
def _extensions() -> mimetypes.MimeTypes:
    # Without the system's own tables, which differ from machine to machine.
    return mimetypes.MimeTypes()


def _name(filename: str | None, mime_type: str) -> str:
    # docs: only the last component of a path is kept; SDK: an empty name becomes "unnamed" with an extension
    name = (filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    if not name:
        known = mime_type != "application/octet-stream"
        return "unnamed" + ((_extensions().guess_extension(mime_type) or "") if known else "")
    if len(name) > LONGEST_NAME or FORBIDDEN.search(name):
        raise invalid(
            f"file: the file name must have 1 to {LONGEST_NAME} characters and none of "
            '< > : " | ? * \\ / or control characters'
        )
    return name
