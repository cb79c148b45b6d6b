"""Signatures of thinking and compaction blocks: minted here, so that an edited block can be told from an original one.

A signature says of which text it is, how many tokens were thought, where the block stood, which model thought it,
and where a conversation's thinking is preserved also what came before it. It is sealed by the server's seed: one
that was changed on the way, or that another seed gave out, opens no more. A mark at both ends tells it from those
of other servers, which can't be judged.
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
NUMBER_BYTES = 3
SEAL_BYTES = 15
MOST = 256**NUMBER_BYTES - 1
NOBODY = bytes(MAKER_BYTES)
_WORD = base64.b64encode(MARK).decode()
_SUMMARY = "compaction\0"
_NUMBERS = TEXT_BYTES + MAKER_BYTES
_BINDING = _NUMBERS + 3 * NUMBER_BYTES


class Signed(NamedTuple):
    """What a signature says. `text` and `maker` are digests, of the text and of the model's id.

    tokens         what the block costs when it is sent back, whatever is shown of it
    place, length  where it stood among thinking blocks that follow each other, and how many these were: 0 where that
                   is not known
    binding        what came before it, where it is bound to that
    """

    text: bytes
    maker: bytes = NOBODY
    tokens: int = 0
    place: int = 0
    length: int = 0
    binding: bytes = b""


def minted(seed: int, thinking: str, tokens: int = 0) -> str:
    """The signature of a thinking text: opaque base64, as on the wire. It is nobody's and bound to nothing."""
    return sealed(seed, Signed(_text(thinking), tokens=min(tokens, MOST)))


def sealed(seed: int, signed: Signed) -> str:
    """The signature that says so much."""
    numbers = (signed.tokens, signed.place, signed.length)
    packed = b"".join(number.to_bytes(NUMBER_BYTES, "big") for number in numbers)
    said = signed.text + signed.maker + packed + signed.binding
    return base64.b64encode(MARK + said + _seal(seed, said) + MARK).decode()


def is_minted(signature: str) -> bool:
    """Whether a signature was minted here, as far as its ends tell; foreign ones can't be judged."""
    return signature.startswith(_WORD) or signature.endswith(_WORD)


def opened(seed: int, signature: str) -> Signed | None:
    """What a minted signature says; None when it is foreign, or not as it was given out."""
    if not is_minted(signature):
        return None
    try:
        raw = base64.b64decode(signature, validate=True)
    except ValueError:
        return None
    said = raw[len(MARK) : -len(MARK) - SEAL_BYTES]
    if not hmac.compare_digest(raw, MARK + said + _seal(seed, said) + MARK):
        return None
    starts = range(_NUMBERS, _BINDING, NUMBER_BYTES)
    tokens, place, length = (int.from_bytes(said[at : at + NUMBER_BYTES], "big") for at in starts)
    maker, binding = said[TEXT_BYTES:_NUMBERS], said[_BINDING:]
    return Signed(said[:TEXT_BYTES], maker, tokens, place, length, binding)


def is_original(seed: int, thinking: str, signature: str) -> bool:
    """Whether a minted signature belongs to this text."""
    signed = opened(seed, signature)
    return signed is not None and signed.text == _text(thinking)


def minted_summary(seed: int, summary: str) -> str:
    """The signature of a compaction block's content. No thinking text has the same one."""
    return minted(seed, _SUMMARY + summary)


def is_summarized(seed: int, summary: str, signature: str) -> bool:
    """Whether a minted signature belongs to this content of a compaction block."""
    return is_original(seed, _SUMMARY + summary, signature)


def digest(data: bytes, size: int) -> bytes:
    """A short digest, of so many bytes."""
    return hashlib.blake2b(data, digest_size=size).digest()


def _text(thinking: str) -> bytes:
    return digest(thinking.encode(), TEXT_BYTES)


def _seal(seed: int, said: bytes) -> bytes:
    return hmac.digest(str(seed).encode(), said, hashlib.sha256)[:SEAL_BYTES]
