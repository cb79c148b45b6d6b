"""What a request needs to know of the files and skills of its workspace."""

from __future__ import annotations

from typing import Protocol

from mockserver.images import Picture


class StoredFile(Protocol):
    """What a request needs to know of an uploaded file."""

    @property
    def mime_type(self) -> str: ...

    def picture(self) -> Picture: ...

    @property
    def content(self) -> bytes: ...


class FileShelf(Protocol):
    """Finds the files of one workspace."""

    def find(self, file_id: str) -> StoredFile | None: ...


class SkillShelf(Protocol):
    """Finds the skills of one workspace, and those that Anthropic publishes."""

    def resolved(
        self, kind: str, skill_id: str, version: str, *, is_before: bool = False
    ) -> str | None:
        """The id of a skill's version, by id or `latest` (under the beta header epoch and `latest`); None for none."""
