"""The turns of a conversation, and what one look over all their blocks tells of them.

The look is taken at every request, whose history may be long: what rules, answers and token counts need is
gathered in one loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple, cast

import orjson

Block = dict[str, Any]
TOOL_RESULT = "tool_result"
# Where the blocks inside a block are.
NESTING = {TOOL_RESULT: "tool_result.content", "document": "document.source.content"}
MARK = "cache_control"
BATCH_ITEM = "batch item"
CITATIONS = "citations"
# How many keys a text, a call and a result have when they have nothing rare.
TEXT_KEYS, CALL_KEYS, RESULT_KEYS = 2, 4, 3
ABOUT_CALLS = {"caller", "toolset_name"}


class Turn(NamedTuple):
    """One entry of `messages`, its content always a list of blocks. `position` is its index there."""

    position: int
    role: str
    blocks: list[Block]


class Run(NamedTuple):
    """Consecutive turns of one role, which the API takes as one; with the ids of its tool blocks.

    `late` are those of the results that come after other content. A system turn without blocks, which
    only sets the effort, stands in no run: it may come anywhere, also between a call and its result.
    """

    role: str
    turns: list[Turn]
    calls: list[str]
    results: list[str]
    late: list[str]


NO_RUN = Run("", [], [], [], [])


class Placed(NamedTuple):
    """A block and where it stands, such as `messages.0.content.1`."""

    path: str
    block: Block


class Features(NamedTuple):
    """What a request has at all, by which rules that can't apply are left out: body keys, block types, roles.

    Beside the body's own keys there are those of its tools and of `output_config`, and `cache_control` for
    a mark anywhere in the prompt; beside the block types `blank text` for a text of nothing or white space,
    `failed result` for a tool_result with is_error, `citations` for a block that cites or may be cited, and
    `caller` and `toolset_name` for a call that has such a key; beside the roles `empty turn` for a turn
    without blocks, `final assistant` for a conversation that ends with an assistant's, and `batch item` for
    one that came in a batch.
    """

    keys: frozenset[str]
    blocks: frozenset[str]
    roles: frozenset[str]


# In C, because a turn made by Python code takes three times as long.
_turn_role, _turn_blocks = itemgetter(1), itemgetter(2)
_made: Callable[[Any], Turn] = partial(cast("Any", tuple).__new__, Turn)
_featured: Callable[[Any], Features] = partial(cast("Any", tuple).__new__, Features)


def turns_of(messages: list[Mapping[str, Any]]) -> list[Turn]:
    """The entries of `messages` that have passed the schema."""
    turns: list[Turn] = []
    add, made = turns.append, _made
    for position, entry in enumerate(messages):
        # A system turn that only sets the effort needs none.
        content: Any = entry.get("content")
        blocks = _text_blocks(content) if type(content) is str else content or []
        add(made((position, entry["role"], blocks)))
    return turns


def _text_blocks(text: str) -> list[Block]:
    return [{"type": "text", "text": text}] if text else []


class Survey:
    """What all turns hold.

    texts       of text blocks, and of results that are plain text
    calls       tool_use blocks
    others      all other blocks
    kinds       what `Features.blocks` has of all of them, and of the blocks inside them
    is_marked   whether one of them has cache_control
    is_paired   whether each turn's results answer the calls of the turn before it one by one. That it is
                False says nothing of turns of one role that follow each other, as they count as one.
    """

    __slots__ = ("calls", "is_marked", "is_paired", "kinds", "others", "texts")

    def __init__(self, turns: list[Turn]) -> None:
        texts: list[str] = []
        calls: list[Block] = []
        others: list[Block] = []
        kinds: set[str] = set()
        self.texts, self.calls, self.others, self.kinds = texts, calls, others, kinds
        self.is_marked = False
        waiting: list[str] = []
        is_paired = True
        for _, role, blocks in turns:
            asked: list[str] = []
            results: list[str] = []
            for block in blocks:
                kind = block["type"]
                kinds.add(kind)
                # What a block has beside what it must have is rare, and looked at on its own.
                if kind == "text":
                    text = block["text"]
                    texts.append(text)
                    if len(block) > TEXT_KEYS or not text or text.isspace():
                        self._look_into(block)
                elif kind == "tool_use":
                    asked.append(block["id"])
                    calls.append(block)
                    if len(block) > CALL_KEYS:
                        self._look_into(block)
                elif kind == TOOL_RESULT:
                    results.append(block["tool_use_id"])
                    if len(block) == RESULT_KEYS and type(block.get("content")) is str:
                        texts.append(block["content"])
                    else:
                        self._take_result(block, block.get("content"))
                else:
                    others.append(block)
                    self._look_into(block)
            is_paired = is_paired and results == waiting and _in_place(role, blocks, asked, results)
            waiting = asked
        self.is_paired = is_paired and not waiting

    def _take_result(self, block: Block, content: Any) -> None:
        if type(content) is str:
            self.texts.append(content)
        else:
            self.others.append(block)
        self._look_into(block)

    def _look_into(self, block: Block) -> None:
        kind = block["type"]
        self.kinds.add(kind)
        if MARK in block:
            self.is_marked = True
        if CITATIONS in block:
            self.kinds.add(CITATIONS)
        if kind == "text":
            if not block["text"] or block["text"].isspace():
                self.kinds.add("blank text")
        elif kind in NESTING:
            if block.get("is_error"):
                self.kinds.add("failed result")
            for inner in nested(block):
                self._look_into(inner)
        else:
            self.kinds |= ABOUT_CALLS & block.keys()


def _in_place(role: str, blocks: list[Block], asked: list[str], results: list[str]) -> bool:
    """Whether calls and results stand where they may: an assistant calls, a user's results come first."""
    if asked:
        return role == "assistant" and len(set(asked)) == len(asked)
    return not results or (
        role == "user"
        and (
            len(results) == len(blocks)
            or all(block["type"] == TOOL_RESULT for block in blocks[: len(results)])
        )
    )


