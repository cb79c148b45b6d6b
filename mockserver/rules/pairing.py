"""The pairing of tool_use with tool_result: which turns hold them, in which order, under which ids."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import zip_longest

from mockserver.request import NO_RUN, Placed, Request, Run
from mockserver.rules.registry import Refusal, Registry
from mockserver.rules.strict import is_list

ROLES = {"tool_use": "assistant", "tool_result": "user"}
ASSISTANTS = ("thinking", "redacted_thinking", "server_tool_use")


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "tool-blocks.role",
        "tool_use stands in assistant turns, tool_result in user turns",
        evidence="reported",
        source="public client code that quotes it from the live API, 2025 to 2026",
        blocks=["tool_use", "tool_result"],
    )
    def tool_blocks_role(request: Request) -> Refusal | None:
        if request.is_paired:
            return None
        for turn in request.turns:
            for block in turn.blocks:
                role = ROLES.get(block["type"], turn.role)
                if turn.role not in (role, "system"):
                    return Refusal(
                        f"messages.{turn.position}: `{block['type']}` blocks can only be in "
                        f"`{role}` messages"
                    )
        return None

    @rule(
        "assistant-blocks.role",
        "Thinking and calls of server tools stand in assistant turns",
        evidence="policy",
        source="docs: Thinking and Server tools have them there; the text is the one for tool_use",
        blocks=ASSISTANTS,
    )
    def assistant_blocks_role(request: Request) -> Refusal | None:
        for turn in request.turns:
            found = next((b["type"] for b in turn.blocks if b["type"] in ASSISTANTS), None)
            if found and turn.role == "user":
                return Refusal(
                    f"messages.{turn.position}: `{found}` blocks can only be in `assistant` messages"
                )
        return None

    @rule(
        "tool-result.error-text",
        "A tool_result with is_error holds text only",
        evidence="reported",
        source="oh-my-pi test suite (2026), which quotes the live API; earlier without the path",
        blocks=["failed result"],
    )
    def tool_result_error_text(request: Request) -> Refusal | None:
        for turn in request.turns:
            for position, block in enumerate(turn.blocks):
                if block.get("is_error") and _has_other_than_text(block.get("content")):
                    return Refusal(
                        f"messages.{turn.position}.content.{position}.tool_result: all content must "
                        "be type `text` if `is_error` is true"
                    )
        return None

    @rule(
        "tool-use.unique",
        "tool_use ids are unique in a turn; a later turn may use one again",
        evidence="reported",
        source="a public log of 2026-05 with its request id; reuse in later turns is recorded with 200",
        blocks=["tool_use"],
    )
    def tool_use_unique(request: Request) -> Refusal | None:
        if request.is_paired:
            return None
        for run in request.runs:
            double = _second(run, run.calls, "tool_use")
            if double is not None:
                return Refusal(f"{double.path}: `tool_use` ids must be unique")
        return None

    @rule(
        "tool-use.unanswered",
        "Every tool_use has its tool_result at the head of the next turn",
        evidence="reported",
        source="docs: Handle tool calls, Stop reasons (a result after other content does not count); "
        "anthropics/claude-code#8210 (2025-09-26), #5989",
        blocks=["tool_use"],
    )
    def tool_use_unanswered(request: Request) -> Refusal | None:
        if request.is_paired:
            return None
        for run, after in zip_longest(request.runs, request.runs[1:]):
            if run.role != "assistant" or not run.calls:
                continue
            answered = after.results[: len(after.results) - len(after.late)] if after else ()
            missing = [call for call in run.calls if call not in answered]
            if missing:
                return Refusal(
                    f"messages.{run.turns[-1].position}: `tool_use` ids were found without "
                    f"`tool_result` blocks immediately after: {', '.join(missing)}. Each `tool_use` "
                    "block must have a corresponding `tool_result` block in the next message."
                )
        return None

    @rule(
        "tool-result.orphan",
        "Every tool_result answers a tool_use of the turn before",
        evidence="reported",
        source="anthropics/claude-code#13460 (2025-12-09)",
        blocks=["tool_result"],
    )
    def tool_result_orphan(request: Request) -> Refusal | None:
        if request.is_paired:
            return None
        for before, run in zip([NO_RUN, *request.runs], request.runs, strict=False):
            calls = before.calls if before.role == "assistant" else ()
            if any(result not in calls for result in run.results):
                return _orphan(run, calls)
        return None

    @rule(
        "tool-result.unique",
        "A tool_use has one tool_result",
        evidence="reported",
        source="public logs of 2025 and 2026: `messages.4.content.1: each tool_use must have ...`",
        blocks=["tool_result"],
    )
    def tool_result_unique(request: Request) -> Refusal | None:
        if request.is_paired:
            return None
        for run in request.runs:
            double = _second(run, run.results, "tool_result")
            if double is not None:
                return Refusal(
                    f"{double.path}: each tool_use must have a single result. Found multiple "
                    f"`tool_result` blocks with id: {double.block['tool_use_id']}"
                )
        return None


def _has_other_than_text(content: object) -> bool:
    return is_list(content) and any(part["type"] != "text" for part in content)


def _blocks(run: Run, kind: str) -> Iterator[Placed]:
    for turn in run.turns:
        for position, block in enumerate(turn.blocks):
            if block["type"] == kind:
                yield Placed(f"messages.{turn.position}.content.{position}", block)


def _second(run: Run, ids: list[str], kind: str) -> Placed | None:
    """The first block whose id was there before; the ids are those of the blocks, in their order."""
    if len(ids) == len(set(ids)):
        return None
    number = next(n for n, found in enumerate(ids) if found in ids[:n])
    return list(_blocks(run, kind))[number]


def _orphan(run: Run, calls: Collection[str]) -> Refusal:
    place = next(p for p in _blocks(run, "tool_result") if p.block["tool_use_id"] not in calls)
    return Refusal(
        f"{place.path}: unexpected `tool_use_id` found in `tool_result` blocks: "
        f"{place.block['tool_use_id']}. Each `tool_result` block must have a corresponding "
        "`tool_use` block in the previous message."
    )
