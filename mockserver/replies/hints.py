"""What a prompt offers to fill in: JSON, named values, quoted strings, names, numbers, paths, addresses.

How a member of an object gets its value from the text, the first that there is:

1. the text says so: `unit: celsius`, `unit=celsius`, `unit is celsius`, `unit to celsius`, `unit "celsius"`;
2. the member's name asks for a kind: url, email, path or file, date, command or code, expression, id or number
   take the first such thing; query, question, message and the like take what is quoted, else what follows
   `for` or `about`, else the whole text;
3. any other string takes the next quoted string, then the next name (words with capitals), then a word after
   a preposition (`in paris`). Each is taken once.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cached_property
from math import inf
from typing import Any

import orjson

LONGEST_TEXT = 20_000
LONGEST_VALUE = 500
LONGEST_NAME = 64
MOST_OBJECTS = 8
LONGEST_NUMBER = 300
# What is larger is not read everywhere, and not written here.
LARGEST_INTEGER = 2**63

_QUOTED = re.compile(r'"([^"\n]+)"|“([^”\n]+)”|`([^`\n]+)`|(?<!\w)\'([^\'\n]+)\'(?!\w)')
_NUMBER = re.compile(
    r"(?<![\w.#-])-?\d+(?:,\d{3})*(?:\.\d+)?(?:e[+-]?\d{1,2})?(?![\w-])", re.IGNORECASE
)
_WORD = r"[A-Z][\w’'&-]*"
_NAME = re.compile(rf"{_WORD}(?: (?:(?:of|de|la|van|von|der|du) )?{_WORD})*(?:, [A-Z]{{2}}\b)?")
_AFTER = re.compile(
    r"\b(?:in|for|of|at|from|to|about|near|called|named)\s+(?:(?:the|a|an|my)\s+)?([a-z][\w-]*)"
)
_SENTENCE = re.compile(r"(?:^|[.!?:]\s|\n)\W*\Z")
# Their repetitions are bounded: else a long text that almost has one would take seconds to look at.
_KINDS = {
    "url": re.compile(r"https?://[^\s<>\"'`)\]]*[^\s<>\"'`)\].,;:!?]"),
    "email": re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    "path": re.compile(
        r"(?<![\w:/])(?:~|\.{1,2})?/[\w./-]{0,512}\w|(?<![\w@.-])[\w-]{1,255}(?:/[\w.-]{1,255}){0,64}\.[A-Za-z]\w{0,7}\b"
    ),
    "date": re.compile(r"\b\d{4}-\d{2}-\d{2}\b"),
    "expression": re.compile(r"[\d(][\d\s.()^%*/+-]{0,60}[*/+^%-][\d\s.()^%*/+-]{0,60}[\d)]"),
    "id": re.compile(r"(?<![\w.-])(?=[\w-]*\d)[\w-]*\w"),
    "command": re.compile(
        r"\b(?:run|execute)\s+(?:the\s+)?(?:command\s+)?([^\n.?!]+)", re.IGNORECASE
    ),
    "query": re.compile(r"\b(?:for|about)\s+([^\n?!]+?)[.?!]?\s*$", re.IGNORECASE | re.MULTILINE),
}
_KIND_OF = {
    **dict.fromkeys(("url", "uri", "link", "href"), "url"),
    **dict.fromkeys(("email", "mail"), "email"),
    **dict.fromkeys(("path", "file", "filename", "filepath", "directory"), "path"),
    **dict.fromkeys(("date", "day"), "date"),
    **dict.fromkeys(("expression", "formula", "equation", "calculation"), "expression"),
    **dict.fromkeys(("id", "number", "code", "reference"), "id"),
    **dict.fromkeys(("command", "cmd", "script"), "command"),
    **dict.fromkeys(
        (
            "query",
            "question",
            "prompt",
            "message",
            "content",
            "text",
            "input",
            "task",
            "topic",
            "q",
        ),
        "query",
    ),
}
_QUOTED_FIRST = ("command", "query")
# Words with a capital that are no names, and words after a preposition that are no things.
_COMMON = """
i a an the what which who whom whose when where why how is are was were do does did can could will would
should may might please tell get give show find search look use call run read write make create list add check
fetch let let's my our your it this that these those there here if and or but so then first next finally yes
no hi hello hey thanks thank ok okay compute calculate extract summarize translate explain say send set open
play plan book me you us them him her now today tomorrow yesterday once all each every some any more least
most json tool
"""
_NO_NAMES = frozenset(_COMMON.split())
_VALUE = r"(?:\s*(?P<sign>[:=])\s*|\s+(?:is|to|as|of)\s+|\s+(?=[\"“'`]))(?P<value>[^\n]+)"
_VALUE_END = re.compile(r"[,;!?]|\.(?:\s|$)|\s(?:and|with|but|then|for|in|on|at)\s")
_SENTENCE_END = re.compile(r"[;!?]|\.(?:\s|$)")
_LIST_END = re.compile(r"\s*,\s*(?:and\s+)?|\s+and\s+")
_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")


def words_of(name: str) -> list[str]:
    """The words of an identifier in lower case: `get_userName` gives get, user, name."""
    return [part.lower() for part in _PARTS.findall(name)]


class Hints:
    """The things in one text; `kind` and `strings` are in the order in which they are to be taken."""

    def __init__(self, text: str, first: str | None = None) -> None:
        self.text = text[:LONGEST_TEXT]
        self._first = [] if first is None else [first]
        # By name: an enum asks for each of its values.
        self._values: dict[str, tuple[str, bool] | None] = {}

    @cached_property
    def objects(self) -> list[dict[str, Any]]:
        """The JSON objects in the text that are not inside another."""
        return list(self._objects())

    def _objects(self) -> Iterator[dict[str, Any]]:
        position, tries = self.text.find("{"), 0
        while position >= 0 and tries < MOST_OBJECTS:
            tries += 1
            found, end = _object_at(self.text, position)
            if found is not None:
                yield found
            position = self.text.find("{", end)

    def about(self, thing: str) -> Hints:
        """The hints of the same text with one of its things to be taken first."""
        return Hints(self.text, thing)

    @cached_property
    def quoted(self) -> list[str]:
        """What stands in quotation marks or backticks."""
        return [next(filter(None, groups)) for groups in _QUOTED.findall(self.text)]

    @cached_property
    def names(self) -> list[str]:
        """Runs of words with capitals, those that only begin a sentence last."""
        inner: list[str] = []
        first: list[str] = []
        for match in _NAME.finditer(self.text):
            words = match[0].split(" ")
            while words and not _is_thing(words[0].removesuffix("'s")):
                words = words[1:]
            begins = len(words) == 1 and _SENTENCE.search(self.text[: match.start()][-8:])
            if words:
                (first if begins else inner).append(" ".join(words).removesuffix("'s"))
        return [*inner, *first]

    @cached_property
    def strings(self) -> list[str]:
        """What a string without a better source takes, each once: quoted strings, names, words after prepositions."""
        after = [word for word in _AFTER.findall(self.text) if _is_thing(word)]
        return list(dict.fromkeys([*self._first, *self.quoted, *self.names, *after]))

    @cached_property
    def numbers(self) -> list[int | float]:
        """The numbers that are no part of a word, and that JSON can hold everywhere."""
        return [
            number for text in _NUMBER.findall(self.text) if (number := _number(text)) is not None
        ]

    @cached_property
    def _lower(self) -> str:
        return self.text.lower()

    def mentions(self, phrase: str) -> bool:
        """Whether the text has the phrase as whole words, whatever their case."""
        phrase = phrase.strip().lower()
        if not phrase or phrase not in self._lower:
            return False
        return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", self._lower) is not None

    def given(self, name: str) -> str | None:
        """The value that the text gives by name."""
        found = self._given(name)
        if found is None:
            return None
        value, is_sure = found
        quoted = _QUOTED.match(value)
        if quoted is not None:
            return str(next(filter(None, quoted.groups())))
        value = _VALUE_END.split(value)[0].strip()
        return None if not value or not (is_sure or _is_thing(value.split()[0])) else value

    def given_items(self, name: str) -> list[str]:
        """The values of a list that the text gives by name, between commas or `and`."""
        found = self._given(name)
        if found is None:
            return []
        parts = _LIST_END.split(_SENTENCE_END.split(found[0])[0].strip("[] "))
        return [part.strip("\"'`“” ") for part in parts if part.strip()]

    def _given(self, name: str) -> tuple[str, bool] | None:
        """What follows the name, to the end of the line, and whether a colon or an equals sign says that it is the value."""
        words = words_of(name)
        # Most names are not there at all, and this finds it out without a pattern.
        if not words or len(name) > LONGEST_NAME or any(w not in self._lower for w in words):
            return None
        if name not in self._values:
            self._values[name] = self._value_of(words)
        return self._values[name]

    def _value_of(self, words: list[str]) -> tuple[str, bool] | None:
        spelled = r"[ _-]?".join(map(re.escape, words))
        match = re.search(rf"(?<!\w){spelled}[\"“'`]?{_VALUE}", self.text, re.IGNORECASE)
        if match is None:
            return None
        return match["value"].strip()[:LONGEST_VALUE], match["sign"] is not None

    def of_kind(self, name: str) -> list[str]:
        """What the text has of the kind that the member's name asks for; empty when it asks for none."""
        kind = kind_of(name)
        if kind is None:
            return []
        found = [match[match.re.groups] for match in _KINDS[kind].finditer(self.text)]
        found = self.quoted + found if kind in _QUOTED_FIRST else found
        if kind == "query":
            found.append(self.text)
        return [text.strip()[:LONGEST_VALUE] for text in found if text.strip()]


