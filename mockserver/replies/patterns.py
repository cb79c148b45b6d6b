"""A text that matches a regular expression: the shortest way through it, in readable characters.

The expression is the user's: its parts are counted, so that the work is bounded whatever it says. It is read by
Python's own parser; what JSON Schema takes from ECMA-262 and Python writes otherwise is rewritten first.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from pydantic_core import SchemaError, SchemaValidator

# Python 3.11 moved the parser and deprecated its old name.
_parser: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")

MOST_STEPS = 20_000
LONGEST_PATTERN = 2_000
MOST_LONGER = 16
_READABLE = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_./:@ ,;!#$%&'()*+<=>?[\\]^`{|}~\""
_WORDS = [c for c in _READABLE if c.isalnum() or c == "_"]
_CATEGORIES: dict[str, Callable[[str], bool]] = {
    "CATEGORY_DIGIT": lambda c: c.isdigit(),
    "CATEGORY_NOT_DIGIT": lambda c: not c.isdigit(),
    "CATEGORY_SPACE": lambda c: c.isspace(),
    "CATEGORY_NOT_SPACE": lambda c: not c.isspace(),
    "CATEGORY_WORD": lambda c: c in _WORDS,
    "CATEGORY_NOT_WORD": lambda c: c not in _WORDS,
}
_ECMA: tuple[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"\(\?<(?![=!])"), "(?P<"),
    (re.compile(r"\\k<"), "(?P="),
    (re.compile(r"\\p\{L[^}]*\}"), "[a-zA-Z]"),
    (re.compile(r"\\p\{N[^}]*\}"), "[0-9]"),
    (re.compile(r"\\u\{0*([0-9a-fA-F]{1,5})\}"), lambda found: re.escape(chr(int(found[1], 16)))),
)

Part = tuple[Any, Any]


def matching(pattern: str, turn: int = 0, shortest: int = 0) -> str | None:
    """A text that the pattern finds something in, at least `shortest` long if its repeats allow.

    Another `turn` gives another text where there is one. None for a pattern that can't be read or is too much work.
    """
    parts = _parsed(pattern)
    if parts is None:
        return None
    text, ways = _attempt(parts, turn, 0)
    if text is None:
        return None
    missing = max(0, shortest - len(text))
    if missing:
        longer, ways = _attempt(parts, turn, missing)
        text = longer or text
    longest = missing + MOST_LONGER
    while turn >= ways and missing < longest:
        # Earlier turns have all texts of this length.
        turn, missing = turn - ways, missing + 1
        longer, ways = _attempt(parts, turn, missing)
        if longer is None or len(longer) <= len(text):
            break
        text = longer
    return text


def _attempt(parts: Iterable[Part], turn: int, missing: int) -> tuple[str | None, int]:
    """A text, and how many there are that are made in the same way."""
    walk = _Walk(turn, missing)
    try:
        return walk.text(parts), walk.ways
    except (_TooMuchWorkError, RecursionError):
        return None, 1


@lru_cache(maxsize=256)
def _parsed(pattern: str) -> tuple[Part, ...] | None:
    for old, new in _ECMA:
        pattern = old.sub(new, pattern)
    if len(pattern) > LONGEST_PATTERN:
        return None
    try:
        return tuple(_parser.parse(pattern))
    except (re.error, RecursionError, OverflowError):
        return None


class _TooMuchWorkError(Exception):
    """The pattern asks for more than is reasonable."""


class _Walk:
    """One way through a parsed pattern. `missing` characters are added at the first repeat that takes them."""

    def __init__(self, turn: int, missing: int) -> None:
        self._turn = turn
        self.ways = 1
        self._missing = missing
        self._left = MOST_STEPS
        self._groups: dict[int, str] = {}
        # What a lookahead asks for is put where the pattern takes any of many characters.
        self._wanted: list[str] = []

    def text(self, parts: Iterable[Part]) -> str:
        return "".join(self._part(str(op), value) for op, value in parts)

    def _part(self, op: str, value: Any) -> str:
        self._step()
        handler = self._HANDLERS.get(op)
        return "" if handler is None else handler(self, value)

    def _step(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise _TooMuchWorkError

    def _pick(self, options: Sequence[Any]) -> Any:
        self.ways *= len(options)
        self._turn, index = divmod(self._turn, len(options))
        return options[index]

    def _literal(self, code: int) -> str:
        return chr(code)

    def _any(self, _: None) -> str:
        return self._character((("NEGATE", None),))

    def _not_literal(self, code: int) -> str:
        return self._character((("NEGATE", None), ("LITERAL", code)))

    def _branch(self, value: tuple[Any, list[Any]]) -> str:
        return self.text(self._pick(value[1]))

    def _reference(self, number: int) -> str:
        return self._groups.get(number, "")

    def _in(self, members: list[Part]) -> str:
        op, value = members[0]
        found = self._character(tuple(members))
        if found or str(op) == "NEGATE":
            return found
        # Nothing readable: its first member.
        return chr(value[0] if str(op) == "RANGE" else value)

    def _character(self, members: tuple[Part, ...]) -> str:
        if self._wanted and _is_one_of(members, self._wanted[0]):
            return self._wanted.pop(0)
        options = _readable(members)
        return self._pick(options) if options else ""

    def _subpattern(self, value: tuple[int | None, int, int, Any]) -> str:
        number, _, _, parts = value
        found = self.text(parts)
        if number is not None:
            self._groups[number] = found
        return found

    def _repeat(self, value: tuple[int, Any, Any]) -> str:
        least, most, parts = value
        pieces: list[str] = []
        while len(pieces) < least or (len(pieces) < most and self._takes_more(parts)):
            self._step()
            pieces.append(self.text(parts))
            if len(pieces) > least:
                self._missing -= max(1, len(pieces[-1]))
        return "".join(pieces)

    def _takes_more(self, parts: Any) -> bool:
        is_free = len(parts) == 1 and str(parts[0][0]) in ("IN", "ANY", "NOT_LITERAL")
        return self._missing > 0 or (is_free and bool(self._wanted))

    def _assert(self, value: tuple[int, Any]) -> str:
        direction, parts = value
        if direction < 0:
            return self.text(parts)
        fixed = [part for part in parts if str(part[0]) not in ("MAX_REPEAT", "MIN_REPEAT")]
        self._wanted += self.text(fixed)
        return ""

    # Of the class, not of each walk, which would refer to itself and wait for the garbage collector.
    _HANDLERS: ClassVar[Mapping[str, Callable[..., str]]] = {
        "LITERAL": _literal,
        "ANY": _any,
        "NOT_LITERAL": _not_literal,
        "IN": _in,
        "BRANCH": _branch,
        "SUBPATTERN": _subpattern,
        "ATOMIC_GROUP": text,
        "GROUPREF": _reference,
        "MAX_REPEAT": _repeat,
        "MIN_REPEAT": _repeat,
        "POSSESSIVE_REPEAT": _repeat,
        "ASSERT": _assert,
    }


@lru_cache(maxsize=256)
def _readable(members: tuple[Part, ...]) -> str:
    """The readable characters of a class."""
    return "".join(c for c in _READABLE if _is_one_of(members, c))


def _is_one_of(members: tuple[Part, ...], character: str) -> bool:
    negated = str(members[0][0]) == "NEGATE"
    return negated != any(_holds(member, character) for member in members[negated:])


def _holds(member: Part, character: str) -> bool:
    op, value = str(member[0]), member[1]
    if op == "LITERAL":
        return bool(chr(value) == character)
    if op == "RANGE":
        return bool(value[0] <= ord(character) <= value[1])
    return _CATEGORIES[str(value)](character)


@lru_cache(maxsize=256)
def _searcher(pattern: str) -> SchemaValidator | None:
    try:
        return SchemaValidator({"type": "str", "strict": True, "pattern": pattern})
    except SchemaError:
        return None


def finds(pattern: str, text: str) -> bool:
    """Whether the pattern finds something in the text, in time that grows with the text only.

    A pattern with look-around or back-references can't be searched so, and finds nothing.
    """
    searcher = _searcher(pattern)
    return searcher is not None and searcher.isinstance_python(text)
