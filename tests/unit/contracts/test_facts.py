"""Keys and their order."""

from __future__ import annotations

import pytest

from contracts.facts import ERROR_TYPES, MESSAGE, USAGE, Keys
from contracts.findings import is_array, is_object
from tests.unit.contracts.samples import message, usage

KEYS = Keys(("a", "b", "c"), optional=frozenset({"b"}))


@pytest.mark.parametrize(
    ("present", "missing"),
    [
        pytest.param("abc", [], id="all"),
        pytest.param("ac", [], id="without_optional"),
        pytest.param("xc", ["a"], id="one_missing"),
        pytest.param("", ["a", "c"], id="none"),
    ],
)
def test_missing_keys(present: str, missing: list[str]) -> None:
    assert KEYS.missing(present) == missing


@pytest.mark.parametrize(
    ("present", "is_ordered"),
    [
        pytest.param("abc", True, id="accept_all"),
        pytest.param("ac", True, id="accept_gap"),
        pytest.param("xaybz", True, id="accept_unknown_between"),
        pytest.param("", True, id="accept_none"),
        pytest.param("ba", False, id="reject_swapped"),
        pytest.param("bxa", False, id="reject_swapped_around_unknown"),
    ],
)
def test_order_of_keys(present: str, is_ordered: bool) -> None:
    assert KEYS.is_ordered(present) == is_ordered


def test_samples_have_the_recorded_keys() -> None:
    assert list(message()) == [key for key in MESSAGE.order if key not in MESSAGE.optional]
    assert list(usage()) == [key for key in USAGE.order if key not in USAGE.optional]


def test_error_types_are_those_of_the_documentation() -> None:
    assert {status for status, kind in ERROR_TYPES.items() if kind == "invalid_request_error"} == {
        400,
        405,
        431,
    }
    assert len(set(ERROR_TYPES.values())) == 11


def test_json_kinds() -> None:
    assert [is_object({}), is_object([]), is_object(None)] == [True, False, False]
    assert [is_array([]), is_array({}), is_array("x")] == [True, False, False]
