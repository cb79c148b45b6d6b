"""What the user asks for: the text that is to be answered, and the tools that it names or plainly asks for.

A text asks for a tool when, in any case,

1. it has the tool's name as a word (`get_weather`, `get weather`); a name of one word with a capital, such as
   `Read`, counts only as it is written;
2. or it has all words of the name but such as get, find, list, run: `weather` asks for `get_weather`;
3. or, if it asks for no tool in these ways, it has at least two and at least half of the telling words in the
   first sentence of the tool's description.

`without tools`, `don't use tools` and the like ask for none. What stands in `<system-reminder>` is no user's text.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property, lru_cache
from typing import NamedTuple

from mockserver.replies.hints import Hints, words_of
from mockserver.request import TOOL_RESULT, Block, Request, Turn

_REMINDER = re.compile(r"<system-reminder>.*?(?:</system-reminder>|\Z)", re.DOTALL)
_NO_TOOLS = re.compile(
    r"\b(?:without|don't|do not|no|never)\b[^.!?\n]{0,24}\btools?\b", re.IGNORECASE
)
_OFTEN_IN_NAMES = """
get fetch find search list show read look lookup check query run call do make create add set send update
delete remove write use execute perform retrieve return tool function api my the a an by of for to in on at
current info information data new all and or with from is
"""
_WORD = re.compile(r"\w+")
_VERBS = frozenset(_OFTEN_IN_NAMES.split())
_SHORTEST_TELLING = 4
_OFTEN_IN_DESCRIPTIONS = """
given this that with from your into when which their there these those return returns using used tool
"""
MOST_REMEMBERED = 1024
# A description is looked at so far: no first sentence is longer.
LONGEST_SENTENCE = 2_000
_DULL = frozenset(_OFTEN_IN_DESCRIPTIONS.split())


class Sought(NamedTuple):
    """How a text may name a tool: by its own name, by one of two phrases in lower case, or by all telling words."""

    own: str
    is_one_word: bool
    phrases: tuple[str, str]
    telling: tuple[str, ...]


class Task:
    """What the last user text asks for, and which tools were called for it already.

    text   the user's words, without what clients add to them
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.turn, self.text = _asking_turn(request)

    @cached_property
    def hints(self) -> Hints:
        return Hints(self.text)

    @cached_property
    def declines_tools(self) -> bool:
        """Whether the text asks for an answer without tools."""
        return _NO_TOOLS.search(self.text) is not None

    @cached_property
    def called(self) -> Counter[str]:
        """How often each tool was called since the text was first said; see `called_as`."""
        since = self._since()
        calls = (
            called_as(str(block["name"]), block.get("toolset_name"))
            for turn in self.request.turns[since:]
            if turn.role == "assistant"
            for block in turn.blocks
            if block["type"] in ("tool_use", "server_tool_use", "mcp_tool_use")
        )
        return Counter(calls)

    def _since(self) -> int:
        if self.turn is None:
            return 0
        # A client that repeats its question with each result has asked it once.
        is_repeated = any(block["type"] == TOOL_RESULT for block in self.turn.blocks)
        earlier = (
            turn.position
            for turn in self.request.turns
            if turn.role == "user" and said(turn) == self.text
        )
        return next(earlier) if is_repeated else self.turn.position

    def asked_for(self, tools: list[Block], *, only_named: bool = False) -> list[Block]:
        """The tools that the text asks for, in the order of the text where it names them."""
        if not self.text or self.declines_tools:
            return []
        named = [tool for tool in tools if self.is_named(str(tool["name"]))]
        if named:
            return sorted(named, key=lambda tool: self.position(str(tool["name"])))
        return [] if only_named else [tool for tool in tools if self._is_described(tool)][:1]

    @cached_property
    def words(self) -> list[str]:
        """All words of the text in lower case."""
        return _WORD.findall(self._lower)

    def is_named(self, name: str) -> bool:
        """Whether the text has a tool's name, or the telling words of it."""
        sought = _sought(name)
        if sought.is_one_word:
            own = sought.own
            is_there = own in self.hints.text
            return is_there and bool(re.search(rf"(?<!\w){re.escape(own)}(?!\w)", self.hints.text))
        for phrase in sought.phrases:
            if phrase in self._lower and self.hints.mentions(phrase):
                return True
        return bool(sought.telling) and all(map(self._mentions, sought.telling))

    def _mentions(self, word: str) -> bool:
        stem = word.removesuffix("s")
        # Most words are not there at all, and this finds it out without a pattern.
        if stem not in self._lower:
            return False
        return any(self.hints.mentions(form) for form in (word, f"{word}s", stem))

    @cached_property
    def _lower(self) -> str:
        return self.hints.text.lower()

    def _is_described(self, tool: Block) -> bool:
        telling = _telling(str(tool.get("description") or "")[:LONGEST_SENTENCE])
        found = sum(map(self._mentions, telling))
        return found > 1 and 2 * found >= len(telling)

    def position(self, name: str) -> int:
        """Where the text first has a tool's name or a telling word of it; its end where it has none."""
        own = name.rpartition("__")[2]
        text = self.hints.text.lower()
        wanted = [own.lower(), *(word for word in words_of(own) if word not in _VERBS)]
        places = [place for word in wanted if (place := text.find(word)) >= 0]
        return min(places, default=len(text))


def called_as(name: str, toolset: str | None) -> str:
    """What a call is counted by: its tool's name; a toolset's members may be called as other tools are."""
    return name if toolset is None else f"{toolset} {name}"


def needed_words(tool: Block) -> set[str]:
    """Words without any of which a text does not ask for the tool; none where it may do so without."""
    sought = _sought(str(tool["name"]))
    if not _WORD.search(sought.own):
        return set()
    told = (*sought.telling, *_telling(str(tool.get("description") or "")[:LONGEST_SENTENCE]))
    words = {form for word in told for form in (word, f"{word}s", word.removesuffix("s"))}
    return words.union(*map(_WORD.findall, sought.phrases))


# A client sends the same tools with every turn.
@lru_cache(MOST_REMEMBERED)
def _sought(name: str) -> Sought:
    own = name.rpartition("__")[2] or name  # mcp__server__tool
    words = words_of(own)
    is_one_word = len(words) == 1 and own[:1].isupper()
    telling = tuple(word for word in words if word not in _VERBS)
    return Sought(own, is_one_word, (own.strip().lower(), " ".join(words)), telling)


@lru_cache(MOST_REMEMBERED)
def _telling(description: str) -> tuple[str, ...]:
    """The telling words in the first sentence of a description."""
    sentence = re.split(r"[.\n]", description, maxsplit=1)[0].lower()
    words = {w for w in _WORD.findall(sentence) if len(w) >= _SHORTEST_TELLING}
    return tuple(sorted(words - _DULL))


def said(turn: Turn) -> str:
    """The text of a turn, without what clients add to it."""
    texts = [block["text"] for block in turn.blocks if block["type"] == "text"]
    kept = [_REMINDER.sub("", text) if "<system-reminder>" in text else text for text in texts]
    return "\n".join([text for text in kept if text.strip()])


def _asking_turn(request: Request) -> tuple[Turn | None, str]:
    """The last user turn that says something, and what it says."""
    for turn in reversed(request.turns):
        if turn.role == "user" and (text := said(turn)):
            return turn, text
    return None, ""
