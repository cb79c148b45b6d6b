"""The usage object of a message: its keys and their order as recorded, and what each counts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from operator import itemgetter
from typing import Any, NamedTuple

from mockserver.edits import COMPACT, edit_of
from mockserver.replies.answer import Answer, Block
from mockserver.request import Request, is_server_result
from mockserver.tokens import blocks_tokens

Usage = dict[str, Any]
# docs: release notes of 2026-05-28 bring output_tokens_details; older models have it only when they thought (recorded)
DETAILS_SINCE = dt.date(2026, 5, 28)
# recorded: what the model is told beside the summary when a conversation goes on after compaction
AFTER_COMPACTION = 100
# recorded for claude-opus-4-8 and claude-fable-5: an advisor's own instructions beside the conversation so far
ADVISOR_PROMPT = 1_280
SERVER_CALLS = frozenset({"server_tool_use", "mcp_tool_use"})
TEXT = {"text"}
_kind = itemgetter("type")
# What message_start and message_delta have of it (recorded since 2025-08)
_LATER = ("output_tokens_details", "server_tool_use", "iterations")
_FINAL = (
    "input_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
    "output_tokens",
    *_LATER,
    "fallback_credit",
)


# Without these keys of a body and its tools there is neither compaction nor an advisor nor another model.
LISTING = frozenset({"context_management", "compaction", "fallbacks", "type"})


class Cached(NamedTuple):
    """Tokens of a prompt that were read from the cache, and written for five minutes or an hour."""

    read: int = 0
    written_5m: int = 0
    written_1h: int = 0


UNCACHED = Cached()


class LoopUsage(Usage):
    """The usage of several samplings, which sums them up; the stream opens with the first one's `opening_input`."""

    opening_input: int


class Sampling(NamedTuple):
    """One call of a model, of which a message takes several when the server runs tools, asks an advisor or compacts."""

    kind: str
    input_tokens: int
    cached: Cached
    output_tokens: int
    model: str | None = None  # if it is not the one that was asked

    def shown(self) -> Usage:
        """An entry of `iterations` (recorded)."""
        counts = _input_counts(self.input_tokens, self.cached)
        named = {} if self.model is None else {"model": self.model}
        return {
            "input_tokens": counts["input_tokens"],
            "output_tokens": self.output_tokens,
            "cache_read_input_tokens": self.cached.read,
            "cache_creation_input_tokens": counts["cache_creation_input_tokens"],
            "cache_creation": counts["cache_creation"],
            "type": self.kind,
            **named,
        }


def usage(
    request: Request,
    answer: Answer,
    input_tokens: int,
    cached: Cached = UNCACHED,
    service_tier: str = "standard",
) -> Usage:
    """The usage of an answer to a prompt of so many tokens; its `input_tokens` are what the cache has no part in."""
    counts = _input_counts(input_tokens, cached)
    kinds = set(map(_kind, answer.blocks))
    runs_tools = not SERVER_CALLS.isdisjoint(kinds)
    features = request.features
    may_list = (
        not LISTING.isdisjoint(features.keys)
        or "compaction" in features.blocks
        or request.is_attempt
    )
    lists = may_list and _lists_iterations(request)
    output_tokens = answer.output_tokens
    if runs_tools or lists:
        samplings = _samplings(request, answer, input_tokens, cached)
        counts = _loop_counts(counts, samplings)
        if lists:
            counts["iterations"] = [sampling.shown() for sampling in samplings]
            output_tokens = sum(s.output_tokens for s in samplings if s.kind == "message")
    counts["output_tokens"] = output_tokens
    released = request.model.released
    if answer.thinking_tokens or (released is not None and released >= DETAILS_SINCE):
        counts["output_tokens_details"] = {"thinking_tokens": answer.thinking_tokens}
    counts["service_tier"] = service_tier
    counts["inference_geo"] = _region(request)
    if runs_tools or (kinds != TEXT and any(map(is_server_result, kinds))):
        counts["server_tool_use"] = _server_tool_use(answer.blocks)
    if request.body.get("speed") is not None:
        counts["speed"] = speed(request)
    return counts


def opening_usage(counts: Usage) -> Usage:
    """The usage of message_start: what is known before anything is sampled."""
    opened = dict(counts)
    for key in _LATER:
        opened.pop(key, None)
    opened["output_tokens"] = min(counts["output_tokens"], 1)
    if isinstance(counts, LoopUsage):
        opened["input_tokens"] = counts.opening_input
    return opened


def final_usage(counts: Usage) -> Usage:
    """The usage of message_delta: cumulative counts, without tier and region."""
    final: Usage = {}
    for key in _FINAL:
        if key in counts:
            final[key] = counts[key]
    return final


def speed(request: Request) -> str:
    """The speed of an answer. docs: Fast mode, and Release notes: without fast mode it is standard, unsaid."""
    is_fast = request.body.get("speed") == "fast" and request.model.fast_mode
    return "fast" if is_fast else "standard"


