"""Signatures of thinking blocks: minted here, so that an edited block can be told from an original one.

A signature is that of a text, and where a conversation's thinking is preserved also of what came before it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

PREFIX = b"mock1"
TAG_BYTES = hashlib.sha256().digest_size


def minted(seed: int, thinking: str) -> str:
    """The signature of a thinking text: opaque base64, as on the wire."""
    return base64.b64encode(_tag(seed, thinking)).decode()


def bound(signature: str, before: bytes) -> str:
    """A minted signature that is bound to what came before its block, given as a digest."""
    return base64.b64encode(_parts(signature)[0] + before).decode()


def binding(signature: str) -> bytes:
    """The digest that a minted signature is bound to; empty for one that is bound to nothing."""
    return _parts(signature)[1]


def is_minted(signature: str) -> bool:
    """Whether a signature has the form of those minted here; foreign ones can't be judged."""
    try:
        return base64.b64decode(signature, validate=True).startswith(PREFIX)
    except ValueError:
        return False


def is_original(seed: int, thinking: str, signature: str) -> bool:
    """Whether a minted signature belongs to this text."""
    return hmac.compare_digest(_tag(seed, thinking), _parts(signature)[0])


def _tag(seed: int, thinking: str) -> bytes:
    return PREFIX + hmac.new(str(seed).encode(), thinking.encode(), hashlib.sha256).digest()


def _parts(signature: str) -> tuple[bytes, bytes]:
    raw, end = base64.b64decode(signature), len(PREFIX) + TAG_BYTES
    return raw[:end], raw[end:]
