"""How many descriptors there may be, and that the number is raised as far as it goes."""

from __future__ import annotations

import pytest

from mockserver import descriptors

resource = pytest.importorskip("resource", reason="a system with limits of this kind")


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, int]]:
    """The limits of a process, its soft and its hard one; those that were set follow."""
    found = [(100, 400)]
    monkeypatch.setattr(resource, "getrlimit", lambda _: found[-1])
    monkeypatch.setattr(resource, "setrlimit", lambda _, pair: found.append(pair))
    return found


def test_the_soft_limit_counts(limits: list[tuple[int, int]]) -> None:
    assert descriptors.limit() == 100
    descriptors.raise_limit()
    assert descriptors.limit() == 400
    assert limits == [(100, 400), (400, 400)]


def test_nothing_is_raised_at_the_top(limits: list[tuple[int, int]]) -> None:
    limits.append((400, 400))
    descriptors.raise_limit()
    assert limits == [(100, 400), (400, 400)]


def test_no_limit_is_many(limits: list[tuple[int, int]]) -> None:
    limits.append((resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert descriptors.limit() == descriptors.UNLIMITED


@pytest.mark.usefixtures("limits")
def test_a_system_that_does_not_allow_it_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: int, __: tuple[int, int]) -> None:
        raise ValueError

    monkeypatch.setattr(resource, "setrlimit", refuse)
    descriptors.raise_limit()
    assert descriptors.limit() == 100
