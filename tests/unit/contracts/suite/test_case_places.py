"""Where case files are: the mock's own, a user's, and what is said where there are none."""

from __future__ import annotations

from pathlib import Path

import pytest

from contracts.models import as_of
from contracts.suite.cases import expanded, load
from contracts.suite.errors import CaseError
from contracts.suite.rehearsal import rehearsed
from tests.unit.contracts.suite.folder import BASES, HEAD, read
from tests.unit.contracts.suite.test_cases import ONE


def test_every_file_but_the_bases_is_read(tmp_path: Path) -> None:
    (tmp_path / "other.yaml").write_text(HEAD + ONE, "utf-8")

    assert [case.id for case in read(tmp_path, ONE, bases=BASES)] == ["other/one", "topic/one"]
    assert list(expanded(read(tmp_path, ONE)[0], as_of()))


def test_folders_and_files_of_a_user_are_read_once(tmp_path: Path) -> None:
    read(tmp_path, ONE)
    (tmp_path / "other.yml").write_text(HEAD + ONE, "utf-8")
    own = tmp_path / "topic.yaml"

    assert [case.id for case in load([own])] == ["topic/one"]
    assert [case.id for case in load([own, tmp_path])] == ["topic/one", "other/one"]
    assert [case.file for case in load([own])] == [own]


def test_bases_of_a_folder_come_before_the_common_ones(tmp_path: Path) -> None:
    text = HEAD + "  - {id: a, accepted: true}\n  - {id: b, base: prefill, accepted: true}\n"
    (tmp_path / "topic.yaml").write_text(text, "utf-8")
    plain, common = load([tmp_path])
    (tmp_path / "bases.yaml").write_text("bases: {hello: {model: mine}}", "utf-8")
    own, still = load([tmp_path])

    assert (plain.base["messages"], own.base) == (
        [{"role": "user", "content": "Hello"}],
        {"model": "mine"},
    )
    assert common.base == still.base


@pytest.mark.parametrize(
    ("name", "message"),
    [
        pytest.param("gone", "gone: there is no such folder or file of cases", id="gone"),
        pytest.param("", "there is no case file in this folder", id="empty"),
    ],
)
def test_places_without_cases_are_told(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "bases.yaml").write_text(BASES, "utf-8")
    with pytest.raises(CaseError, match=message):
        load([tmp_path / name])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        pytest.param('accepted: true, set: {system: "${modle.id}"}', "${modle.id}: there is no 'modle' here", id="variable"),
        pytest.param('accepted: true, each: [{n: "${x}"}]', "${x}: there is no 'x' here", id="row"),
        pytest.param('accepted: {model: "${x}"}', "${x}: there is no 'x' here", id="answer"),
        pytest.param('refused_like: "${n}", each: [{id: a, n: "("}]', "refused_like: '(' is no regular expression: ", id="pattern"),
        pytest.param("accepted: true, upload: {base64: a}", "the upload's base64 can't be read: ", id="upload"),
        pytest.param("accepted: true, uploads: [{base64: a}]", "the upload's base64 can't be read: ", id="uploads"),
        pytest.param("accepted: true, set: {system: {$text: x}}", "$text: can't be made: ", id="helper"),
        pytest.param("accepted: true, set: {system: {$list: 2}}", "$list: 'of' is missing, or of no known kind", id="part"),
        pytest.param('accepted: true, set: {system: {$list: 2, of: "${x}"}}', "${x}: there is no 'x' here", id="inside"),
        pytest.param('accepted: true, set: {system: "${n + 1}"}, each: [{n: a}]', "${n + 1}: 'a' is no number", id="sum"),
    ],
)  # fmt: skip
def test_a_rehearsal_finds_what_only_a_request_shows(
    tmp_path: Path, fields: str, message: str
) -> None:
    (case,) = read(tmp_path, f"  - {{id: one, {fields}}}\n")
    with pytest.raises(CaseError) as caught:
        rehearsed(case, as_of())

    assert str(caught.value).startswith(f"{tmp_path}/topic.yaml:4: {message}")


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param('refused_like: "${n}.", each: [{id: 5, n: "x"}]', id="pattern"),
        pytest.param('accepted: true, set: {system: "${uploads.0}"}, uploads: [{base64: YQ==}]', id="uploads"),
        pytest.param('accepted: {id: "${steps.0.id}"}, steps: [{path: /v1/x}]', id="steps"),
    ],
)  # fmt: skip
def test_a_rehearsal_passes_what_can_be_made(tmp_path: Path, fields: str) -> None:
    (case,) = read(tmp_path, f"  - {{id: one, {fields}}}\n")

    assert [trial.id for trial in rehearsed(case, as_of())] == [
        trial.id for trial in expanded(case, as_of())
    ]
