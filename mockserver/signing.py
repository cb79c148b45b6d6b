"""Signatures of thinking blocks: minted here, so that an edited block can be told from an original one."""

from __future__ import annotations

import base64
import hashlib
import hmac

PREFIX = b"mock1"


def minted(seed: int, thinking: str) -> str:
    """The signature of a thinking text: opaque base64, as on the wire."""
    tag = hmac.new(str(seed).encode(), thinking.encode(), hashlib.sha256).digest()
    return base64.b64encode(PREFIX + tag).decode()


def is_minted(signature: str) -> bool:
    """Whether a signature has the form of those minted here; foreign ones can't be judged."""
    try:
        return base64.b64decode(signature, validate=True).startswith(PREFIX)
    except ValueError:
        return False


def is_original(seed: int, thinking: str, signature: str) -> bool:
    """Whether a minted signature belongs to this text."""
    return hmac.compare_digest(minted(seed, thinking), signature)
