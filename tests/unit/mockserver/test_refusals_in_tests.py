"""The plugin's verdict on a test whose requests broke the contract, seen from outside in a fresh folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from mockserver.contract import OURS

pytest_plugins = ["pytester"]

ROOT = OURS.parent
LOADED = ("-p", "no:messages-mock", "-p", "mockserver.pytest_plugin", "-p", "no:cacheprovider")
HEAD = """
import anthropic
import pytest

def ask(client, role="user"):
    turns = [{"role": "user", "content": "Hi"}, {"role": role, "content": "Well"}]
    return client.messages.create(model="claude-opus-4-7", max_tokens=9, messages=turns).content[0].text
"""


@pytest.fixture
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeini("[pytest]")
    return pytester


def run(folder: pytest.Pytester, *more: str) -> pytest.RunResult:
    return folder.runpytest_subprocess(*LOADED, *more, timeout=60)


SWALLOWED = f"""{HEAD}
def test_swallows_a_refusal(claude):
    with pytest.raises(anthropic.BadRequestError):
        ask(claude, "assistant")

def test_fails_for_a_reason_of_its_own(claude):
    ask(claude, "assistant")

def test_keeps_the_contract(claude):
    ask(claude)

def test_uses_none_of_it():
    pass
"""


def test_a_swallowed_refusal_fails_the_test_with_the_finding(folder: pytest.Pytester) -> None:
    folder.makepyfile(SWALLOWED)
    result = run(folder, "-W", "error")

    result.assert_outcomes(failed=2, passed=2)
    result.stdout.fnmatch_lines(
        [
            "requests broke the contract; the live API refuses them",
            "request 1: POST /v1/messages was refused with 400",
            "  said     This model does not support assistant message prefill*",
            "  place    the request",
            "  rule     prefill.unsupported: *",
            "  source   *",
            "  look up  messages-mock rules prefill.unsupported",
            "if it is meant: @pytest.mark.messages_mock(allow_refused=['prefill.unsupported'])",
            "*Captured messages-mock call*",
            "request 1: POST /v1/messages was refused with 400",
        ]
    )


ALLOWED = f"""{HEAD}
pytestmark = pytest.mark.messages_mock(allow_refused=["prefill.unsupported", "shape"])

def refused(client, role):
    with pytest.raises(anthropic.BadRequestError):
        ask(client, role)

@pytest.mark.messages_mock(allow_refused=True)
def test_all(claude):
    refused(claude, "assistant")

@pytest.mark.messages_mock(allow_refused="prefill.unsupported")
def test_one(claude):
    refused(claude, "assistant")

def test_those_of_the_module(claude):
    refused(claude, "nobody")

@pytest.mark.messages_mock(allow_refused="shape")
def test_another_one(claude):
    refused(claude, "assistant")

def test_what_a_script_asked_for(claude, messages_mock):
    messages_mock.reply(error=400)
    refused(claude, "user")
"""


def test_the_marker_allows_all_or_some_refusals(folder: pytest.Pytester) -> None:
    folder.makepyfile(ALLOWED)
    result = run(folder, "-W", "error", "--strict-markers")

    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines(["FAILED *::test_another_one*"])


SCRIPTED = f"""{HEAD}
@pytest.mark.messages_mock(script=["First", {{"when": {{"user": "Well"}}, "reply": "Then"}}])
def test_entries(claude):
    assert [ask(claude), ask(claude)] == ["First", "Then"]

@pytest.mark.messages_mock(script="well.yaml")
def test_file_beside_the_test(claude):
    assert ask(claude) == "From the file"
"""


def test_the_marker_brings_a_script(folder: pytest.Pytester) -> None:
    folder.makepyfile(SCRIPTED)
    Path(folder.path / "well.yaml").write_text("- reply: From the file\n", "utf-8")
    run(folder, "-W", "error").assert_outcomes(passed=2)


MISTAKEN = """
import pytest

@pytest.mark.messages_mock(allow=True)
def test_word(messages_mock): pass

@pytest.mark.messages_mock("shape")
def test_place(messages_mock): pass

@pytest.mark.messages_mock(allow_refused="prefil.unsupported")
def test_rule(messages_mock): pass

@pytest.mark.messages_mock(script="none.yaml")
def test_file(messages_mock): pass

@pytest.mark.messages_mock(script=[{"repli": "Hello"}])
def test_entry(messages_mock): pass
"""


def test_mistakes_in_the_marker_are_told(folder: pytest.Pytester) -> None:
    folder.makepyfile(MISTAKEN)
    result = run(folder)

    result.assert_outcomes(errors=5)
    result.stdout.fnmatch_lines(
        [
            "the marker messages_mock takes script= and allow_refused=, not 'allow'",
            "the marker messages_mock takes script= and allow_refused=, not 'shape'",
            "allow_refused: there is no rule 'prefil.unsupported'; did you mean prefill.unsupported?",
            "script: */none.yaml: can't be read: No such file or directory",
            "script: 0.repli: there is no key 'repli'; *",
        ]
    )
    result.stdout.no_fnmatch_line("*pytest_plugin.py*")


def test_the_marker_is_listed(folder: pytest.Pytester) -> None:
    run(folder, "--markers").stdout.fnmatch_lines(["@pytest.mark.messages_mock(script=None, *"])
