"""Signatures: opaque base64 that belongs to one text and one seed."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.signing import (
    MARK,
    MOST,
    NOBODY,
    Signed,
    is_minted,
    is_original,
    minted,
    opened,
    sealed,
)


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


@given(
    st.tuples(*[st.integers(0, MOST)] * 3),
    st.binary(min_size=6, max_size=6),
    st.binary(max_size=60).filter(lambda b: len(b) % 3 == 0),
)
def test_a_signature_says_what_was_signed(
    numbers: tuple[int, int, int], maker: bytes, binding: bytes
) -> None:
    signed = Signed(b"digest of a text"[:15], maker, *numbers, binding)

    assert opened(3, sealed(3, signed)) == signed
    assert opened(4, sealed(3, signed)) is None


def test_a_minted_signature_is_bound_to_nothing() -> None:
    signed = opened(0, minted(0, "a", 7))

    assert signed is not None
    assert signed[1:] == (NOBODY, 7, 0, 0, b"")


def test_more_tokens_than_can_be_said_are_the_most() -> None:
    signed = opened(0, minted(0, "a", MOST + 1))

    assert signed is not None
    assert signed.tokens == MOST


def altered(signature: str) -> list[str]:
    """One character changed, at each place; and cut short, at each place after the mark."""
    flipped = [
        f"{signature[:i]}{'A' if signature[i] != 'A' else 'B'}{signature[i + 1 :]}"
        for i in range(len(signature))
    ]
    return flipped + [signature[:i] for i in range(len(MARK) // 3 * 4, len(signature))]


def test_a_signature_that_was_altered_is_known_and_does_not_open() -> None:
    for signature in altered(minted(0, "a")):
        assert is_minted(signature), signature
        assert opened(0, signature) is None, signature


@pytest.mark.parametrize("foreign", ["", "EqQBCkYIARgCKkA=", "not base64!", "bW9jaw==", "é"])
def test_foreign_signatures_are_not_minted(foreign: str) -> None:
    assert not is_minted(foreign)
