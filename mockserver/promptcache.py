"""The prompt cache: what a request reads from it and writes to it.

Source of all that is not marked otherwise: docs, Prompt caching. A prompt is tools, then system, then messages;
an entry stands for all up to a marked block. What invalidates which part: the model, everything; web search,
citations, output format and speed, system and messages; tool choice, thinking, effort and images, messages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from hashlib import blake2b
from typing import Any, NamedTuple

from mockserver.cachestore import CacheStore, Entry
from mockserver.edits import shows_all_thinking
from mockserver.replies.usage import Cached
from mockserver.request import MARK, TOOL_RESULT, Block, Request
from mockserver.tokens import cites, current_turns, prompt_tokens
from mockserver.turns import json_bytes

LOOK_BACK = 20
SECONDS = {"5m": 300, "1h": 3600}
# A run of one of these is one position (reported of the documentation, 2026-08)
RUNS = ("tool_use", "tool_result")
# Automatic caching can't put its mark on them, and walks back.
THINKING_TYPES = ("thinking", "redacted_thinking")
# docs: Web search toggle
IN_SYSTEM = "web_search_"


class Cut(NamedTuple):
    """How much of a prompt lies before a place in it: tools, system blocks, turns, blocks of the last turn."""

    tools: int
    system: int = 0
    turns: int = 0
    blocks: int = 0


class Spot(NamedTuple):
    """The end of one block: a digest of all up to there, where it is, and for how long it is to be cached."""

    prefix: bytes
    number: int
    position: int
    seconds: int  # 0 without a mark
    cut: Cut


def counted(request: Request, total: int, store: CacheStore) -> Cached:
    """Read and write the cache for a request whose whole prompt has `total` tokens."""
    request = without_dropped_thinking(request)
    spots = list(_spots(request))
    sizes: dict[int, int] = {}
    marked: list[Spot] = []
    for spot in spots:
        if spot.seconds:
            size = min(total, prompt_tokens(_cut(request, spot.cut)))
            if size >= request.model.min_cacheable_tokens:
                sizes[spot.number] = size
                marked.append(spot)
    hit, read = _longest_hit(spots, marked, store)
    end = read = min(read, total)
    written = dict.fromkeys(SECONDS.values(), 0)
    for spot in marked:
        size = sizes[spot.number]
        entry = store.entries.find(spot.prefix) or Entry(size, spot.seconds)
        store.entries.put(spot.prefix, entry, entry.seconds)
        if spot.number > hit and size > end:
            written[spot.seconds] += size - end
            end = size
    return Cached(read, written[SECONDS["5m"]], written[SECONDS["1h"]])


def _longest_hit(spots: list[Spot], marked: list[Spot], store: CacheStore) -> tuple[int, int]:
    """Where the longest entry ends that a look back from a mark finds, and its tokens. Being read refreshes it."""
    for spot in reversed(marked):
        for earlier in reversed(spots[: spot.number + 1]):
            if earlier.position <= spot.position - LOOK_BACK:
                break
            entry = store.entries.find(earlier.prefix)
            if entry is not None:
                store.entries.put(earlier.prefix, entry, entry.seconds)
                return earlier.number, entry.tokens
    return -1, 0


def without_dropped_thinking(request: Request) -> Request:
    """The request without the thinking of earlier turns that the model is not shown again."""
    if "thinking" not in request.features.blocks or shows_all_thinking(request):
        return request
    kept = current_turns(request.turns)
    first = len(request.turns) - len(kept)
    earlier = [
        turn._replace(blocks=[b for b in turn.blocks if b["type"] not in THINKING_TYPES])
        for turn in request.turns[:first]
    ]
    return replace(request, turns=[*earlier, *kept])


def _spots(request: Request) -> Iterator[Spot]:
    parts = list(_parts(request))
    automatic = request.body.get(MARK)
    last = _last_markable(parts) if automatic else -1
    prefix = digest(request.model.id.encode())
    position = -1
    run = ""
    for index, (data, block, cut) in enumerate(parts):
        if data:
            prefix = digest(prefix, data)
        kind = str(block.get("type"))
        if kind != run or kind not in RUNS:
            position += 1
        run = kind
        mark = mark_of(block) or (automatic if index == last else None)
        seconds = SECONDS[mark.get("ttl") or "5m"] if mark else 0
        yield Spot(prefix, index, position, seconds, cut)


def _parts(request: Request) -> Iterator[tuple[bytes, Block, Cut]]:
    tools, system = request.tools, request.system
    for number, tool in enumerate(tools, 1):
        # docs: Tool use with prompt caching. Deferred tools are not part of the prefix.
        hidden = tool.get("defer_loading") or str(tool.get("type")).startswith(IN_SYSTEM)
        yield b"" if hidden else plain_bytes(tool), tool, Cut(number)
    lead = _system_settings(request)
    for number, block in enumerate(system, 1):
        yield lead + plain_bytes(block), block, Cut(len(tools), number)
        lead = b""
    lead += json_bytes(message_settings(request))
    for number, turn in enumerate(request.turns, 1):
        for count, block in enumerate(turn.blocks, 1):
            cut = Cut(len(tools), len(system), number, count)
            yield lead + turn.role.encode() + plain_bytes(block), block, cut
            lead = b""


def _last_markable(parts: list[tuple[bytes, Block, Cut]]) -> int:
    for index in range(len(parts) - 1, -1, -1):
        block = parts[index][1]
        if block.get("type") not in THINKING_TYPES and block.get("text") != "":
            return index
    return -1


def _system_settings(request: Request) -> bytes:
    searches = [tool for tool in request.tools if str(tool.get("type")).startswith(IN_SYSTEM)]
    speed = request.body.get("speed") or "standard"
    return json_bytes([searches, speed, cites(request), request.output_format])


def message_settings(request: Request) -> list[Any]:
    """What invalidates the cache of messages alone. That images count once for all is policy."""
    thinking: Mapping[str, Any] = request.body.get("thinking") or {}
    choice: Mapping[str, Any] = request.body.get("tool_choice") or {}
    return [
        [request.tool_choice, choice.get("name"), bool(choice.get("disable_parallel_tool_use"))],
        [request.thinking, thinking.get("budget_tokens")],
        request.effort,
        "image" in request.features.blocks,
    ]


def digest(*parts: bytes) -> bytes:
    """A short stable digest."""
    return blake2b(b"\n".join(parts), digest_size=16).digest()


def mark_of(block: Block) -> Mapping[str, Any] | None:
    """The cache_control of a block, or of one inside it, which marks the whole block."""
    mark: Mapping[str, Any] | None = block.get(MARK)
    if mark is not None:
        return mark
    return next((found for inner in _inner(block) if (found := mark_of(inner))), None)


def plain_bytes(block: Block) -> bytes:
    """A block as JSON without its marks: moving one does not change the prompt."""
    return json_bytes(_plain(block) if mark_of(block) else block)


def _plain(block: Block) -> Block:
    copy = {key: value for key, value in block.items() if key != MARK}
    if _inner(block):
        inner = [_plain(each) for each in _inner(block)]
        if block["type"] == TOOL_RESULT:
            copy["content"] = inner
        else:
            copy["source"] = {**block["source"], "content": inner}
    return copy


def _inner(block: Block) -> list[Block]:
    kind = block.get("type")
    content: str | list[Block] | None = None
    if kind == TOOL_RESULT:
        content = block.get("content")
    elif kind == "document":
        content = block["source"].get("content")
    return content if isinstance(content, list) else []


def _cut(request: Request, cut: Cut) -> Request:
    body: dict[str, Any] = {**request.body, "tools": request.tools[: cut.tools]}
    body["system"] = request.system[: cut.system]
    turns = list(request.turns[: cut.turns])
    if turns:
        turns[-1] = turns[-1]._replace(blocks=turns[-1].blocks[: cut.blocks])
    return replace(request, body=body, turns=turns)
