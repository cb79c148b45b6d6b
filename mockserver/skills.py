"""The skills of a workspace: the ones that Anthropic publishes, and its own with their versions, archives in the store."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from mockserver.clock import Clock
from mockserver.errors import ApiError, invalid
from mockserver.files import written
from mockserver.ids import Ids
from mockserver.store import Content, Document, Row, Store, settled

if TYPE_CHECKING:
    from mockserver.skill_bundles import Bundle

KIND: Final = "skill"
LATEST: Final = "latest"
CUSTOM: Final = "custom"
# SDK 2.13, docstring of skill_create_params
LONGEST_DISPLAY_NAME = 255
# docs: Agent Skills: ids, and versions that are days; display names and times are policy
PUBLISHED_ON: Final = "20251013"
PUBLISHED: Final = {"pptx": "PowerPoint", "xlsx": "Excel", "docx": "Word", "pdf": "PDF"}
Json = dict[str, Any]


class Version(NamedTuple):
    """One upload of a skill. `epoch` is its name under the beta header, `number` its place among all."""

    number: int
    skill_id: str
    document: Document

    @property
    def id(self) -> str:
        return str(self.document["id"])

    @property
    def epoch(self) -> str:
        return str(self.document["version"])

    def shown(self) -> Json:
        """The wire's version object (keys as recorded under the beta header, without those that are gone)."""
        return {name: v for name, v in self.shown_before().items() if name not in GONE}

    def shown_before(self) -> Json:
        """The version object under the beta header (recorded 2026-02)."""
        return {"type": "skill_version", "skill_id": self.skill_id, **self.document}


GONE: Final = ("version", "directory")


class Skill(NamedTuple):
    """A skill; `number` is its place among all."""

    number: int
    id: str
    document: Document

    @property
    def source(self) -> str:
        return str(self.document["source"])

    @property
    def versions(self) -> list[Version]:
        """Its versions, the newest first."""
        found = self.document["versions"]
        return [Version(int(each["version"]), self.id, each) for each in found][::-1]

    def version(self, named: str, *, is_before: bool = False) -> Version:
        """A version by its id or `latest`, under the beta header by its epoch. Raises the 404; its words are ours."""
        for each in self.versions:
            names = (each.epoch,) if is_before else (each.id, LATEST)
            if named in names:
                return each
        raise ApiError(404, "Skill version not found")

    def shown(self) -> Json:
        """The wire's skill object. The order of its keys is that recorded under the beta header."""
        document = self.document
        return {
            "type": "skill",
            "id": self.id,
            "display_name": document["display_name"],
            "latest_version_id": document["latest_id"],
            "source": {"type": self.source},
            "created_at": document["created_at"],
            "updated_at": document["updated_at"],
        }

    def shown_before(self) -> Json:
        """The skill object under the beta header (recorded 2026-02, without the documented type)."""
        document = self.document
        return {
            "id": self.id,
            "display_title": document["display_name"],
            "latest_version": next((each.epoch for each in self.versions), None),
            "source": self.source,
            "created_at": document["created_at"],
            "updated_at": document["updated_at"],
        }