def nested(block: Block) -> list[Block]:
    """The blocks inside a block of one of the types in `NESTING`."""
    inner: str | list[Block] | None
    if block["type"] == TOOL_RESULT:
        inner = block.get("content")
    else:
        inner = block.get("source", {}).get("content")
    return inner if isinstance(inner, list) else []


def with_inner(path: str, block: Block) -> Iterator[Placed]:
    """A block and those inside it."""
    yield Placed(path, block)
    if block["type"] in NESTING:
        kind = f"{path}.{NESTING[block['type']]}"
        for position, inner in enumerate(nested(block)):
            yield Placed(f"{kind}.{position}", inner)


def marked_in(turns: list[Turn]) -> list[Placed]:
    """The blocks that carry a cache_control. Of a long history few do, and the others are not named."""
    found: list[Placed] = []
    for turn in turns:
        for number, block in enumerate(turn.blocks):
            kind = block["type"]
            if (
                MARK in block
                or kind == "document"
                or (kind == TOOL_RESULT and type(block.get("content")) is list)
            ):
                places = with_inner(f"messages.{turn.position}.content.{number}", block)
                found += [place for place in places if place.block.get(MARK)]
    return found


def features(body: Mapping[str, Any], turns: list[Turn], survey: Survey) -> Features:
    """What rules are chosen by."""
    keys, roles = frozenset(body), frozenset(map(_turn_role, turns))
    if not all(map(_turn_blocks, turns)):
        roles |= {"empty turn"}
    if turns[-1].role == "assistant":
        roles |= {"final assistant"}
    if survey.is_marked or ("system" in keys and _is_marked(body["system"])):
        keys |= {MARK}
    if "output_config" in keys or "tools" in keys:
        keys = keys.union(body.get("output_config") or (), *body.get("tools", ()))
    return _featured((keys, frozenset(survey.kinds), roles))


def _is_marked(system: str | list[Block] | None) -> bool:
    return isinstance(system, list) and any(MARK in block for block in system)


def json_bytes(value: Any) -> bytes:
    """Write a value as compact JSON, or as nothing when it is nested deeper than the encoder goes."""
    try:
        return orjson.dumps(value)
    except orjson.JSONEncodeError:
        return b""
