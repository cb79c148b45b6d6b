"""Files against a dict: add, remove, find, list, with restarts, crashes and time that passes."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, consumes, invariant, rule

from mockserver.errors import ApiError
from mockserver.files import Files
from tests.stateful.lives import DAY, OWNER, Lives

LIVES = st.one_of(st.none(), st.integers(3_600, 7_776_000))


class Known(NamedTuple):
    """What the model knows of a file."""

    content: bytes
    expires: float | None


class FileLives(Lives):
    """The machine; `model` is what must be there."""

    files = Bundle("files")

    def __init__(self) -> None:
        super().__init__()
        self.model: dict[str, Known] = {}
        self.gone: set[str] = set()

    def shelf(self) -> None:
        self.subject = Files(self.ids(), self.clock, self.disk.store, OWNER)

    @rule(target=files, content=st.binary(max_size=30), life=LIVES)
    def add(self, content: bytes, life: int | None) -> str:
        stored = self.subject.add("a.txt", "text/plain", content, expires_in=life)
        assert stored.id not in self.model
        assert stored.id not in self.gone
        self.model[stored.id] = Known(content, None if life is None else self.now + life)
        return stored.id

    @rule(file_id=consumes(files))
    def remove(self, file_id: str) -> None:
        if file_id in self.remembered():
            self.subject.remove(file_id)
        else:
            with pytest.raises(ApiError):
                self.subject.remove(file_id)
        self.model.pop(file_id, None)
        self.gone.add(file_id)

    @rule(file_id=files)
    def find(self, file_id: str) -> None:
        known = self.model.get(file_id)
        found = self.subject.find(file_id)
        if known is None or self.is_past(known.expires):
            assert found is None
        else:
            assert found is not None
            assert found.content == known.content

    @invariant()
    def listed_is_what_is_remembered(self) -> None:
        listed = [file.id for file in self.subject.listed()]
        assert listed == self.remembered()[::-1]
        assert {f"{file_id}.content" for file_id in listed} <= self.disk.names()

    def is_past(self, moment: float | None) -> bool:
        return moment is not None and moment <= self.now

    def remembered(self) -> list[str]:
        return [
            file_id
            for file_id, known in self.model.items()
            if known.expires is None or not self.is_past(known.expires + 30 * DAY)
        ]


TestFileLives = FileLives.TestCase
TestFileLives.settings = settings(max_examples=200, stateful_step_count=20)
