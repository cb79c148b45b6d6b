"""What holds for all tests, and how hard Hypothesis searches: `dev` at random, `ci` the same examples on every run, `nightly` for long.

HYPOTHESIS_PROFILE chooses; without it, CI decides. Time is no verdict: machines differ, and share their cores.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.guards import only_loopback
from tests.watching import Watch

settings.register_profile("dev", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True, database=None, print_blob=True)
settings.register_profile("nightly", deadline=None, max_examples=5_000, print_blob=True)
settings.load_profile(
    os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev")
)


@pytest.fixture(scope="session", autouse=True)
def no_egress() -> Iterator[None]:
    """No test, and nothing that it runs in this process, reaches another machine."""
    with only_loopback():
        yield


@pytest.fixture(scope="session", autouse=True)
def watch() -> Iterator[Watch]:
    """Looks at all servers in this process."""
    watch = Watch()
    with watch.installed():
        yield watch


@pytest.fixture
def may_fail() -> None:
    """The test asks for a 5xx."""


@pytest.fixture(autouse=True)
def nothing_is_left(
    watch: Watch, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Whatever a test is about, its servers answered as they must, and nothing of it is left."""
    watch.begin()
    yield
    request.node.funcargs.clear()  # which hold what the test was given
    assert watch.problems(caplog.text, may_fail="may_fail" in request.fixturenames) == []
