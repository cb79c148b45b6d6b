"""The one estimator of token counts, for `usage` and for count_tokens.

Every cost is documented, or a fit over recorded counts of 2024-2026.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum
from typing import NamedTuple

from mockserver.binding import dropped
from mockserver.edits import shows_all_thinking
from mockserver.media_tokens import file_text, image_tokens, pdf_tokens
from mockserver.request import TOOL_RESULT, Block, Request, Turn
from mockserver.text_tokens import SCALES, Scale, text_tokens
from mockserver.thoughts import opened
from mockserver.tool_tokens import definition_tokens, is_citing, tool_tokens
from mockserver.turns import Survey, json_bytes

__all__ = [
    "after_compaction",
    "blocks_tokens",
    "cites",
    "current_turns",
    "prompt_tokens",
    "text_tokens",
]


class Costs(NamedTuple):
    """What stands around the texts of a prompt, in tokens."""

    request: int
    turn: int
    system: int
    tool_use: int
    parameter: int
    document: int
    citations: int
    output_format: int
    schema: float
    opaque_character: float


# tool_use: with its result. opaque_character: of blocks that are sent back as they came, mostly encrypted.
COSTS = {
    "2023": Costs(4, 3, 0, 50, 15, 40, 490, 65, 1.8, 0.3),
    "2026": Costs(5, 2, 1, 18, 33, 40, 640, 65, 1.8, 0.38),
}
# recorded: 38 tokens with thinking enabled where there are 10 without; adaptive thinking on models up to the
# 4.6 generation takes 17 more, and a task budget 38
THINKING = 28
ADAPTIVE = 17
TASK_BUDGET = 38
# recorded: with tools and the beta of interleaved thinking
INTERLEAVED = 150
INTERLEAVED_BETA = "interleaved-thinking-2025-05-14"
# recorded: the conversation is opened for it
ASSISTANT_FIRST = 10
CITED = frozenset({"document", "search_result"})
# Without any of these, a prompt costs nothing beside its texts and its turns.
COSTING_KEYS = frozenset({"thinking", "output_config", "output_format", "tools", "mcp_servers"})
COSTING_BLOCKS = CITED | {"thinking"}


def prompt_tokens(request: Request) -> int:
    """Estimated tokens of the whole prompt: tools, system and messages. Counted once for a request."""
    if request.tokens is None:
        request.tokens = _estimated(request)
    return request.tokens


def _estimated(request: Request) -> int:
    generation = request.model.tokenizer
    scale = SCALES[generation]
    costs = COSTS[generation]
    turns, survey = request.turns, request.survey
    if "compaction" in request.features.blocks:
        turns = after_compaction(turns)
        survey = Survey(turns)
    total: float = costs.request + costs.turn * len(turns)
    # Texts are gathered and weighed at once: this is the way of every request, of all its history.
    texts = [*survey.texts]
    if survey.calls:
        total += costs.tool_use * len(survey.calls)
        total += costs.parameter * _values(survey.calls, texts)
    for block in survey.others:
        total += _block_tokens(request, block, scale)
    features = request.features
    if "system" in request.body:
        total += _system_tokens(request, costs, texts)
    if request.turns and request.turns[0].role == "assistant":
        total += ASSISTANT_FIRST
    if not (features.keys.isdisjoint(COSTING_KEYS) and features.blocks.isdisjoint(COSTING_BLOCKS)):
        total += _settings_tokens(request, costs, scale) + tool_tokens(request)
    return round(total + scale.sum(texts))


def _values(calls: list[Block], texts: list[str]) -> int:
    """Gather the arguments of calls, and say how many there are."""
    count = 0
    for call in calls:
        arguments = call["input"]
        count += len(arguments)
        for value in arguments.values():
            if type(value) is str:
                texts.append(value)
            elif type(value) is not int:
                texts.append(json_bytes(value).decode())
    return count


def _system_tokens(request: Request, costs: Costs, texts: list[str]) -> int:
    system = request.body["system"]
    if not system:
        return 0
    texts += [system] if isinstance(system, str) else [block["text"] for block in system]
    return costs.system


def _settings_tokens(request: Request, costs: Costs, scale: Scale) -> float:
    total = 0.0
    if "thinking" in request.body:
        total += _thinking_settings(request)
    if "task_budget" in (request.body.get("output_config") or ()):
        total += TASK_BUDGET
    chosen = request.output_format
    if chosen is not None:
        schema = definition_tokens(json_bytes(chosen.get("schema")), request.model.tokenizer)
        total += costs.output_format + costs.schema * schema
    blocks = request.features.blocks
    if "thinking" in blocks:
        total += _thinking_tokens(request, scale)
    if not blocks.isdisjoint(CITED) and cites(request):
        total += costs.citations
    return total


def _thinking_settings(request: Request) -> int:
    if request.thinking == "adaptive":
        return ADAPTIVE if request.model.tokenizer == "2023" else 0
    if request.thinking != "enabled":
        return 0
    # docs: Claude 3.7 and older ignore the beta
    is_new = not request.model.id.startswith("claude-3")
    is_interleaved = is_new and request.tools and INTERLEAVED_BETA in request.betas
    return THINKING + INTERLEAVED if is_interleaved else THINKING


def after_compaction(turns: list[Turn]) -> list[Turn]:
    """The conversation from its last compaction block on: what it sums up is dropped (docs: Compaction)."""
    for number in range(len(turns) - 1, -1, -1):
        turn = turns[number]
        for place in range(len(turn.blocks) - 1, -1, -1):
            if turn.blocks[place]["type"] == "compaction":
                return [turn._replace(blocks=turn.blocks[place:]), *turns[number + 1 :]]
    return turns


def _thinking_tokens(request: Request, scale: Scale) -> float:
    turns = request.turns if shows_all_thinking(request) else current_turns(request.turns)
    thoughts = [block for turn in turns for block in turn.blocks if block["type"] == "thinking"]
    if not thoughts:
        return 0.0
    # What the model is not shown costs nothing (docs: Preserved thinking; recorded on claude-opus-5-5, 2026-09-26).
    unseen = set(map(id, dropped(request.unedited or request)))
    return fsum(_thought(request, block, scale) for block in thoughts if id(block) not in unseen)


def _thought(request: Request, block: Block, scale: Scale) -> float:
    """What was thought, as its signature says, and not what is shown of it (probed live: an edited text costs the same)."""
    signed = opened(request.seed, block)
    return scale[block["thinking"]] if signed is None else signed.tokens


def current_turns(turns: list[Turn]) -> list[Turn]:
    """The conversation from the last turn of a user who says more than results of tools."""
    for position in range(len(turns) - 1, 0, -1):
        turn = turns[position]
        if turn.role == "user" and any(block["type"] != TOOL_RESULT for block in turn.blocks):
            return turns[position:]
    return turns


def cites(request: Request) -> bool:
    """Whether citations are switched on for any document or search result."""
    return any(
        block["type"] in CITED and is_citing(block.get("citations"))
        for _, block in request.placed()
    )


def _block_tokens(request: Request, block: Block, scale: Scale) -> float:
    kind = block["type"]
    if kind == "text":
        return scale[block["text"]]
    if kind == "image":
        return image_tokens(request, block)
    if kind == "document":
        return _document_tokens(request, block, scale)
    if kind == TOOL_RESULT:
        return fsum(_block_tokens(request, inner, scale) for inner in block.get("content") or ())
    # Thinking is weighed with the settings: not all of it is shown to the model again. SDK: fallback is not at all.
    if kind in ("thinking", "redacted_thinking", "compaction", "fallback"):
        return scale[block.get("content") or ""]
    return _opaque_tokens(request, block)


def _opaque_tokens(request: Request, block: Block) -> float:
    return len(json_bytes(block)) * COSTS[request.model.tokenizer].opaque_character


def blocks_tokens(request: Request, blocks: Iterable[Block]) -> int:
    """Estimated tokens of blocks of an answer once they are part of the prompt."""
    scale = SCALES[request.model.tokenizer]
    return round(fsum(_answered_tokens(request, block, scale) for block in blocks))


def _answered_tokens(request: Request, block: Block, scale: Scale) -> float:
    try:
        return _block_tokens(request, block, scale)
    except (AttributeError, KeyError, TypeError):  # a script may force a block that lacks something
        return _opaque_tokens(request, block)


def _document_tokens(request: Request, block: Block, scale: Scale) -> float:
    source = block["source"]
    names = (block.get("title") or "", block.get("context") or "")
    total = COSTS[request.model.tokenizer].document + scale.sum(names)
    kind = source["type"]
    text = source["data"] if kind == "text" else file_text(request, source)
    if text is not None:
        return total + scale[text]
    if kind != "content":
        return total + pdf_tokens(request, source)
    content = source["content"]
    inner = [{"type": "text", "text": content}] if isinstance(content, str) else content
    return total + fsum(_block_tokens(request, each, scale) for each in inner)