class Skills:
    """The skills of one workspace."""

    def __init__(self, ids: Ids, clock: Clock, store: Store, owner: str) -> None:
        self.store = store
        self._ids = ids
        self._clock = clock
        self._owner = owner
        # A version is added to what is there, so changes come one after the other.
        self._changing = asyncio.Lock()

    def bundled(self, files: Sequence[tuple[str, bytes]]) -> Bundle:
        """The skill in some uploaded files. Raises the 400 for what is none."""
        # Imported on use: most servers never see a skill.
        from mockserver.skill_bundles import bundled  # noqa: PLC0415 # on use

        return bundled(files)

    async def create(
        self, bundle: Bundle, display_name: str | None = None, *, is_before: bool = False
    ) -> Skill:
        """Keep a new skill with its first version. Raises the 400 for a name that can't be had."""
        name = bundle.name if display_name is None else display_name
        if not name.strip() or len(name) > LONGEST_DISPLAY_NAME or len(name.splitlines()) > 1:
            raise invalid(
                f"display_name: must be one line of 1 to {LONGEST_DISPLAY_NAME} characters"
            )
        # Names need not be unique any more (SDK 2.13, docstring of display_name).
        if is_before and any(each.document["display_name"] == name for each in self.listed()):
            # reported 2026-01-06: anthropics/anthropic-sdk-python#1111
            raise invalid(f"Skill cannot reuse an existing display_title: {name}")
        document: Document = {"display_name": name, "source": CUSTOM, "versions": []}
        return await self._add_version(self._fresh_id(), document, bundle)

    async def add_version(self, skill_id: str, bundle: Bundle) -> Version:
        """Keep a new version. Raises the 404, and the 400 for another name than the skill's."""
        async with self._changing:
            skill = self._own(skill_id)
            name = skill.document["name"]
            if bundle.name != name:
                # SDK 2.13, docstring of SkillVersion.name; the words are ours
                raise invalid(f"The skill name '{bundle.name}' in SKILL.md must stay '{name}'.")
            return (await self._add_version(skill_id, skill.document, bundle)).versions[0]

    def named(self, skill_id: str) -> Skill:
        """The skill of an id. Raises the 404 (reported 2026-05-29: anthropics/anthropic-sdk-typescript#1076)."""
        row = self._rows().get(skill_id)
        if row is not None:
            return Skill(row.number, skill_id, row.document)
        found = next((each for each in _PUBLISHED if each.id == skill_id), None)
        if found is None:
            raise ApiError(404, "Skill not found")
        return found

    def resolved(
        self, kind: str, skill_id: str, version: str, *, is_before: bool = False
    ) -> str | None:
        """What the version of a skill is called; None when there is none, or the skill is of another kind."""
        try:
            skill = self.named(skill_id)
            is_latest = version == LATEST
            found = skill.version(version, is_before=is_before and not is_latest)
        except ApiError:
            return None
        if skill.source != kind:
            return None
        return found.epoch if is_before else found.id

    def listed(self, source: str | None = None) -> list[Skill]:
        """All skills or those of a source: one's own first, the newest before the others (policy)."""
        own = [Skill(row.number, key, row.document) for key, row in list(self._rows().items())]
        return [each for each in (*own[::-1], *_PUBLISHED) if source in (None, each.source)]

    async def remove(self, skill_id: str, *, is_before: bool = False) -> None:
        """Delete a skill with its versions; under the beta header those have to be gone. Raises 404 and 400."""
        async with self._changing:
            if self._own(skill_id).versions and is_before:
                # reported 2026-01-06: anthropics/anthropic-sdk-python#1111
                raise invalid(
                    "Cannot delete skill with existing versions. Delete all versions first."
                )
            await settled(self.store, self.store.remove, KIND, self._owner, skill_id)

    async def remove_version(
        self, skill_id: str, named: str, *, is_before: bool = False
    ) -> Version:
        """Delete a version. Raises the 404, and the 400 for the last one, which only the beta header lets go."""
        async with self._changing:
            skill = self._own(skill_id)
            version = skill.version(named, is_before=is_before)
            kept = [each for each in skill.document["versions"] if each["id"] != version.id]
            if not kept and not is_before:
                # SDK 2.13, docstring of latest_version_id: a skill holds at least one; the words are ours
                raise invalid(
                    "The only version of a skill cannot be deleted. Delete the skill instead."
                )
            latest = kept[-1]["id"] if kept else version.id
            await self._put(skill_id, skill.document, kept, latest, drops=(version.id,))
            return version

    def archive(self, skill_id: str, named: str, *, is_before: bool = False) -> Content:
        """The zip of a version. Raises the 404, and the 400 for a skill that Anthropic publishes (policy)."""
        skill = self.named(skill_id)
        if skill.source != CUSTOM:
            raise invalid(f"Skill {skill_id} is published by Anthropic and cannot be downloaded.")
        version = skill.version(named, is_before=is_before)
        return self.store.content(self._owner, skill_id, version.id)

    def _own(self, skill_id: str) -> Skill:
        skill = self.named(skill_id)
        if skill.source != CUSTOM:
            raise invalid(f"Skill {skill_id} is published by Anthropic and cannot be changed.")
        return skill

    async def _add_version(self, skill_id: str, document: Document, bundle: Bundle) -> Skill:
        now = self._clock.now()
        time = written(now)
        entry = {
            "id": self._ids.next("skill_version"),
            "version": self._fresh_epoch(now, document["versions"]),
            "directory": bundle.directory,
            "name": bundle.name,
            "description": bundle.description,
            "created_at": time,
        }
        versions = [*document["versions"], entry]
        document = {"created_at": time, **document, "name": bundle.name, "updated_at": time}
        with self.store.draft() as draft:
            draft.write(bundle.archive)
            drafts = {entry["id"]: draft}
            await self._put(skill_id, document, versions, entry["id"], drafts=drafts)
        return self.named(skill_id)

    async def _put(
        self, skill_id: str, document: Document, versions: list[Json], latest: str, **more: Any
    ) -> None:
        whole = {**document, "versions": versions, "latest_id": latest}
        await settled(self.store, self.store.put, KIND, self._owner, skill_id, whole, **more)

    def _rows(self) -> Mapping[str, Row]:
        return self.store.rows(KIND, self._owner)

    def _fresh_id(self) -> str:
        while True:
            skill_id = self._ids.next("skill")
            if skill_id not in self._rows():
                return skill_id

    @staticmethod
    def _fresh_epoch(now: dt.datetime, versions: list[Json]) -> str:
        # recorded 2026-02: microseconds since 1970. Two of one moment must differ.
        epoch = int(now.timestamp() * 1_000_000)
        return str(max([epoch, *(int(each["version"]) + 1 for each in versions)]))


def _published(number: int, skill_id: str, display_name: str) -> Skill:
    time = f"{PUBLISHED_ON[:4]}-{PUBLISHED_ON[4:6]}-{PUBLISHED_ON[6:]}T00:00:00.000000Z"
    version = {
        "id": PUBLISHED_ON,
        "version": PUBLISHED_ON,
        "directory": skill_id,
        "name": skill_id,
        "description": f"Work with files of the type {skill_id}",
        "created_at": time,
    }
    document = {
        "display_name": display_name,
        "source": "anthropic",
        "created_at": time,
        "updated_at": time,
        "versions": [version],
        "latest_id": PUBLISHED_ON,
        "name": skill_id,
    }
    return Skill(-number, skill_id, document)


_PUBLISHED: Final = tuple(
    _published(number, *pair) for number, pair in enumerate(PUBLISHED.items())
)
