"""The inputs of Anthropic's tools are valid for every version and action, whatever the text says."""

from __future__ import annotations

import importlib
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.replies.actions import inputs, offered
from tests.unit.mockserver.replies.actions.documented import (
    BROWSER_OFF,
    FIELDS,
    TOOLS,
    actions_of,
    faults,
    sdk_model,
)

TELLING = """
"a b" 'c' /tmp/a.txt ~/b/c.md /memories/x.md ../d at (100, 99999) [1,2] from 3, 4 [9, 8, 7, 6] x=5 y=6 ctrl+s press
Enter hold alt for 400 seconds 2.5 s -3 twice 7 times scroll up 50 ref_3 tab 12 depth 3 interactive true https://a.example/b
go back lines 3-7 line 9 that it is so. run the thing 99999999999999999999999 with shift + ctrl
"""
WORDS = st.lists(st.sampled_from([*TELLING.split(), "(7, 8)", "line 4", '"q"', "\n"]), max_size=12)
CASES = [(kind, action) for kind in TOOLS for action in actions_of(kind)]


@pytest.mark.parametrize("kind", TOOLS)
def test_a_tool_offers_what_its_version_has(kind: str) -> None:
    assert sorted(offered.actions(TOOLS[kind])) == actions_of(kind)


@pytest.mark.parametrize("words", ["", TELLING], ids=["silent", "telling"])
@pytest.mark.parametrize(("kind", "action"), CASES)
def test_every_action_has_a_valid_input(kind: str, action: str, words: str) -> None:
    value = inputs.given(TOOLS[kind], action, words)
    assert faults(kind, action, value) == []
    assert orjson.loads(orjson.dumps(value)) == value
    assert value == inputs.given(TOOLS[kind], action, words)


@given(st.sampled_from(CASES), st.one_of(st.text(), WORDS.map(" ".join)))
def test_an_input_is_valid_whatever_is_said(case: tuple[str, str], words: str) -> None:
    value = inputs.given(TOOLS[case[0]], case[1], words)
    assert faults(*case, value) == []
    orjson.dumps(value)


@pytest.mark.parametrize(
    ("action", "words", "member", "expected"),
    [
        ("left_click", "click at (99999, 99999)", "coordinate", [99, 49]),
        ("left_click", "click at (99, 49)", "coordinate", [99, 49]),
        ("key", "press Tab 0 times", "repeat", 1),
        ("key", "press Tab 100 times", "repeat", 100),
        ("key", "press Tab 101 times", "repeat", 100),
        ("scroll", "scroll 1000000 down", "scroll_amount", 10),
        ("scroll", "scroll 1000001 down", "scroll_amount", 3),
    ],
)
def test_what_is_out_of_bounds_is_brought_within(
    action: str, words: str, member: str, expected: Any
) -> None:
    tool = {"type": "computer_toolset_20260801", "display_width_px": 100, "display_height_px": 50}
    assert inputs.given(tool, action, words)[member] == expected


@pytest.mark.parametrize(
    ("kind", "action"), [case for case in CASES if case[0] not in FIELDS and "bash" not in case[0]]
)
def test_the_members_are_those_of_the_sdk(kind: str, action: str) -> None:
    fields = sdk_model(kind, action).model_fields.items()
    known = {field.alias or name: not field.is_required() for name, field in fields}
    known.pop("command", None)
    # one of the two is required, which the type doesn't say
    known = {**known, "paths": False} if known.pop("document_ids", None) else known
    members = offered.actions(TOOLS[kind])[action]
    assert {member.name: member.is_optional for member in members} == known


def test_what_is_off_by_default_is_so_in_the_sdk() -> None:
    registry = importlib.import_module("anthropic.lib.tools._toolsets._registry")
    assert frozenset(BROWSER_OFF) == registry.BROWSER_DEFAULT_DISABLED_MEMBERS
    plain = offered.actions({"type": "browser_toolset_20260801"})
    assert set(BROWSER_OFF).isdisjoint(plain)


@pytest.mark.parametrize(
    "configs", [None, {}, {"zoom": None}, {"zoom": {}}, {"zoom": {"enabled": None}}]
)
def test_a_toolset_offers_all_that_is_not_switched_off(configs: Any) -> None:
    kind = "computer_toolset_20260801"
    assert sorted(offered.actions({"type": kind, "configs": configs})) == actions_of(kind)


def test_what_is_switched_off_is_not_offered() -> None:
    tool = {"type": "computer_toolset_20260801", "configs": {"screenshot": {"enabled": False}}}
    assert "screenshot" not in offered.actions(tool)
    assert offered.default(tool) == "key"


def test_no_other_tool_has_actions() -> None:
    assert offered.actions({"type": "computer_20990101"}) == {}
    assert offered.actions({"type": "web_search_20250305", "name": "web_search"}) == {}
    assert offered.actions({"name": "computer", "input_schema": {}}) == {}
