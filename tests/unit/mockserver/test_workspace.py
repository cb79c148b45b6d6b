"""Workspaces: one for each key, nothing shared, and not without bound."""

from __future__ import annotations

import re

import pytest

from mockserver import workspace as module
from mockserver.clock import Clock
from mockserver.settings import Settings
from mockserver.store.memory import MemoryStore
from mockserver.workspace import Workspace, Workspaces, owner_of


def workspaces(seed: int = 0) -> Workspaces:
    return Workspaces(Settings(seed=seed), Clock())


def test_a_key_keeps_its_workspace() -> None:
    found = workspaces()
    assert found.of("a") is found.of("a")


def test_keys_share_nothing_but_the_organization() -> None:
    found = workspaces()
    one, other = found.of("a"), found.of("b")
    assert one.organization_id == other.organization_id
    assert one.id != other.id
    assert one.ids.next("msg") != other.ids.next("msg")
    stored = one.files.add("a.txt", "text/plain", b"abc")
    assert other.files.find(stored.id) is None


def test_headers_say_whose_workspace_it_is() -> None:
    found = workspaces().of("a")
    headers = {name.decode(): value.decode() for name, value in found.headers.raw}
    assert headers == {
        "anthropic-organization-id": found.organization_id,
        "anthropic-workspace-id": found.id,
    }
    assert re.fullmatch(r"wrkspc_01[A-Za-z0-9]{22}", found.id)
    assert found.headers.lines == b"".join(b"%b: %b\r\n" % pair for pair in found.headers.raw)


def test_a_seed_repeats_a_workspace() -> None:
    assert workspaces(7).of("a").id == workspaces(7).of("a").id
    assert workspaces(7).of("a").ids.next("msg") == workspaces(7).of("a").ids.next("msg")
    assert workspaces(7).of("a").id != workspaces(8).of("a").id


def test_the_key_is_not_in_the_id() -> None:
    assert "secret" not in workspaces().of("secret").id


def test_the_longest_unused_workspace_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WORKSPACES", 3)
    found = workspaces()
    first, *_ = [found.of(key) for key in ("a", "b", "c")]
    assert found.of("a") is first  # used again: now b is the oldest
    second = found.of("b")
    found.of("c")
    found.of("a")
    assert found.of("b") is second
    found.of("d")
    assert found.of("a") is first
    assert found.of("b") is second
    assert found.of("d") is found.of("d")


def test_an_evicted_workspace_leaves_nothing_in_the_store(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mockserver.workspace.MOST_WORKSPACES", 1)
    workspaces = Workspaces(Settings(), Clock())
    first = workspaces.of("a")
    first.files.add("a.txt", "text/plain", b"")
    workspaces.of("b")
    assert first.files.listed() == []


def test_a_store_never_sees_a_key() -> None:
    assert "sk-ant" not in owner_of("sk-ant-secret")
    assert owner_of("a") != owner_of("b")


def test_a_later_start_draws_other_ids() -> None:
    store = MemoryStore()
    first = Workspace("a", Settings(), Clock(), store).ids.next("file")
    store.starts = 1
    assert Workspace("a", Settings(), Clock(), store).ids.next("file") != first
