"""How many values a text has is told without parsing it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.json_size import has_more_values

VALUES = st.recursive(
    st.none() | st.integers() | st.text(alphabet='a,[{"\\:é'),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(alphabet='a,["\\'), inner),
    max_leaves=30,
)


def values(value: Any) -> int:
    """A value and all inside it."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + sum(map(values, inner))


@given(VALUES)
def test_no_value_is_overlooked_and_none_in_a_string_counts(value: Any) -> None:
    raw = json.dumps(value, ensure_ascii=False).encode()
    count = values(value)
    assert has_more_values(raw, count - 1)
    # An empty array or object may count as two.
    assert not has_more_values(raw, 2 * count)


@pytest.mark.parametrize(
    ("raw", "is_more"),
    [
        pytest.param(b"[" + b"{}," * 9 + b"{}]", True, id="objects"),
        pytest.param(b"[" + b"[]," * 4 + b"[]]", True, id="arrays"),
        pytest.param(b'["' + b"{,[" * 9 + b'"]', False, id="in_a_string"),
        pytest.param(b'["' + b'\\",' * 20 + b'\\\\"]', False, id="behind_escapes"),
        pytest.param(b'["\\\\",' + b"1," * 10 + b"1]", True, id="behind_a_backslash"),
        pytest.param(b"[" + b'"",' * 30 + b'""]', True, id="strings"),
        pytest.param(b"", False, id="nothing"),
    ],
)
def test_more_than_ten(raw: bytes, *, is_more: bool) -> None:
    assert has_more_values(raw, 10) is is_more
