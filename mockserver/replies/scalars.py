"""Texts and numbers within the bounds of a schema. Another `turn` gives another one where there is one."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from typing import Any

from mockserver.replies.formats import FORMATS, KINDS
from mockserver.replies.hints import kind_of
from mockserver.replies.lengths import counted, of_length
from mockserver.replies.merging import is_number
from mockserver.replies.patterns import finds, matching
from mockserver.rules.strict import Schema

MOST_CHARACTERS = 100_000
# JSON numbers beyond are written with an exponent.
_LARGEST_INTEGER = 2**63
_MULTIPLES_TRIED = 200


def _number_at(schema: Schema, word: str) -> float | None:
    value = schema.get(word)
    return value if is_number(value) else None


def size(schema: Schema, word: str, default: int) -> int:
    """A bound that counts something."""
    value = _number_at(schema, word)
    return default if value is None else max(0, int(value))


def texts(schema: Schema, name: str, turn: int) -> list[str]:
    """Texts for the schema, the likeliest first."""
    least, most = size(schema, "minLength", 0), size(schema, "maxLength", MOST_CHARACTERS)
    found: list[str | None] = []
    pattern, form = schema.get("pattern"), schema.get("format")
    if isinstance(form, str) and form in FORMATS:
        readable = FORMATS[form](turn)
        found.append(readable)
        if not least <= len(readable) <= most:
            # With one digit more where the seconds have no fraction as short as is asked for.
            lengths = [least, least + 1] if len(readable) < least else [most]
            found += [of_length(form, min(n, MOST_CHARACTERS), turn) for n in lengths]
    if isinstance(pattern, str):
        # zod writes both; what the format says is easier to read, and means something.
        is_both = bool(found) and finds(pattern, str(found[0]))
        found.insert(1 if is_both else 0, matching(pattern, turn, least))
    kind = kind_of(name)
    if not found and kind is not None:
        found.append(KINDS[kind](turn))
    fitting = [text for text in found if text is not None and least <= len(text) <= most]
    return [*fitting, _plain(min(least, MOST_CHARACTERS), most, turn)]


def _plain(least: int, most: int, turn: int) -> str:
    text = f"example{turn + 1}" if turn else "example"
    if len(text) <= most:
        return text.ljust(least, "e")
    return counted(turn).rjust(min(most, max(least, 1)), "e")[-most:] if most else ""


class Range:
    """The numbers that a schema takes."""

    def __init__(self, schema: Schema, *, whole: bool) -> None:
        self._whole = whole
        self._low = _bound(schema, "minimum", "exclusiveMinimum", max)
        self._high = _bound(schema, "maximum", "exclusiveMaximum", min)
        step = _number_at(schema, "multipleOf")
        self._step = Fraction(str(step)) if step is not None and step > 0 else None
        if whole:
            # A multiple of p/q that is whole is a multiple of p.
            self._step = Fraction(self._step.numerator if self._step else 1)

    def takes(self, value: float) -> bool:
        """Whether the number is within the range."""
        exact = Fraction(str(value))
        return self._within(exact) and (self._step is None or (exact / self._step).denominator == 1)

    def number(self, turn: int) -> int | float:
        """A number of the range, near one; without any, one near it."""
        found = self._spread(turn) if self._step is None else self._multiple(self._step, turn)
        return _json_number(found, self._whole)

    def _within(self, value: Fraction) -> bool:
        if self._low and (value < self._low[0] or (value == self._low[0] and self._low[1])):
            return False
        return not (
            self._high and (value > self._high[0] or (value == self._high[0] and self._high[1]))
        )

    @property
    def _start(self) -> Fraction:
        start = Fraction(1)
        if self._low and self._low[0] > start:
            start = self._low[0]
        return self._high[0] if self._high and self._high[0] < start else start

    def _multiple(self, step: Fraction, turn: int) -> Fraction:
        """Multiples from the start upward, then downward from it, then again."""
        start = ceil(self._start / step)
        start += not self._within(start * step)
        above = _most(self._high, step) - start + 1 if self._high else turn + 1
        below = start - _least(self._low, step) if self._low else turn + 1
        turn %= max(1, max(0, above) + max(0, below))
        number = start + turn if turn < above else start - 1 - (turn - max(0, above))
        if turn == 0 and not _divides(number * step, step):
            # A float that a naive division takes for a multiple is preferred.
            others = range(number, number + min(max(above, 1), _MULTIPLES_TRIED))
            number = next((n for n in others if _divides(n * step, step)), number)
        return number * step

    def _spread(self, turn: int) -> Fraction:
        start = self._start
        if self._within(start):
            if turn == 0:
                return start
            turn -= 1
        if self._low and self._high:
            low, high = self._low[0], self._high[0]
            return low + (high - low) / (turn + 2)
        return start - turn - 1 if self._high else start + turn + 1


def _most(high: tuple[Fraction, bool], step: Fraction) -> int:
    number = floor(high[0] / step)
    return number - (high[1] and number * step == high[0])


def _least(low: tuple[Fraction, bool], step: Fraction) -> int:
    number = ceil(low[0] / step)
    return number + (low[1] and number * step == low[0])


def _divides(value: Fraction, step: Fraction) -> bool:
    return value.denominator == 1 == step.denominator or (float(value) / float(step)).is_integer()


def _bound(schema: Schema, word: str, exclusive: str, nearer: Any) -> tuple[Fraction, bool] | None:
    found: list[tuple[Fraction, bool]] = []
    limit, outer = schema.get(word), schema.get(exclusive)
    if is_number(limit):
        found.append((Fraction(str(limit)), outer is True))  # draft 4: a flag
    if is_number(outer):
        found.append((Fraction(str(outer)), True))
    if not found:
        return None
    value = nearer(one for one, _ in found)
    return value, any(is_open for one, is_open in found if one == value)


def _json_number(value: Fraction, whole: bool) -> int | float:  # noqa: FBT001 # one of two kinds
    if value.denominator == 1 and abs(value) < _LARGEST_INTEGER:
        return value.numerator
    return float(value) if not whole else float(value.numerator)