def kind_of(name: str) -> str | None:
    """The kind of value that a member's name asks for, by its last word that says one."""
    return next((_KIND_OF[word] for word in reversed(words_of(name)) if word in _KIND_OF), None)


def _is_thing(word: str) -> bool:
    return word.lower() not in _NO_NAMES


def _object_at(text: str, position: int) -> tuple[dict[str, Any] | None, int]:
    try:
        found, end = _DECODER.raw_decode(text, position)
        orjson.dumps(found)  # which takes no half of a surrogate pair
    except (ValueError, TypeError, RecursionError):
        return None, position + 1
    return found, end


def _number(text: str) -> int | float | None:
    text = text.replace(",", "")
    if len(text) > LONGEST_NUMBER:
        return None
    number = int(text) if text.lstrip("-").isdigit() else float(text)
    return number if abs(number) < (LARGEST_INTEGER if isinstance(number, int) else inf) else None


def _known_number(text: str) -> int | float:
    number = _number(text)
    if number is None:
        raise ValueError(text)
    return number


def _no_number(text: str) -> float:
    raise ValueError(text)  # NaN and Infinity are not JSON


_DECODER = json.JSONDecoder(
    parse_int=_known_number, parse_float=_known_number, parse_constant=_no_number
)
NOTHING = Hints("")
