"""Skills against a dict: create, add and delete versions, delete, with restarts, crashes and time that passes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, invariant, rule

from mockserver.errors import ApiError
from mockserver.skill_bundles import Bundle as Upload
from mockserver.skills import Skills
from tests.stateful.lives import OWNER, Lives

ARCHIVES = st.binary(max_size=30)
NAMES = st.sampled_from(["red", "blue"])


class SkillLives(Lives):
    """The machine; `model` has the names of skills, and their versions with what they hold."""

    skills = Bundle("skills")

    def __init__(self) -> None:
        super().__init__()
        self.names: dict[str, str] = {}
        self.model: dict[str, dict[str, bytes]] = {}

    def shelf(self) -> None:
        self.subject = Skills(self.ids(), self.clock, self.disk.store, OWNER)

    def upload(self, name: str, archive: bytes) -> Upload:
        return Upload(name, name, "A pen", archive)

    @rule(target=skills, name=NAMES, archive=ARCHIVES)
    def create(self, name: str, archive: bytes) -> str:
        skill = asyncio.run(self.subject.create(self.upload(name, archive)))
        assert skill.id not in self.names
        self.names[skill.id] = name
        self.model[skill.id] = {skill.versions[0].id: archive}
        return skill.id

    @rule(skill_id=skills, name=NAMES, archive=ARCHIVES)
    def add_version(self, skill_id: str, name: str, archive: bytes) -> None:
        if skill_id in self.model and name == self.names[skill_id]:
            version = asyncio.run(self.subject.add_version(skill_id, self.upload(name, archive)))
            assert version.id not in self.model[skill_id]
            self.model[skill_id][version.id] = archive
        else:
            with pytest.raises(ApiError):
                asyncio.run(self.subject.add_version(skill_id, self.upload(name, archive)))

    @rule(skill_id=skills, data=st.data(), is_before=st.booleans())
    def remove_version(self, skill_id: str, data: Any, is_before: bool) -> None:
        known = self.model.get(skill_id)
        if not known:
            return
        version_id = data.draw(st.sampled_from(sorted(known)))
        named = version_id
        if is_before:
            named = self.subject.named(skill_id).version(version_id).epoch
        if len(known) == 1 and not is_before:
            with pytest.raises(ApiError):
                asyncio.run(self.subject.remove_version(skill_id, named))
            return
        asyncio.run(self.subject.remove_version(skill_id, named, is_before=is_before))
        del known[version_id]

    @rule(skill_id=consumes(skills), is_before=st.booleans())
    def remove(self, skill_id: str, is_before: bool) -> None:
        if skill_id in self.model and not (is_before and self.model[skill_id]):
            asyncio.run(self.subject.remove(skill_id, is_before=is_before))
            del self.model[skill_id]
        else:
            with pytest.raises(ApiError):
                asyncio.run(self.subject.remove(skill_id, is_before=is_before))

    @invariant()
    def listed_is_what_is_known(self) -> None:
        listed = [skill.id for skill in self.subject.listed("custom")]
        assert listed == list(self.model)[::-1]

    @invariant()
    def versions_are_those_of_the_model(self) -> None:
        for skill_id, known in self.model.items():
            skill = self.subject.named(skill_id)
            assert [each.id for each in skill.versions] == list(known)[::-1]
            assert len({each.epoch for each in skill.versions}) == len(known)
            if known:
                assert skill.shown()["latest_version_id"] == list(known)[-1]
            for version_id, archive in known.items():
                with self.subject.archive(skill_id, version_id).open() as opened:
                    assert opened.read() == archive

    @invariant()
    def nothing_else_lies_there(self) -> None:
        kept = {f"{skill_id}.{each}" for skill_id, known in self.model.items() for each in known}
        assert self.disk.names() == kept


TestSkillLives = SkillLives.TestCase
TestSkillLives.settings = settings(max_examples=200, stateful_step_count=20)
