"""Uploaded files of a workspace, kept in memory."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from mockserver import images
from mockserver.clock import Clock
from mockserver.errors import ApiError, invalid
from mockserver.ids import Ids

# docs: Files API: what a file name may not hold
FORBIDDEN = re.compile(r'[<>:"|?*\\/\x00-\x1f]')
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An uploaded file. The name is a label, never a path."""

    id: str
    filename: str
    mime_type: str
    content: bytes
    created_at: dt.datetime

    def picture(self) -> images.Picture:
        """The file as a picture. Raises NotAnImage."""
        return images.inspected(self.content)

    def metadata(self) -> dict[str, Any]:
        """The wire's file object (recorded 2026-08; expires_at since the Files API left beta)."""
        return {
            "type": "file",
            "id": self.id,
            "size_bytes": len(self.content),
            "created_at": self.created_at.isoformat().replace("+00:00", "Z"),
            "filename": self.filename,
            "mime_type": self.mime_type,
            "downloadable": False,
            "expires_at": None,
        }


class Files:
    """The files of one workspace."""

    def __init__(self, ids: Ids, clock: Clock) -> None:
        self._ids = ids
        self._clock = clock
        self._by_id: dict[str, StoredFile] = {}

    def add(self, filename: str | None, mime_type: str, content: bytes) -> StoredFile:
        """Keep a file. Raises the 400 for a name that the API does not take."""
        stored = StoredFile(
            self._ids.next("file"), _name(filename), mime_type, content, self._clock.now()
        )
        self._by_id[stored.id] = stored
        return stored

    def find(self, file_id: str) -> StoredFile | None:
        """The file of an id, or None."""
        return self._by_id.get(file_id)

    def named(self, file_id: str) -> StoredFile:
        """The file of an id. Raises the live 404 (docs: Files API)."""
        stored = self.find(file_id)
        if stored is None:
            raise ApiError(404, f"File `{file_id}` not found.")
        return stored


def _name(filename: str | None) -> str:
    # docs: only the last component of a path is kept; an empty name becomes "unnamed"
    name = (filename or "").replace("\\", "/").rsplit("/", 1)[-1] or "unnamed"
    if len(name) > LONGEST_NAME or FORBIDDEN.search(name):
        raise invalid(
            f"file: the file name must have 1 to {LONGEST_NAME} characters and none of "
            '< > : " | ? * \\ / or control characters'
        )
    return name
