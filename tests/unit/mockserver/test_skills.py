"""Rules of a workspace's skills that no endpoint shows by itself."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path

import pytest

from mockserver.clock import Clock
from mockserver.errors import ApiError
from mockserver.ids import Ids
from mockserver.skill_bundles import Bundle
from mockserver.skills import Skills
from mockserver.store.disk import DiskStore
from mockserver.store.memory import MemoryStore

BUNDLE = Bundle("red-pen", "red-pen", "Marks mistakes", b"zip")


class StandingClock(Clock):
    def seconds(self) -> float:
        return 1_772_078_378.207930


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def skills(store: MemoryStore) -> Skills:
    return Skills(Ids(0, "key"), StandingClock(dt.date(2026, 2, 26)), store, "me")


def test_versions_of_one_moment_have_epochs_of_their_own(skills: Skills) -> None:
    skill = asyncio.run(skills.create(BUNDLE))
    asyncio.run(skills.add_version(skill.id, BUNDLE))
    epochs = [each.epoch for each in skills.named(skill.id).versions]

    assert epochs == ["1772078378207931", "1772078378207930"]


def test_ids_are_fresh_when_the_seed_draws_them_again(skills: Skills, store: MemoryStore) -> None:
    skill = asyncio.run(skills.create(BUNDLE))
    again = asyncio.run(Skills(Ids(0, "key"), StandingClock(), store, "me").create(BUNDLE))

    assert again.id != skill.id


def test_title_must_be_new_under_the_beta_header_alone(skills: Skills) -> None:
    asyncio.run(skills.create(BUNDLE, "Pen"))
    assert asyncio.run(skills.create(BUNDLE, "Pen")).document["display_name"] == "Pen"
    with pytest.raises(ApiError, match="Skill cannot reuse an existing display_title: Pen"):
        asyncio.run(skills.create(BUNDLE, "Pen", is_before=True))
    assert asyncio.run(skills.create(BUNDLE, "Another", is_before=True)).source == "custom"


def test_name_stays_in_every_version(skills: Skills) -> None:
    skill = asyncio.run(skills.create(BUNDLE))
    with pytest.raises(ApiError, match="must stay 'red-pen'"):
        asyncio.run(skills.add_version(skill.id, BUNDLE._replace(name="blue")))


def test_versions_go_before_the_skill_under_the_beta_header(skills: Skills) -> None:
    skill = asyncio.run(skills.create(BUNDLE))
    with pytest.raises(ApiError, match="Delete all versions first"):
        asyncio.run(skills.remove(skill.id, is_before=True))
    with pytest.raises(ApiError, match="The only version of a skill cannot be deleted"):
        asyncio.run(skills.remove_version(skill.id, "latest"))
    asyncio.run(skills.remove_version(skill.id, skill.versions[0].epoch, is_before=True))
    asyncio.run(skills.remove(skill.id, is_before=True))
    assert skills.listed("custom") == []


def test_archive_goes_with_its_version(skills: Skills, store: MemoryStore) -> None:
    skill = asyncio.run(skills.create(BUNDLE))
    first = skill.versions[0].id
    asyncio.run(skills.add_version(skill.id, BUNDLE))
    asyncio.run(skills.remove_version(skill.id, first))

    with pytest.raises(KeyError):
        store.content("me", skill.id, first)


def test_times_are_those_of_the_first_and_the_newest_version(store: MemoryStore) -> None:
    skills = Skills(Ids(0, "key"), Clock(), store, "me")
    made = asyncio.run(skills.create(BUNDLE))
    assert made.document["created_at"] == made.document["updated_at"]
    version = asyncio.run(skills.add_version(made.id, BUNDLE))
    changed = skills.named(made.id).document

    assert changed["created_at"] == made.document["created_at"]
    assert changed["updated_at"] == version.document["created_at"] > changed["created_at"]


def test_version_is_resolved_for_a_container(skills: Skills) -> None:
    skill = asyncio.run(skills.create(BUNDLE))
    (only,) = skill.versions

    assert skills.resolved("custom", skill.id, "latest") == only.id
    assert skills.resolved("custom", skill.id, only.id) == only.id
    assert skills.resolved("custom", skill.id, "latest", is_before=True) == only.epoch
    assert skills.resolved("custom", skill.id, only.epoch, is_before=True) == only.epoch
    assert skills.resolved("custom", skill.id, only.epoch) is None
    assert skills.resolved("anthropic", skill.id, "latest") is None
    assert skills.resolved("custom", "skill_x", "latest") is None
    assert skills.resolved("anthropic", "pdf", "latest") == "20251013"


def test_versions_that_are_added_at_once_are_all_kept(tmp_path: Path) -> None:
    store = DiskStore(tmp_path)
    skills = Skills(Ids(0, "key"), Clock(), store, "me")

    async def added() -> set[str]:
        skill = await skills.create(BUNDLE)
        several = [skills.add_version(skill.id, BUNDLE) for _ in range(5)]
        return {skill.versions[0].id, *(each.id for each in await asyncio.gather(*several))}

    ids = asyncio.run(added())
    (skill,) = skills.listed("custom")

    assert {each.id for each in skill.versions} == ids
    assert len(ids) == 6
    store.close()