def _input_counts(input_tokens: int, cached: Cached) -> Usage:
    read, written_5m, written_1h = cached
    return {
        "input_tokens": input_tokens - read - written_5m - written_1h,
        "cache_creation_input_tokens": written_5m + written_1h,
        "cache_read_input_tokens": read,
        "cache_creation": {
            "ephemeral_5m_input_tokens": written_5m,
            "ephemeral_1h_input_tokens": written_1h,
        },
    }


def _server_tool_use(blocks: list[Block]) -> dict[str, int]:
    """Searches and fetches; other tools of the server are not counted, and have it there with zeros (recorded)."""
    names = [block.get("name") for block in blocks if block["type"] == "server_tool_use"]
    return {
        "web_search_requests": names.count("web_search"),
        "web_fetch_requests": names.count("web_fetch"),
    }


def _lists_iterations(request: Request) -> bool:
    """Whether each sampling is listed: recorded with an advisor and with compaction, not with other edits.

    Also where a compaction block comes back (probed live on claude-opus-5-5, 2026-09-26), and with fallbacks where
    none was needed (the same, 2026-09-28).
    """
    if request.is_attempt or request.body.get("fallbacks"):
        return True
    if not request.betas:
        return False
    if request.body.get("compaction") or "compaction" in request.features.blocks:
        return True
    return edit_of(request, COMPACT) is not None or any(map(is_advisor, request.tools))


def _samplings(
    request: Request, answer: Answer, input_tokens: int, cached: Cached
) -> list[Sampling]:
    """The calls of the model: a new one begins after each run of results, whose prompt has all before it.

    What the cache has of the first prompt is read again by the next ones (policy).
    """
    rounds = _rounds(answer.blocks)
    summarizes = bool(request.body.get("compaction"))
    again = Cached(read=sum(cached))
    found: list[Sampling] = []
    prompt, left = input_tokens, answer.output_tokens
    for number, blocks in enumerate(rounds):
        is_last = number == len(rounds) - 1
        output = left if is_last else min(left, _sampled_tokens(request, blocks))
        is_summary = summarizes or (blocks and blocks[0]["type"] == "compaction")
        kind = "compaction" if is_summary else "message"
        found.append(Sampling(kind, prompt, again if number else cached, output))
        found += _advised(request, blocks, prompt + output)
        left -= output
        size = blocks_tokens(request, blocks)
        prompt, again = (
            (size + AFTER_COMPACTION, UNCACHED) if kind != "message" else (prompt + size, again)
        )
    return found


def _advised(request: Request, blocks: list[Block], seen: int) -> Iterator[Sampling]:
    """What advisors read and wrote: the conversation so far, and their advice. None of it is cached (policy)."""
    model = next((str(tool["model"]) for tool in request.tools if is_advisor(tool)), None)
    if model is None:  # a script gives an advice that nobody was offered
        return
    for block in blocks:
        if block["type"] == "advisor_tool_result":
            wrote = blocks_tokens(request, [block])
            yield Sampling("advisor_message", seen + ADVISOR_PROMPT, UNCACHED, wrote, model)


def is_advisor(tool: Block) -> bool:
    """Whether a tool is another model that is asked for advice."""
    return str(tool.get("type")).startswith("advisor_")


def _rounds(blocks: list[Block]) -> list[list[Block]]:
    rounds: list[list[Block]] = [[]]
    before = ""
    for block in blocks:
        kind = block["type"]
        is_result = kind.endswith("_tool_result")
        if (before.endswith("_tool_result") and not is_result) or before == "compaction":
            rounds.append([])
        rounds[-1].append(block)
        before = kind
    return rounds


def _sampled_tokens(request: Request, blocks: list[Block]) -> int:
    own = [block for block in blocks if not block["type"].endswith("_tool_result")]
    return blocks_tokens(request, own)


def _loop_counts(counts: Usage, samplings: list[Sampling]) -> Usage:
    """The sum of the samplings. Compaction is only in their list (recorded)."""
    summed = [sampling for sampling in samplings if sampling.kind == "message"]
    total = LoopUsage(_input_counts(0, UNCACHED))
    for sampling in summed:
        own = _input_counts(sampling.input_tokens, sampling.cached)
        for key in ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"):
            total[key] += own[key]
        for key in total["cache_creation"]:
            total["cache_creation"][key] += own["cache_creation"][key]
    # probed live 2026-09-26: with a pause after compaction, the stream opens with 0
    is_compacted = samplings[0].kind != "message"
    total.opening_input = total["input_tokens"] if is_compacted else counts["input_tokens"]
    return total


def _region(request: Request) -> str:
    if not request.model.inference_geo:
        return "not_available"  # recorded: claude-3 to the 4.5 generation
    return str(request.body.get("inference_geo") or "global")
