"""A part of `python -m tests.fuzz` on every run; and what the examples are like."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from contracts.models import as_of
from contracts.strategies import WAYS, Way, faults
from contracts.suite.running import Target
from contracts.suite.shelf import shelf
from contracts.suite.transports import InProcess
from mockserver.app import create_app
from mockserver.rules import RULES
from mockserver.settings import Settings
from tests.fuzz.checks import Check, broken, checks

ROOT = Path(__file__).parents[2]
EXAMPLES = 500
EXAMPLES_OF_ALL = 800  # enough for every feature to be among them
EXAMPLES_OF_A_WAY = 12  # of more than 70 ways


@pytest.fixture(scope="module")
def target() -> Iterator[Target]:
    transport = InProcess(create_app(Settings(now=as_of())))
    yield Target(transport, "sk-ant-fuzz")
    transport.close()


@pytest.fixture(scope="module")
def every(target: Target) -> Iterator[Mapping[str, Check]]:
    with shelf(target.send, target.key) as files:
        yield checks(files)


# The examples are large, and an edit that does not fit a request is drawn again.
LARGE = list(HealthCheck)
FEATURES = {
    '"type": "image"',
    '"type": "document"',
    '"type": "search_result"',
    '"type": "tool_result"',
    '"type": "thinking"',
    '"role": "system"',
    '"type": "json_schema"',
    '"cache_control"',
    '"strict"',
    '"temperature"',
    '"stream": true',
    '"type": "any"',
    '"type": "file"',
    '"type": "web_search_20250305"',
    '"type": "web_search_tool_result"',
    '"type": "computer_toolset_20260801"',
    '"computer-use-2025-11-24"',
    '"defer_loading": true',
    '"context_management"',
    '"type": "compact_20260112"',
    '"task_budget"',
    '"fallbacks"',
    '"speed"',
    '"mcp_servers"',
    '"skills"',
    '"block_binding"',
    '"output_config": {"effort"',
    '"thread"',
}


def hold(check: Check, target: Target, examples: int) -> list[str]:
    """Run a check; the examples as texts."""
    shown: list[str] = []

    @settings(max_examples=examples, suppress_health_check=LARGE)
    @given(check.examples)
    def holds(example: object) -> None:
        shown.append(str(example))
        check.holds(target, example)

    holds()
    return shown


@pytest.mark.parametrize("name", ["any-body", "any-edit"])
def test_any_request_is_answered_in_shape(
    target: Target, every: Mapping[str, Check], name: str
) -> None:
    hold(every[name], target, EXAMPLES)


def test_valid_requests_are_accepted_and_have_every_feature(
    target: Target, every: Mapping[str, Check]
) -> None:
    shown = "\n".join(hold(every["valid"], target, EXAMPLES_OF_ALL)).replace("'", '"')

    assert [feature for feature in FEATURES if feature.lower() not in shown.lower()] == []


@pytest.mark.parametrize("way", WAYS, ids=lambda way: f"{way.rule}_{way.edit.__name__}")
def test_a_fault_is_refused_and_its_place_is_blamed(target: Target, way: Way) -> None:
    hold(Check(faults([way]), broken), target, EXAMPLES_OF_A_WAY)


def test_edits_break_rules_that_exist() -> None:
    rules = Counter(way.rule for way in WAYS)

    assert rules.keys() - {rule.id for rule in RULES} == set()
    assert len(rules) >= 55


def test_command_prints_its_seed_and_what_was_hit() -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--examples", "20", "--seed", "7"]
    done = subprocess.run(
        [*command, "--check", "broken"], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith("seed 7\nbroken: nothing found (")
    assert " shape\n" in done.stdout
