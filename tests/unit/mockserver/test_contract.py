"""The door to `contracts`: only our own package is let in."""

from __future__ import annotations

import sys
from types import ModuleType

import pytest

from mockserver import contract
from mockserver.app import create_app
from mockserver.contract import OURS, ForeignPackageError, validator
from mockserver.settings import Settings
from tests.unit.mockserver.bodies import NEW, OLD, body


def foreign(monkeypatch: pytest.MonkeyPatch, **attributes: object) -> None:
    module = ModuleType("contracts")
    vars(module).update(attributes)
    monkeypatch.setitem(sys.modules, "contracts", module)


@pytest.mark.parametrize("version", [OLD, NEW])
@pytest.mark.parametrize(
    "betas",
    [frozenset[str](), frozenset({"mcp-client-2025-11-20"}), None],
    ids=["no", "one", "all"],
)
def test_validators_are_compiled_once(version: str, betas: frozenset[str] | None) -> None:
    found = validator("create_message", version, betas)
    assert found is validator("create_message", version, betas)
    assert found.fault(body()) is None
    assert str(found.fault({})) == "model: Field required"


@pytest.mark.parametrize(
    ("attributes", "found"),
    [
        pytest.param(
            {"__file__": "/theirs/contracts/__init__.py"},
            "/theirs/contracts/__init__.py",
            id="package",
        ),
        pytest.param({"__path__": ["/theirs/contracts"]}, "/theirs/contracts", id="namespace"),
        pytest.param({"DISTRIBUTION": "theirs"}, "?", id="other_distribution"),
    ],
)
def test_a_foreign_package_is_refused_with_both_paths(
    monkeypatch: pytest.MonkeyPatch, attributes: dict[str, object], found: str
) -> None:
    foreign(monkeypatch, **attributes)
    with pytest.raises(ForeignPackageError) as caught:
        contract.check()
    assert str(caught.value) == (
        f"messages-mock needs its own package `contracts` at {OURS}, but the one at {found} comes first "
        "on sys.path; rename that package or run from another folder"
    )


def test_no_server_starts_with_a_foreign_package(monkeypatch: pytest.MonkeyPatch) -> None:
    foreign(monkeypatch)
    with pytest.raises(ForeignPackageError):
        create_app(Settings())
