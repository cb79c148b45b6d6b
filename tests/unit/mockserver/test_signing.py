"""Signatures: opaque base64 that belongs to one text and one seed."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.signing import is_minted, is_original, minted


@given(st.integers(), st.text())
def test_minted_signatures_are_known_again(seed: int, thinking: str) -> None:
    signature = minted(seed, thinking)
    assert base64.b64decode(signature, validate=True)
    assert is_minted(signature)
    assert is_original(seed, thinking, signature)


@given(st.text(), st.text())
def test_signatures_belong_to_their_text(one: str, other: str) -> None:
    assert is_original(0, one, minted(0, other)) is (one == other)


def test_signatures_belong_to_their_seed() -> None:
    assert not is_original(1, "a", minted(0, "a"))


@pytest.mark.parametrize("foreign", ["", "EqQBCkYIARgCKkA=", "not base64!", "bW9jaw==", "é"])
def test_foreign_signatures_are_not_minted(foreign: str) -> None:
    assert not is_minted(foreign)
