"""The answer to a request that nobody scripted: deterministic by seed and request, and useful to look at.

What comes in which order: thinking, tools that the server runs, calls of tools that the client runs, structured
output, or text with its citations. Each has a module of its own, which says when it happens.
"""

from __future__ import annotations

import orjson

from mockserver.ids import Ids
from mockserver.replies import citations, programs, server_tools, stops, tool_calls
from mockserver.replies.answer import Answer, Block
from mockserver.replies.asking import Task
from mockserver.replies.compacting import COMPACTION, compacted
from mockserver.replies.cutting import spoken as cut
from mockserver.replies.drafting import Draft
from mockserver.replies.samples import sample
from mockserver.replies.server_tools import Use
from mockserver.replies.speaking import spoken
from mockserver.replies.thinking import think
from mockserver.request import Request
from mockserver.tokens import text_tokens

COMPACTING = frozenset({"context_management", COMPACTION})
# A request with none of these is answered in plain text.
_MORE = frozenset({"tools", "output_config", "output_format", "thinking"})


def improvised(request: Request, ids: Ids, seed: int) -> Answer:
    """Answer a request without a script."""
    budget = int(request.body["max_tokens"])
    if budget == 0:
        return Answer([], "max_tokens")
    if stops.is_refused(request):
        return stops.refusal()
    opening = None if COMPACTING.isdisjoint(request.body) else compacted(request, seed)
    if opening is None:
        return _said(request, ids, seed, *stops.room(request, budget))
    if opening.stop_reason == COMPACTION or not opening.blocks:
        return opening
    answer = _said(request, ids, seed, budget, "max_tokens")
    answer.blocks[:0] = opening.blocks
    answer.output_tokens += opening.output_tokens
    return answer


def _said(request: Request, ids: Ids, seed: int, budget: int, limit: str) -> Answer:
    if _MORE.isdisjoint(request.body) and not citations.cites(request):
        return _plain(request, budget, limit)
    draft = Draft(request, ids, seed, budget, limit)
    _answer(draft, Task(request))
    return draft.answer


def _plain(request: Request, budget: int, limit: str) -> Answer:
    """A text and nothing else, without the detour over a draft: the way of most requests."""
    text, stop_sequences = spoken(request), request.body.get("stop_sequences")
    if not stop_sequences:
        tokens = text_tokens(text, request.model.tokenizer)
        if tokens <= budget:
            return Answer([{"type": "text", "text": text}], output_tokens=tokens)
    said = cut(text, stop_sequences or (), budget, request.model.tokenizer)
    reason = limit if said.is_cut else "end_turn" if said.sequence is None else "stop_sequence"
    sequence = None if said.is_cut else said.sequence
    blocks: list[Block] = [{"type": "text", "text": said.text}] if said.text else []
    return Answer(blocks, reason, sequence, output_tokens=said.tokens)


def _answer(draft: Draft, task: Task) -> None:
    request = draft.request
    waiting = _waiting(request, task) if request.tools else None
    program = programs.planned(request, task)
    if program is not None:
        think(draft, task.text, calls=True)
        draft.answer.blocks += [waiting] if waiting else []
        programs.make(draft, program)
        return
    uses = server_tools.used(request, task) if waiting is None else []
    searches = any(use.result == "tool_search" for use in uses)
    sought = server_tools.sought(request, task) if searches else []
    is_served = bool(uses) or waiting is not None
    calls = tool_calls.planned(request, task, sought, is_served=is_served)
    if request.tool_choice == "any" and not (calls or is_served):
        uses = server_tools.forced(request, task)
    is_told = think(draft, task.text, calls=bool(calls or uses))
    if waiting is not None:
        draft.answer.blocks.append(waiting)
    server_tools.use(draft, uses, pauses=task.hints.mentions("pause_turn"))
    if draft.is_over:
        return
    if calls:
        if request.tool_choice == "auto" and not is_told:
            draft.say(f"I'll use {' and '.join(dict.fromkeys(call.name for call in calls))}.")
        tool_calls.make(draft, calls)
    else:
        _speak(draft, task, uses)


def _waiting(request: Request, task: Task) -> Block | None:
    """The result of a server tool that the conversation waits for."""
    return server_tools.waiting(request, task) or programs.returned(request)


def _speak(draft: Draft, task: Task, uses: list[Use]) -> None:
    request = draft.request
    schema = request.output_format
    if schema is not None:
        value = sample(schema["schema"], task.hints, is_complete=True)
        draft.say(orjson.dumps(value).decode())
        return
    draft.say(spoken(request))
    found = server_tools.cited(uses)
    if found is not None:
        draft.say(" ")
        draft.say(*found)
    if citations.cites(request):
        citations.cite(draft, citations.passages(request, task.text))
