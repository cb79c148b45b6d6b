"""Signatures of thinking blocks: minted here, so that an edited block can be told from an original one.

A signature says of which text it is, which model thought it, and where a conversation's thinking is preserved
also what came before it. It is sealed by the server's seed: one that was changed on the way, or that another
seed gave out, opens no more. A mark at both ends tells it from those of other servers, which can't be judged.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import NamedTuple

# All lengths can be divided by three: base64 then has no spare bits, in which a change would not be seen.
MARK = b"minted"
TEXT_BYTES = 15
MAKER_BYTES = 6
SEAL_BYTES = 15
NOBODY = bytes(MAKER_BYTES)
_WORD = base64.b64encode(MARK).decode()


class Signed(NamedTuple):
    """What a signature says: digests of the text and of the model's id, and what it is bound to, if anything."""

    text: bytes
    maker: bytes
    binding: bytes


def minted(seed: int, thinking: str) -> str:
    """The signature of a thinking text: opaque base64, as on the wire. It is nobody's and bound to nothing."""
    return sealed(seed, Signed(digest(thinking.encode(), TEXT_BYTES), NOBODY, b""))


def sealed(seed: int, signed: Signed) -> str:
    """The signature that says so much."""
    said = b"".join(signed)
    return base64.b64encode(MARK + said + _seal(seed, said) + MARK).decode()


def is_minted(signature: str) -> bool:
    """Whether a signature was minted here, as far as its ends tell; foreign ones can't be judged."""
    return signature.startswith(_WORD) or signature.endswith(_WORD)


def opened(seed: int, signature: str) -> Signed | None:
    """What a minted signature says; None when it is not as it was given out."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except ValueError:
        return None
    said = raw[len(MARK) : -len(MARK) - SEAL_BYTES]
    if not hmac.compare_digest(raw, MARK + said + _seal(seed, said) + MARK):
        return None
    end = TEXT_BYTES + MAKER_BYTES
    return Signed(said[:TEXT_BYTES], said[TEXT_BYTES:end], said[end:])


def is_original(seed: int, thinking: str, signature: str) -> bool:
    """Whether a minted signature belongs to this text."""
    signed = opened(seed, signature)
    return signed is not None and signed.text == digest(thinking.encode(), TEXT_BYTES)


def digest(data: bytes, size: int) -> bytes:
    """A short digest, of so many bytes."""
    return hashlib.blake2b(data, digest_size=size).digest()


def _seal(seed: int, said: bytes) -> bytes:
    return hmac.digest(str(seed).encode(), said, hashlib.sha256)[:SEAL_BYTES]
