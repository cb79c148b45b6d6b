"""Context editing: what is taken out of a prompt before the model is shown it.

Source of all that is not marked otherwise: docs, Context editing. The client goes on sending the whole conversation,
so that rules, answers and signatures go by that; tokens and the prompt cache go by what is left. Where nobody knows,
it is policy: edits are made one after the other, a trigger counts what those before it have left, `keep` counts
excluded tools too, and the placeholder of a cleared result costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import pairwise

from mockserver.edits import CLEAR_THINKING, CLEAR_TOOL_USES, edits
from mockserver.request import SERVER_CALLS, TOOL_RESULT, Block, Request, Turn, is_server_result
from mockserver.thoughts import THOUGHTS
from mockserver.tokens import after_compaction, prompt_tokens

CALLS = ("tool_use", *SERVER_CALLS)
USUAL_TRIGGER: Block = {"type": "input_tokens", "value": 100_000}
USUAL_KEEP = 3

# What takes the place of a block, by the block's identity; None leaves it out.
Changes = Mapping[int, "Block | None"]


def shown(request: Request) -> Request:
    """The request with the prompt that the model is shown: itself unless an edit clears something."""
    if "context_management" not in request.body:
        return request
    return _edited(request)[0]


def shown_tokens(request: Request) -> int:
    """What that prompt costs, estimated."""
    if "context_management" in request.body:
        request = _edited(request)[0]
    return prompt_tokens(request)


def applied(request: Request) -> list[Block]:
    """What `applied_edits` tells: the edits that cleared something, in their order."""
    return _edited(request)[1]


def _edited(request: Request) -> tuple[Request, list[Block]]:
    if request.edited is None:
        request.edited = _made(request)
    return request.edited


def _made(request: Request) -> tuple[Request, list[Block]]:
    left, told = request, list[Block]()
    for edit in edits(request):
        make = _EDITS.get(edit["type"])
        if make is None:  # compaction says by itself what it did, and is in no list (recorded)
            continue
        changes, what, count = make(left, edit)
        if not count:
            continue
        after = _changed(left, changes)
        saved = prompt_tokens(left) - prompt_tokens(after)
        if saved >= _value(edit.get("clear_at_least"), 0):
            # the order of the keys is the documented example's
            told.append({"type": edit["type"], what: count, "cleared_input_tokens": saved})
            left = after
    return left, told


def _changed(request: Request, changes: Changes) -> Request:
    turns = [turn._replace(blocks=list(_left(turn, changes))) for turn in request.turns]
    return replace(request, turns=turns, unedited=request.unedited or request)


def _left(turn: Turn, changes: Changes) -> Iterator[Block]:
    for block in turn.blocks:
        left = changes.get(id(block), block)
        if left is not None:
            yield left


def _tool_uses(request: Request, edit: Block) -> tuple[Changes, str, int]:
    """The oldest results, and the inputs of their calls if asked for.

    docs: web_search is an example of a tool to be excluded, so that results of the server's tools go as well.
    """
    blocks = [block for turn in after_compaction(request.turns) for block in turn.blocks]
    calls = [block for block in blocks if block["type"] in CALLS]
    trigger: Block = edit.get("trigger") or USUAL_TRIGGER
    amount = len(calls) if trigger["type"] == "tool_uses" else prompt_tokens(request)
    if amount <= trigger["value"]:
        return {}, "", 0
    results = {block["tool_use_id"]: block for block in blocks if _is_result(block)}
    cleared = _old([call for call in calls if call["id"] in results], edit)
    changes: dict[int, Block | None] = {
        id(result): _emptied(result) for result in (results[call["id"]] for call in cleared)
    }
    inputs = edit.get("clear_tool_inputs") or ()
    changes |= {
        id(call): {**call, "input": {}}
        for call in cleared
        if inputs is True or call["name"] in inputs
    }
    return changes, "cleared_tool_uses", len(cleared)


def _old(calls: list[Block], edit: Block) -> list[Block]:
    """Those that are neither among the latest that are kept nor of an excluded tool."""
    count = max(len(calls) - _value(edit.get("keep"), USUAL_KEEP), 0)
    excluded = edit.get("exclude_tools") or ()
    return [call for call in calls[:count] if call["name"] not in excluded]


def _emptied(result: Block) -> Block:
    """A result without what it tells, in its own form: that of a tool search is an object, most are lists."""
    return {**result, "content": {} if isinstance(result.get("content"), dict) else []}


def _is_result(block: Block) -> bool:
    return block["type"] == TOOL_RESULT or is_server_result(block["type"])


def _thinking(request: Request, edit: Block) -> tuple[Changes, str, int]:
    """The thinking of older turns. One begins with what a user says beside results; the one to be answered counts
    (seen live 2025-11-15: anthropics/claude-cookbooks, tool_use/memory_cookbook.ipynb).
    """
    turns = after_compaction(request.turns)
    begins = _begins(turns)
    begins.append(len(turns))
    kept = _kept(request, edit, len(begins))
    older = [_thoughts(turns[begin:end]) for begin, end in pairwise(begins)][:-kept]
    changes = {id(block): None for thoughts in older for block in thoughts}
    return changes, "cleared_thinking_turns", sum(map(bool, older))


def _kept(request: Request, edit: Block, most: int) -> int:
    """How many turns keep their thinking, `most` for all of them. Without a word it is as on the model by itself."""
    usual = "all" if request.model.thinking_kept == "all" else {"value": 1}
    keep = edit.get("keep", usual)
    if keep == "all" or keep.get("type") == "all":
        return most
    return int(keep["value"])


def _begins(turns: list[Turn]) -> list[int]:
    begins, has_answer = [0], False
    for number, turn in enumerate(turns):
        if turn.role == "assistant":
            has_answer = True
        elif has_answer and turn.role == "user" and not _is_only_results(turn):
            begins.append(number)
            has_answer = False
    return begins


def _is_only_results(turn: Turn) -> bool:
    return all(block["type"] == TOOL_RESULT for block in turn.blocks)


def _thoughts(turns: list[Turn]) -> list[Block]:
    return [block for turn in turns for block in turn.blocks if block["type"] in THOUGHTS]


def _value(amount: Block | None, usual: int) -> int:
    return usual if amount is None else int(amount["value"])


_EDITS = {CLEAR_TOOL_USES: _tool_uses, CLEAR_THINKING: _thinking}
