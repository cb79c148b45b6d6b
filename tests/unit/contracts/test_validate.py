"""The words of the live API: each row's request has the fault that the live API finds in it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from contracts.derive import VERSIONS
from contracts.validate import TOOL_ROLE_HINT, Fault, Validator
from tests.unit.contracts.rows import ROWS
from tests.unit.contracts.rows.row import GOOD, SHAPE, Row
from tests.unit.contracts.rows.scopes import SCOPES

OLD, NEW = VERSIONS
ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("row", ROWS, ids=Row.verdict)
def test_fault_is_that_of_the_live_api(row: Row) -> None:
    fault = Validator.load(row.document, row.version, row.namespace).fault(row.body())
    assert fault == row.fault


def test_rows_have_a_source_and_an_id_of_their_own() -> None:
    assert all(row.source for row in ROWS)
    assert len({row.verdict() for row in ROWS}) == len(ROWS)


NEEDS_SAMPLING = {"temperature", "top_k", "top_p"}


@pytest.mark.parametrize(
    "row",
    [row for row in ROWS if row not in SCOPES and row.edit.keys().isdisjoint(NEEDS_SAMPLING)],
    ids=Row.verdict,
)
def test_fault_is_the_same_in_the_new_version(row: Row) -> None:
    assert Validator.load(row.document, NEW, row.namespace).fault(row.body()) == row.fault


@pytest.mark.parametrize(
    ("body", "message"),
    [
        pytest.param([], SHAPE, id="reject_array"),
        pytest.param("x", SHAPE, id="reject_text"),
        pytest.param(None, SHAPE, id="reject_null"),
        pytest.param({}, "model: Field required", id="reject_empty_object"),
    ],
)
def test_fault_of_a_body_that_is_no_request(body: object, message: str) -> None:
    assert str(Validator.load("create_message", NEW).fault(body)) == message


def test_fault_is_path_and_text() -> None:
    assert str(Fault("a.0", "Field required")) == "a.0: Field required"
    assert str(Fault("", SHAPE)) == SHAPE


def test_validator_is_compiled_once() -> None:
    assert Validator.load("error", NEW) is Validator.load("error", NEW)


def test_unknown_document_is_an_error() -> None:
    with pytest.raises(FileNotFoundError, match="no_such"):
        Validator.load("no_such", NEW)


def test_hint_for_role_tool() -> None:
    assert TOOL_ROLE_HINT == (
        ". For instructions on how to use tools, see "
        "https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview."
    )


def test_name_that_is_no_unicode_is_refused() -> None:
    fault = Validator.load("create_message", NEW).fault({**GOOD, "\ud800": 1})
    assert fault is not None
    assert "unicode" in fault.text


def test_server_side_imports_neither_sdk_nor_pydantic_nor_jsonschema() -> None:
    program = (
        "import sys, contracts.derive, contracts.oracle, contracts.validate\n"
        "assert contracts.validate.Validator.load('create_message', '2026-10-21').fault({})\n"
        "heavy = {'anthropic', 'pydantic', 'jsonschema'} & sys.modules.keys()\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", program], cwd=ROOT, check=True)
