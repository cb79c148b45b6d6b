"""Example mode: files, batches and skills that are there whenever somebody asks for them.

What was really uploaded or created is shown as ever. An id that names nothing gets an example, and so
does a list that is empty; deletes and cancels can be repeated. Nothing of it is kept.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, BinaryIO, Final, NamedTuple

import orjson

from mockserver import batches, files, skills
from mockserver.batch import LIFE, OUTCOMES, Batch, written
from mockserver.errors import ApiError
from mockserver.files import StoredFile
from mockserver.skills import Skill, Version
from mockserver.store import Content, Document, Draft

if TYPE_CHECKING:
    from mockserver.skill_bundles import Bundle

BYTES: Final = b"Example data\n"
FILE_ID: Final = "file_011CNha8iCJcU1wXNR6q4V8w"
BATCH_ID: Final = "msgbatch_013Zva2CMHLNnXjNJJKqJ2EF"
VERSION_ID: Final = "skill_version_01GD1pqKAjok68MJxg1f9bTA"
# The message as a batch's item is answered: the same keys, in the same order.
MESSAGE: Final[dict[str, Any]] = {
    "model": "claude-opus-4-6",
    "id": "msg_013Zva2CMHLNnXjNJJKqJ2EF",
    "type": "message",
    "role": "assistant",
    "content": [{"type": "text", "text": "An example."}],
    "container": None,
    "stop_reason": "end_turn",
    "stop_sequence": None,
    "stop_details": None,
    "usage": {
        "input_tokens": 10,
        "cache_creation_input_tokens": 0,
        "cache_read_input_tokens": 0,
        "cache_creation": {"ephemeral_5m_input_tokens": 0, "ephemeral_1h_input_tokens": 0},
        "output_tokens": 4,
        "output_tokens_details": {"thinking_tokens": 0},
        "service_tier": "batch",
        "inference_geo": "global",
    },
    "diagnostics": None,
}
LINE: Final = {
    "custom_id": "my-custom-id-1",
    "result": {"type": "succeeded", "message": MESSAGE},
}


class ExampleContent(NamedTuple):
    """Bytes that are in no store."""

    raw: bytes

    @property
    def size(self) -> int:
        return len(self.raw)

    def open(self) -> BinaryIO:
        return io.BytesIO(self.raw)


class ExampleFiles(files.Files):
    """The files of a workspace, and an example under every other id. Uploads can be downloaded."""

    def planned(
        self,
        filename: str | None,
        mime_type: str,
        draft: Draft,
        *,
        expires_in: int | None = None,
        is_downloadable: bool = True,  # noqa: ARG002 # whatever was asked for
    ) -> files.Planned:
        """As for the live API, but the content can be had back."""
        return super().planned(
            filename, mime_type, draft, expires_in=expires_in, is_downloadable=True
        )

    def named(self, file_id: str) -> StoredFile:
        """The file of an id, or an example of that id."""
        try:
            return super().named(file_id)
        except ApiError:
            return self._example(file_id)

    def listed(self) -> list[StoredFile]:
        """All files, or one example when there are none."""
        return super().listed() or [self._example(FILE_ID)]

    def remove(self, file_id: str) -> None:
        """Delete a file, if there is one."""
        if file_id in self._rows():
            super().remove(file_id)

    def _example(self, file_id: str) -> StoredFile:
        document: Document = {
            "size_bytes": len(BYTES),
            "created_at": files.written(self._clock.now()),
            "filename": "example.txt",
            "mime_type": "text/plain",
            "downloadable": True,
            "expires_at": None,
        }
        return StoredFile(file_id, document, ExampleContent(BYTES))


class ExampleBatches(batches.Batches):
    """The batches of a workspace, and one that has ended under every other id."""

    def named(self, batch_id: str) -> Batch:
        """The batch of an id, or an example of that id."""
        try:
            return super().named(batch_id)
        except ApiError:
            return self._example(batch_id)

    def listed(self) -> list[Batch]:
        """All batches, or one example when there are none."""
        return super().listed() or [self._example(BATCH_ID)]

    async def cancel(self, batch_id: str) -> Batch:
        """Process nothing more. A batch that has ended is answered as one that is being canceled."""
        batch = self.named(batch_id)
        if not batch.has_ended:
            return await super().cancel(batch_id)
        now = written(self._clock.now())
        return batch.but(
            processing_status="canceling", cancel_initiated_at=now, ended_at=None, counts=None
        )

    async def remove(self, batch_id: str) -> None:
        """Delete a batch, if there is one that has ended."""
        if batch_id in self._rows() and self.named(batch_id).has_ended:
            await super().remove(batch_id)

    def results(self, batch_id: str) -> Content:
        """The results of a batch, or an example of some."""
        try:
            if batch_id in self._rows():
                return super().results(batch_id)
        except ApiError:
            pass  # none yet, or no longer
        return ExampleContent(orjson.dumps(LINE) + b"\n")

    def _example(self, batch_id: str) -> Batch:
        now = self._clock.now()
        document: Document = {
            "processing_status": "ended",
            "created_at": written(now),
            "expires_at": written(now + LIFE),
            "ended_at": written(now),
            "cancel_initiated_at": None,
            "total": 1,
            "due": 1,
            "counts": {**dict.fromkeys(OUTCOMES, 0), "succeeded": 1},
            "context": {"version": "2023-06-01", "betas": [], "day": None},
        }
        return Batch(batch_id, document)


class ExampleSkills(skills.Skills):
    """The skills of a workspace, and one with a version under every other id and version."""

    def bundled(self, files: Sequence[tuple[str, bytes]]) -> Bundle:
        """The skill in some uploaded files, or an example for what is none."""
        try:
            return super().bundled(files)
        except ApiError:
            from mockserver.skill_bundles import Bundle  # noqa: PLC0415 # on use

            return Bundle("example", "example", "An example", BYTES)

    def named(self, skill_id: str) -> Skill:
        """The skill of an id, or an example of that id."""
        try:
            return _Lenient(*super().named(skill_id))
        except ApiError:
            return _Lenient(0, skill_id, self._example())

    async def add_version(self, skill_id: str, bundle: Bundle) -> Version:
        """Keep a new version, or show one of a skill that is not there."""
        if skill_id not in self._rows():
            return self.named(skill_id).versions[0]
        skill = self.named(skill_id)
        return await super().add_version(skill_id, bundle._replace(name=skill.document["name"]))

    async def remove(self, skill_id: str, *, is_before: bool = False) -> None:  # noqa: ARG002 # whatever was asked for
        """Delete a skill, if there is one, with its versions."""
        if skill_id in self._rows():
            await super().remove(skill_id)

    async def remove_version(
        self, skill_id: str, named: str, *, is_before: bool = False
    ) -> Version:
        """Delete a version, if there is one that can go."""
        version = self.named(skill_id).version(named, is_before=is_before)
        kept = self.named(skill_id).versions if skill_id in self._rows() else []
        is_spare = len(kept) > 1 and version in kept
        return await super().remove_version(skill_id, version.id) if is_spare else version

    def archive(self, skill_id: str, named: str, *, is_before: bool = False) -> Content:
        """The zip of a version, or some bytes."""
        if skill_id not in self._rows():
            return ExampleContent(BYTES)
        return super().archive(skill_id, named, is_before=is_before)

    def _example(self) -> Document:
        now = files.written(self._clock.now())
        version = {
            "id": VERSION_ID,
            "version": "1759178010641129",
            "directory": "example",
            "name": "example",
            "description": "An example",
            "created_at": now,
        }
        return {
            "display_name": "Example",
            "source": "custom",
            "created_at": now,
            "updated_at": now,
            "versions": [version],
            "latest_id": VERSION_ID,
            "name": "example",
        }


class _Lenient(Skill):
    """A skill that has every version."""

    def version(self, named: str, *, is_before: bool = False) -> Version:
        """The version of a name, or the newest under that name."""
        try:
            return super().version(named, is_before=is_before)
        except ApiError:
            newest = self.versions[0]
            return newest._replace(document={**newest.document, "id": named})
