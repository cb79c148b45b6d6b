"""The fixtures: found without configuration, each test in a workspace of its own, `contracts` only ours."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from mockserver.contract import OURS

pytest_plugins = ["pytester"]

ROOT = OURS.parent
# A run of its own: this one has `mockserver` and `contracts` in sys.modules already.
LOADED = ("-p", "no:messages-mock", "-p", "mockserver.pytest_plugin", "-p", "no:cacheprovider")
FOREIGN = "SEEN = True\n"


@pytest.fixture
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A fresh folder in which the packages are installed, as a user has them."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", "token-of-the-developer")
    pytester.makeini("[pytest]")  # or one above the folder would count
    return pytester


def run(folder: pytest.Pytester, *more: str) -> pytest.RunResult:
    return folder.runpytest_subprocess(*LOADED, *more, timeout=60)


ANSWERED = """
import json, os, urllib.request

def test_answers(messages_mock):
    assert os.environ["ANTHROPIC_BASE_URL"] == messages_mock.url
    assert os.environ["ANTHROPIC_API_KEY"] == messages_mock.api_key
    assert "ANTHROPIC_AUTH_TOKEN" not in os.environ
    body = {"model": "claude-haiku-4-5", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}]}
    headers = {"x-api-key": messages_mock.api_key, "anthropic-version": "2023-06-01",
               "content-type": "application/json"}
    request = urllib.request.Request(messages_mock.url + "/v1/messages", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=5) as response:
        assert json.load(response)["role"] == "assistant"

seen = []

def test_first(messages_mock, messages_mock_server):
    seen.append(messages_mock)

def test_second(messages_mock, messages_mock_server):
    (first,) = seen
    assert messages_mock.url == first.url == messages_mock_server.url
    assert messages_mock.api_key != first.api_key

def test_the_environment_is_the_developers_again():
    assert "ANTHROPIC_BASE_URL" not in os.environ
    assert os.environ["ANTHROPIC_AUTH_TOKEN"] == "token-of-the-developer"
"""


def test_fixtures_work_without_configuration(folder: pytest.Pytester) -> None:
    folder.makepyfile(ANSWERED)
    run(folder, "-W", "error").assert_outcomes(passed=4)


def test_fixtures_are_listed_with_their_docstrings(folder: pytest.Pytester) -> None:
    result = run(folder, "--fixtures")
    # pytest sorts them by the text of their line numbers.
    result.stdout.fnmatch_lines(["messages_mock_server*", "*One running server*"])
    result.stdout.fnmatch_lines(["messages_mock *", "*A fresh workspace*"])


def foreign(folder: pytest.Pytester) -> Path:
    """A package of the user's that is called like ours, where the run finds it first."""
    path = folder.path / "contracts" / "__init__.py"
    path.parent.mkdir()
    path.write_text(FOREIGN)
    return path


def test_a_foreign_contracts_is_named_when_a_server_is_asked_for(
    folder: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = foreign(folder)
    monkeypatch.setenv("PYTHONPATH", f"{folder.path}:{ROOT}")
    folder.makepyfile(
        "def test_asks(messages_mock): pass\n\ndef test_asks_too(messages_mock): pass"
    )
    result = run(folder, "-q")
    result.assert_outcomes(errors=2)
    result.stdout.fnmatch_lines(
        [
            (
                f"E *ForeignPackageError: messages-mock needs its own package `contracts` at {OURS}, but "
                f"the one at {theirs} comes first on sys.path; rename that package or run from another folder"
            )
        ]
    )


def test_a_foreign_contracts_is_left_alone_otherwise(
    folder: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    foreign(folder)
    monkeypatch.setenv("PYTHONPATH", f"{folder.path}:{ROOT}")
    folder.makepyfile("import contracts\n\ndef test_own(): assert contracts.SEEN")
    run(folder, "-W", "error").assert_outcomes(passed=1)


def test_the_plugin_imports_no_server() -> None:
    code = (
        "import sys, mockserver.pytest_plugin; "
        "print(sorted({m.split('.')[0] for m in sys.modules} & {'uvicorn', 'starlette', 'contracts', 'PIL'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, check=True, timeout=30
    )
    assert done.stdout.decode().strip() == "[]"


SCRIPTED = """
import asyncio

QUESTION = {"model": "claude-haiku-4-5", "max_tokens": 99, "messages": [{"role": "user", "content": "Hi"}]}

def test_client(claude, messages_mock):
    messages_mock.reply("Hello")
    assert claude.messages.create(**QUESTION).content[0].text == "Hello"
    assert messages_mock.requests.only.user == "Hi"

def test_async_client(async_claude, messages_mock):
    messages_mock.when(user="Hi").reply("Hello")
    message = asyncio.run(async_claude.messages.create(**QUESTION))
    assert message.content[0].text == "Hello"
"""


def test_clients_talk_to_the_workspace_of_the_test(folder: pytest.Pytester) -> None:
    folder.makepyfile(SCRIPTED)
    run(folder, "-W", "error").assert_outcomes(passed=2)


def test_without_the_sdk_its_clients_say_what_to_install(folder: pytest.Pytester) -> None:
    folder.makeconftest("import sys\nsys.modules['anthropic'] = None\n")
    folder.makepyfile("def test_asks(claude): pass")
    result = run(folder)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*need the SDK: pip install 'messages-mock*clients*"])
