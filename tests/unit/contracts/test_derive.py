"""The committed schemas are what the installed SDK gives, and hold nothing that is not ours."""

from __future__ import annotations

import json
import runpy
import shutil
import sys
import typing
from collections.abc import Callable
from importlib.metadata import version
from itertools import product
from pathlib import Path

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator

from contracts import derive
from contracts.derive import NAMESPACES, SCHEMAS, SOURCES, VERSIONS
from contracts.passes import PROSE, Schema, nodes

COMMITTED = sorted(SCHEMAS.rglob("*.json"))
SAMPLING = {"temperature", "top_k", "top_p"}


@pytest.fixture
def root(tmp_path: Path, fresh: dict[Path, Schema], monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the committed schemas, to be checked against the derivation at hand."""
    monkeypatch.setattr(derive, "documents", lambda: iter(fresh.items()))
    shutil.copytree(SCHEMAS, tmp_path / "schemas")
    return tmp_path / "schemas"


def test_committed_schemas_are_of_the_pinned_sdk() -> None:
    assert version("anthropic") == "2.14.0"


def test_check_is_clean(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert derive.main(["--check"], root) == 0
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("spoil", "name"),
    [
        pytest.param(
            lambda path: path.write_text("{}", "utf-8"),
            "2026-10-21/stable/message.json",
            id="report_changed_file",
        ),
        pytest.param(
            lambda path: path.unlink(), "2023-06-01/beta/error.json", id="report_missing_file"
        ),
        pytest.param(
            lambda path: path.write_text("{}", "utf-8"),
            "2026-10-21/beta/thread.json",
            id="report_extra_file",
        ),
    ],
)
def test_check_reports_difference(
    spoil: Callable[[Path], object], name: str, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil(root / name)
    assert derive.stale(root) == [name]
    assert derive.main(["--check"], root) == 1
    assert capsys.readouterr().out == (
        f"differs from the installed SDK: {name} (run: python -m contracts.derive --write)\n"
    )


def test_write_restores_all_files(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(root / "2026-10-21")
    assert derive.main(["--write"], root) == 0
    assert capsys.readouterr().out == f"wrote {len(COMMITTED)} schemas\n"
    assert derive.stale(root) == []


@pytest.mark.parametrize("first", ['"standard", "fast"', '"fast", "standard"'])
def test_derivation_does_not_depend_on_types_met_before(first: str) -> None:
    for clear in vars(typing)["_cleanups"]:
        clear()
    eval(f"Optional[Literal[{first}]]", {**vars(typing)})
    speed = derive.sdk_schema(SOURCES[0].stable)["properties"]["speed"]
    assert speed["anyOf"][0]["enum"] == ["standard", "fast"]


def test_command_wants_a_mode(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        derive.main([])
    assert "one of the arguments --check --write is required" in capsys.readouterr().err


def test_module_runs_as_a_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["derive", "--help"])
    with pytest.raises(SystemExit, match="0"):
        runpy.run_path(derive.__file__, run_name="__main__")
    assert "python -m contracts.derive [-h] (--check | --write)" in capsys.readouterr().out


def test_both_versions_have_all_documents_in_both_namespaces() -> None:
    names = [source.name for source in SOURCES]
    expected = {f"{v}/{n}/{d}.json" for v, n, d in product(VERSIONS, NAMESPACES, names)}
    assert {path.relative_to(SCHEMAS).as_posix() for path in COMMITTED} == expected


def schema_id(path: Path) -> str:
    return path.relative_to(SCHEMAS).with_suffix("").as_posix()


@pytest.mark.parametrize("path", COMMITTED, ids=schema_id)
def test_schema_is_valid_json_schema(path: Path) -> None:
    document = json.loads(path.read_text("utf-8"))
    assert document["$schema"] == Draft202012Validator.META_SCHEMA["$id"]
    jsonschema_rs.meta.validate(document)


@pytest.mark.parametrize("path", COMMITTED, ids=schema_id)
def test_schema_holds_no_prose_and_no_open_object(path: Path) -> None:
    for node in nodes(json.loads(path.read_text("utf-8"))):
        assert node.keys().isdisjoint(PROSE)
        assert node.get("type") != "object" or "additionalProperties" in node


def properties(version: str, namespace: str, name: str) -> Schema:
    path = SCHEMAS / version / namespace / f"{name}.json"
    found: Schema = json.loads(path.read_text("utf-8"))["properties"]
    return found


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_sampling_fields_are_in_the_old_version_only(namespace: str) -> None:
    old = properties("2023-06-01", namespace, "create_message")
    new = properties("2026-10-21", namespace, "create_message")
    assert old.keys() - new.keys() == SAMPLING
    assert new.keys() <= old.keys()


@pytest.mark.parametrize("version", VERSIONS)
def test_beta_adds_fields(version: str) -> None:
    stable = properties(version, "stable", "create_message")
    beta = properties(version, "beta", "create_message")
    assert stable.keys() < beta.keys()
    assert {"context_management", "mcp_servers", "output_format"} <= beta.keys() - stable.keys()


def test_fields_come_in_the_order_of_the_live_api() -> None:
    fields = list(properties("2023-06-01", "stable", "create_message"))
    assert fields[:4] == ["model", "tool_choice", "tools", "messages"]
    assert fields.index("temperature") < fields.index("service_tier") < fields.index("top_k")
