"""What a text costs in tokens: a linear estimate over features that C code counts."""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum
from string import ascii_lowercase, ascii_uppercase
from sys import getsizeof
from typing import NamedTuple

# Agents resend their history: counts are remembered, for so many bytes of text in each generation.
MOST_REMEMBERED = 12_000_000
# Longer texts are not remembered, and counted in stretches of so many characters.
LONGEST_REMEMBERED = 64_000
# From here on it is faster to compare a text than to hash it.
LONG = 256
# What a text takes in the dicts beside its own bytes.
ENTRY = 256

_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = b"0123456789"
_MARKS = bytes(code for code in range(33, 127) if code not in _LETTERS + _DIGITS)


def _only(kept: bytes, stand_in: bytes) -> bytes:
    return bytes(stand_in[0] if code in kept else ord(" ") for code in range(256))


_MARKS_ONLY = _only(_MARKS, b".")
# All but spaces and digits are line ends here.
_NUMBERS_AND_SPACES = b"\n" * 32 + b" " + b"\n" * 15 + b"0" * 10 + b"\n" * 198
# Characters of two bytes are mostly letters; longer ones are signs, and often words of their own. Each
# stands for itself by its first byte.
_LETTERS_ONLY = _only(_LETTERS + bytes(range(0xC0, 0xE0)), b"a")
_LATER_BYTES = bytes(range(0x80, 0xC0))
# Capital letters are "A", small ones "a".
_CASE = bytes(
    ord("A") if chr(code) in ascii_uppercase else ord("a") if chr(code) in ascii_lowercase else 32
    for code in range(256)
)
_SHORTER_THAN_3 = bytes(range(0xE0))
_SHORTER_THAN_4 = bytes(range(0xF0))
# Names in code and runs of one letter, not words.
_ODD = b"a" * 16


class Rates(NamedTuple):
    """Tokens for each run of letters, of marks and of digits, and for what comes on top of them.

    On top come a number after a space, a line's end, a sign, a capital inside a word (`hump`), three
    capitals in a row, every `piece_letters` letters of one word, and every sixteen. No rate is negative: a text never costs less than its beginning.
    """

    word: float
    marks: float
    number: float
    number_apart: float
    line: float
    sign: float
    hump: float
    capitals: float
    piece: float
    odd: float
    piece_letters: int


# A fit over recorded counts of 2024-2026: 123 prompts and 352 answers of models up to the 4.6 generation, 37
# and 68 of later ones, all text. Cross-validated by repository, half of the prompts are within 5 and 7 %, nine
# of ten within 15 %; one token is 7 % of most. Few of them have signs, and few of the later ones numbers: those
# rates are rough.
RATES = {
    "2023": Rates(0.975, 1.04, 0.92, 1.31, 0.97, 1.7, 1.0, 0.3, 0.74, 3.0, piece_letters=8),
    "2026": Rates(1.03, 1.3, 1.0, 1.2, 0.74, 1.0, 1.0, 0.3, 1.42, 3.0, piece_letters=6),
}


class Scale(dict[str, float]):
    """Weighs texts as one generation's tokenizer does, in fractions of tokens: `scale[text]`.

    It holds what was weighed before.
    """

    def __init__(self, rates: Rates, most: int = MOST_REMEMBERED) -> None:
        super().__init__()
        self._rates = rates
        self._piece = b"a" * rates.piece_letters
        self._most = most
        self._size = 0
        # The last long text of each length, for `sum`.
        self._latest: dict[int, tuple[str, float]] = {}

    def __missing__(self, text: str) -> float:
        weight = self.count(text)
        if len(text) <= LONGEST_REMEMBERED:
            self._remember(text, weight)
        return weight

    def weigh(self, text: str) -> float:
        """Weigh one text."""
        if len(text) < LONG:
            return self[text]
        found = self._latest.get(len(text))
        return found[1] if found is not None and found[0] == text else self[text]

    def sum(self, texts: Iterable[str]) -> float:
        """Weigh many texts."""
        total = 0.0
        latest = self._latest.get
        # What `weigh` does, without a call for each text of a long history.
        for text in texts:
            if len(text) < LONG:
                total += self[text]
            else:
                found = latest(len(text))
                total += found[1] if found is not None and found[0] == text else self[text]
        return total

    def count(self, text: str) -> float:
        """Weigh a text without a look at what was weighed before."""
        if len(text) <= LONGEST_REMEMBERED:
            return self._count(text)
        # Splitting takes ten times the memory of the text.
        size = LONGEST_REMEMBERED
        return fsum(self._count(text[start : start + size]) for start in range(0, len(text), size))

    def _count(self, text: str) -> float:
        data = text.encode("utf-8", "surrogatepass")
        word, marks, number, number_apart, line, sign, hump, capitals, piece, odd, _ = self._rates
        letters = data.translate(_LETTERS_ONLY, _LATER_BYTES)
        numbers = data.translate(_NUMBERS_AND_SPACES)
        case = data.translate(_CASE)
        return (
            word * len(letters.split())
            + marks * len(data.translate(_MARKS_ONLY).split())
            + number * len(numbers.split())
            + number_apart * numbers.count(b" 0")
            + line * data.count(b"\n")
            + sign * (_signs(data) if len(data) > len(text) else 0)
            + hump * case.count(b"aA")
            + capitals * case.count(b"AAA")
            + piece * letters.count(self._piece)
            + odd * letters.count(_ODD)
        )

    def clear(self) -> None:
        """Forget all texts."""
        super().clear()
        self._latest.clear()
        self._size = 0

    def _remember(self, text: str, weight: float) -> None:
        size = getsizeof(text) + ENTRY
        if self._size + size > self._most:
            self.clear()
        self._size += size
        self[text] = weight
        if len(text) >= LONG:
            self._latest[len(text)] = text, weight


def _signs(data: bytes) -> int:
    """How many characters have three bytes, those of four twice."""
    return len(data.translate(None, _SHORTER_THAN_3)) + len(data.translate(None, _SHORTER_THAN_4))


SCALES = {generation: Scale(rates) for generation, rates in RATES.items()}


def text_tokens(text: str, generation: str = "2023") -> int:
    """Estimated tokens of a text: none for no text, else at least 1."""
    return max(1, round(SCALES[generation].weigh(text))) if text else 0
