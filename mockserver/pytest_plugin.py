"""pytest fixtures, found without configuration.

messages_mock_server   one server for the whole run
messages_mock          the same server with a fresh key, and the SDK's environment variables pointing at it
claude, async_claude   SDK clients that talk to it with that key

A test whose requests broke the contract fails, unless @pytest.mark.messages_mock(allow_refused=True) says that it
means to be refused; `allow_refused` may name rules instead. `script` is what the server answers: entries as in a
script file, or the path of one.
"""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import pytest

if TYPE_CHECKING:
    import anthropic

    from mockserver.testing import Access, MockServer

MARKER = (
    "messages_mock(script=None, allow_refused=False): what the mock server answers in this test (entries as in a "
    "script file, or its path), and whether requests may break the contract (true, or the id of a rule, or several)"
)
WORDS = ("script", "allow_refused")
MISSING = "the fixtures claude and async_claude need the SDK: pip install 'messages-mock[clients]'"

ACCESS = pytest.StashKey["Access"]()
# The rules that may refuse requests of the test; None is all of them.
ALLOWED = pytest.StashKey["list[str] | None"]()


def pytest_configure(config: pytest.Config) -> None:
    """Register the marker."""
    config.addinivalue_line("markers", MARKER)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """Fail the test when its requests broke the contract; show them beside its own failure."""
    try:
        yield
    except BaseException:
        item.add_report_section("call", "messages-mock", _broken(item))
        raise
    found = _broken(item)
    if found:
        pytest.fail(
            f"requests broke the contract; the live API refuses them\n{found}", pytrace=False
        )


def _broken(item: pytest.Item) -> str:
    """The refused requests of a test, as a person reads them."""
    access, allowed = item.stash.get(ACCESS, None), item.stash.get(ALLOWED, None)
    if access is None or allowed is None:
        return ""
    from mockserver.refusals import refusals, told  # noqa: PLC0415 # on use

    refused = refusals(access.requests, allowed)
    rules = sorted({each.rule or "" for each in refused})
    hint = f"if it is meant: @pytest.mark.messages_mock(allow_refused={rules})"
    return f"{told(refused)}\n{hint}" if refused else ""


def _mistaken(text: str) -> NoReturn:
    """Tell a mistake in the test without the way through this plugin, which says nothing about it."""
    pytest.fail(text, pytrace=False)


def _wishes(item: pytest.Item) -> dict[str, Any]:
    """What the test's markers say; the closest one wins."""
    found: dict[str, Any] = {}
    for marker in item.iter_markers("messages_mock"):
        unknown = [word for word in marker.kwargs if word not in WORDS]
        if marker.args or unknown:
            said = unknown or list(marker.args)
            _mistaken(
                f"the marker messages_mock takes {' and '.join(f'{w}=' for w in WORDS)}, not {said[0]!r}"
            )
        found = {**marker.kwargs, **found}
    return found


def _allowed(wish: Any) -> list[str] | None:
    if isinstance(wish, bool):
        return None if wish else []
    from mockserver.rules import RULES, UnknownRuleError  # noqa: PLC0415 # on use

    try:
        return [RULES.named(rule).id for rule in ([wish] if isinstance(wish, str) else wish)]
    except UnknownRuleError as error:
        _mistaken(f"allow_refused: {error}")


@pytest.fixture(scope="session")
def messages_mock_server() -> Iterator[MockServer]:
    """One running server for all tests."""
    # Imported on use: a run that asks for no server must not pay for one, nor meet a foreign `contracts`.
    from mockserver.testing import MockServer  # noqa: PLC0415 # on use

    with MockServer() as server:
        yield server


@pytest.fixture
def messages_mock(
    messages_mock_server: MockServer,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
) -> Access:
    """A fresh workspace to script and look at; `anthropic.Anthropic()` without arguments talks to it."""
    access = messages_mock_server.access()
    monkeypatch.setenv("ANTHROPIC_BASE_URL", access.url)
    monkeypatch.setenv("ANTHROPIC_API_KEY", access.api_key)
    monkeypatch.delenv("ANTHROPIC_AUTH_TOKEN", raising=False)
    wishes = _wishes(request.node)
    script = wishes.get("script")
    if script is not None:
        _script(access, request.path.parent, script)
    request.node.stash[ACCESS] = access
    request.node.stash[ALLOWED] = _allowed(wishes.get("allow_refused", False))
    return access


def _script(access: Access, folder: Path, script: Any) -> None:
    from mockserver.errors import ApiError  # noqa: PLC0415 # on use
    from mockserver.scripts.files import ScriptFileError  # noqa: PLC0415 # on use

    is_path = isinstance(script, str | os.PathLike)
    try:
        access.script(folder / cast("str", script) if is_path else script)
    except (ScriptFileError, ApiError) as error:
        _mistaken(f"script: {error}")


@pytest.fixture
def claude(messages_mock: Access) -> Iterator[anthropic.Anthropic]:
    """An SDK client of the test's own workspace."""
    with _sdk().Anthropic(base_url=messages_mock.url, api_key=messages_mock.api_key) as client:
        yield client


@pytest.fixture
def async_claude(messages_mock: Access) -> anthropic.AsyncAnthropic:
    """An asynchronous SDK client of the test's own workspace, for any event loop."""
    # Which loop the test uses is not known here, so nothing can be closed in it: no connection is kept.
    found: anthropic.AsyncAnthropic = _sdk().AsyncAnthropic(
        base_url=messages_mock.url,
        api_key=messages_mock.api_key,
        default_headers={"connection": "close"},
    )
    return found


def _sdk() -> Any:
    try:
        import anthropic  # noqa: PLC0415 # on use
    except ImportError:
        _mistaken(MISSING)
    return anthropic
