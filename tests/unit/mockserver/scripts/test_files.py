"""Scripts in files: lines in errors, and a reload that never loses what was there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from mockserver.scripts.files import ScriptFile, ScriptFileError, read


def written(folder: Path, text: str) -> Path:
    path = folder / "script.yaml"
    path.write_text(text, "utf-8")
    return path


def test_entries_are_named_by_their_line(tmp_path: Path) -> None:
    found = read(written(tmp_path, "# a script\n- reply: a\n\n- name: last\n  reply: b\n"))
    assert [entry.id for entry in found] == ["script.yaml:2", "last"]
    assert [entry.replies[0].text for entry in found] == ["a", "b"]


def test_entries_on_one_line_are_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "script.json"
    path.write_text('[{"reply": "a"}, {"reply": "b"},\n{"reply": "c"}, {"reply": "d"}]')
    ids = [entry.id for entry in read(path)]
    assert ids == [
        "script.json:1",
        "script.json:1 entry 2",
        "script.json:2",
        "script.json:2 entry 4",
    ]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "[]\n"])
def test_an_empty_file_is_an_empty_script(tmp_path: Path, text: str) -> None:
    assert read(written(tmp_path, text)) == ()


def test_days_stay_texts(tmp_path: Path) -> None:
    (entry,) = read(written(tmp_path, "- reply: {tool: f, input: {day: 2026-01-02}}\n"))
    assert entry.replies[0].calls[0].input == {"day": "2026-01-02"}


WRONG = [
    pytest.param("- when: {user: a}\n  reply:\n    txet: b\n", r":3: reply.txet: there is no key 'txet'; did you mean 'text'\?", id="key"),
    pytest.param("- reply: a\n- when:\n    turn: x\n  reply: b\n", ":3: when.turn: Input should be a valid integer", id="value"),
    pytest.param("- when: {user: a}\n", ":1: the key 'reply' is missing", id="missing"),
    pytest.param("reply: a\n", ":1: a script is a list of entries", id="no_list"),
    pytest.param("- reply: a\n  reply: b\n", ":2: the key 'reply' is there twice", id="twice"),
    pytest.param("- reply: [a\n- b\n", ":3: not YAML: expected", id="syntax"),
    pytest.param("- reply: \x07\n", ": not YAML: ", id="character"),
    pytest.param("- reply: *a\n", ":1: not YAML: found undefined alias", id="alias"),
    pytest.param("- reply: {tool: f, input: {a: !!binary aGk=}}\n", ":1: this is not JSON: ", id="no_json"),
    pytest.param("- reply:\n    blocks:\n      - type: text\n", ":3: reply.blocks.0.text.text: Field required", id="block"),
    pytest.param("- name: a\n  reply: b\n- name: a\n  reply: c\n", ":3: name: two entries are called 'a'", id="names"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), WRONG)
def test_an_error_names_file_line_and_remedy(tmp_path: Path, text: str, problem: str) -> None:
    path = written(tmp_path, text)
    with pytest.raises(ScriptFileError, match=problem) as caught:
        read(path)
    assert str(caught.value).startswith(str(path))


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ScriptFileError, match=r"none\.yaml: can't be read: .*No such file"):
        ScriptFile(tmp_path / "none.yaml")
    path = tmp_path / "latin.yaml"
    path.write_bytes(b"- reply: \xff\n")
    with pytest.raises(ScriptFileError, match="can't be read: it is not UTF-8"):
        read(path)


def test_an_alias_that_holds_itself_is_told(tmp_path: Path) -> None:
    with pytest.raises(ScriptFileError, match="nested too deep, or an alias holds itself"):
        read(written(tmp_path, "- &a [*a]\n"))


def test_a_change_is_read_and_a_broken_one_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = written(tmp_path, "- reply: a\n")
    script = ScriptFile(path)
    (first,) = script.entries
    assert script.entries == (first,)

    written(tmp_path, "- reply: [\n")
    assert script.entries == (first,)
    assert script.problem is not None
    assert script.problem.startswith(f"{path}:2: not YAML")
    assert "the script stays as it was" in caplog.text
    assert script.entries == (first,)
    assert caplog.text.count("stays as it was") == 1

    path.unlink()
    assert script.entries == (first,)

    written(tmp_path, "- reply: second\n- reply: third\n")
    os.utime(path, (1, 1))
    assert [entry.replies[0].text for entry in script.entries] == ["second", "third"]
    assert script.problem is None
    assert "was read again: 2 entries" in caplog.text
