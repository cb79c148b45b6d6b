"""Case files: how they are read and spread, and what is said of a wrong one."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.models import as_of
from contracts.suite.cases import load
from contracts.suite.errors import CaseError
from contracts.suite.marked import Marked
from tests.unit.contracts.suite.folder import HEAD, read, trials

ONE = "  - {id: one, accepted: true}\n"


def test_defaults_are_fields_of_every_case(tmp_path: Path) -> None:
    (case,) = read(tmp_path, ONE)

    assert (case.id, case.rule, case.is_accepting) == ("topic/one", None, True)
    assert case.place == f"{tmp_path}/topic.yaml:4"
    assert case.origin == "policy 2026-01-31: s"


def test_a_case_is_tried_under_both_versions(tmp_path: Path) -> None:
    assert [trial.id for trial in trials(tmp_path, "accepted: true")] == [
        "topic/one@2023-06-01",
        "topic/one@2026-10-21",
    ]


def test_a_case_is_spread_over_endpoints_models_and_rows(tmp_path: Path) -> None:
    found = trials(
        tmp_path,
        "accepted: true, versions: ['2023-06-01'], endpoints: [messages, count_tokens], "
        "models: {line: fable}, each: [{id: a, x: 1}, {x: 2}]",
    )

    assert len(found) == 2 * 3 * 2
    assert found[0].id == "topic/one[claude-fable-5-2,a]@2023-06-01"
    assert found[-1].id == "topic/one[claude-fable-5,2]/count@2023-06-01"
    assert found[-1].variables["x"] == 2
    assert found[-1].variables["model"]["last_day"] == as_of().isoformat()


def test_a_model_is_found_by_its_alias(tmp_path: Path) -> None:
    assert (
        trials(tmp_path, "accepted: true, model: claude-haiku-4-5")[0].variables["model"]["id"]
        == "claude-haiku-4-5-20251001"
    )


WRONG = [
    pytest.param(
        "  - {id: one, acepted: true}\n",
        "topic.yaml:4: cases.0: unknown key 'acepted'; did you mean 'accepted'?",
        id="reject_unknown_key",
    ),
    pytest.param(
        ONE + ONE,
        "topic.yaml:5: topic/one is there already, at FOLDER/topic.yaml:4: rename one of them",
        id="reject_same_id",
    ),
    pytest.param(
        "  - id: one\n    id: two\n",
        "topic.yaml:5: cases.0.id: the key is there twice",
        id="reject_same_key",
    ),
    pytest.param(
        "  - {id: one, live: perhaps, accepted: true}\n",
        "topic.yaml:4: cases.0.live: 'perhaps' is not one of ['safe', 'no']",
        id="reject_value",
    ),
    pytest.param(
        "  - {accepted: true}\n",
        "topic.yaml:4: cases.0: 'id' is missing, here and in the file's defaults",
        id="reject_no_id",
    ),
    pytest.param(
        "  - {id: one}\n",
        "topic.yaml:4: cases.0: needs exactly one of accepted, refused, refused_like; has []",
        id="reject_no_outcome",
    ),
    pytest.param(
        "  - {id: one, accepted: true, refused: x}\n",
        "topic.yaml:4: cases.0: needs exactly one of accepted, refused, refused_like; "
        "has ['accepted', 'refused']",
        id="reject_two_outcomes",
    ),
    pytest.param(
        "  - id: one\n    accepted: true\n    status: 404\n",
        "topic.yaml:6: cases.0.status: only a refusal has it",
        id="reject_status_of_an_answer",
    ),
    pytest.param(
        "  - id: one\n    refused: x\n    shape: file\n",
        "topic.yaml:6: cases.0.shape: only an accepted answer has it",
        id="reject_shape_of_a_refusal",
    ),
    pytest.param(
        "  - id: one\n    accepted: true\n    upload: {base64: YQ==}\n    body: x\n",
        "topic.yaml:7: cases.0.body: 'upload' has none beside it",
        id="reject_upload_with_a_body",
    ),
    pytest.param(
        "  - id: one\n    accepted: true\n    form: {a: b}\n",
        "topic.yaml:6: cases.0.form: needs a path",
        id="reject_form_without_a_path",
    ),
    pytest.param(
        "  - {id: one, accepted: true, base: helo}\n",
        "topic.yaml:4: cases.0.base: there is no base 'helo'; did you mean 'hello'?",
        id="reject_unknown_base",
    ),
    pytest.param(
        "  - {id: one, accepted: true, model: claude-opus-55}\n",
        "topic.yaml:4: cases.0.model: there is no model 'claude-opus-55'; "
        "did you mean 'claude-opus-5-5'?",
        id="reject_unknown_model",
    ),
    pytest.param(
        "  - {id: one, accepted: true, models: {prefil: true}}\n",
        "topic.yaml:4: cases.0.models: models have no column 'prefil'; did you mean 'prefill'?",
        id="reject_unknown_column",
    ),
    pytest.param(
        "  - {id: one, accepted: true, models: {line: {least: 3}}}\n",
        "topic.yaml:4: cases.0.models: {'least': 3} can't be compared with 'fable'",
        id="reject_comparison",
    ),
    pytest.param(
        "  - {id: one, accepted: true, versions: [2026-10-22]}\n",
        "topic.yaml:4: cases.0.versions: there is no API version '2026-10-22'; "
        "did you mean '2026-10-21'?",
        id="reject_unknown_version",
    ),
    pytest.param(
        "  - {id: one, accepted: true, models: {line: fabel}}\n",
        "topic.yaml:4: cases.0.models: no model is like that",
        id="reject_wish_without_models",
    ),
    pytest.param(
        "  - id: one\n    accepted: true\n    set:\n      system: a\n      mesages.0.role: user\n",
        "topic.yaml:8: cases.0.set.mesages.0.role: mesages.0.role: there is no 'mesages' here",
        id="reject_path",
    ),
    pytest.param(
        "  - {id: one, accepted: true, remove: [messages.1]}\n",
        "topic.yaml:4: cases.0.remove: messages.1: there is no '1' here",
        id="reject_path_to_remove",
    ),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_a_wrong_case_is_told_with_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        read(tmp_path, text)

    assert str(caught.value) == f"{tmp_path}/{message.replace('FOLDER', str(tmp_path))}"


def test_what_is_no_yaml_is_told_with_its_line(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"topic\.yaml:4: no YAML: "):
        read(tmp_path, "  - {id: one, refused: a: b}\n")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"a: \0", "x.yaml: no YAML: unacceptable character", id="control"),
        pytest.param(b"a: \xff", "x.yaml: no UTF-8: invalid start byte at byte 3", id="bytes"),
        pytest.param(b"&a [*a]", "x.yaml: nested too deep, or an alias holds itself", id="alias"),
    ],
)
def test_what_can_not_be_read_is_told(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "x.yaml").write_bytes(content)
    with pytest.raises(CaseError, match=f"^{tmp_path}/{message}"):
        load([tmp_path])


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=f"^{tmp_path}/x.yaml: No such file"):
        Marked(tmp_path / "x.yaml", f"{tmp_path}/x.yaml")


def test_a_wrong_default_is_told_at_the_first_case(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"topic\.yaml:4: cases\.0\.base: there is no base 'x'"):
        read(tmp_path, ONE, head=HEAD.replace("{source", "{base: x, source"))


def test_an_empty_file_is_no_topic(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"topic\.yaml:1: None is not of type 'object'"):
        read(tmp_path, "", head="")


@pytest.mark.parametrize(
    ("bases", "message"),
    [
        pytest.param("", "bases.yaml:1: must have `bases`", id="reject_empty"),
        pytest.param("bases: []", "bases.yaml:1: must have `bases`", id="reject_list"),
        pytest.param("bases:\n  a: 1", "bases.yaml:2: bases.a: a base is", id="reject_number"),
    ],
)
def test_wrong_bases_are_told(tmp_path: Path, bases: str, message: str) -> None:
    with pytest.raises(CaseError, match=message):
        read(tmp_path, ONE, bases=bases)


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param("base: many, set: {messages.1.content: x}", id="into_a_list_of_copies"),
        pytest.param('set: {system: "${answer.x}", system.0: x}', id="into_a_variable"),
        pytest.param('each: [{at: a}], set: {"${at}.b.c": x}', id="by_a_variable"),
        pytest.param("set: {messages.-1.content: x}", id="from_the_end"),
    ],
)
def test_edits_that_depend_on_values_are_not_judged_early(tmp_path: Path, edit: str) -> None:
    assert len(read(tmp_path, f"  - {{id: one, accepted: true, {edit}}}\n")) == 1


def test_scalars_are_those_of_yaml_1_2(tmp_path: Path) -> None:
    (case,) = read(
        tmp_path,
        "  - {id: one, accepted: true, set: {a: no, b: 2026-01-31, c: 1, d: 1.5, e: true, f: null, g: ~}}\n",
    )

    assert list(case.fields["set"].values()) == ["no", "2026-01-31", 1, 1.5, True, None, None]
