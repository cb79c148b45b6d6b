"""A scripted reply as an answer to one request; what the script leaves out is improvised."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import orjson

from mockserver.errors import MESSAGES, ApiError
from mockserver.ids import Ids
from mockserver.replies import possible, tool_calls
from mockserver.replies.answer import Answer, Block
from mockserver.replies.asking import Task
from mockserver.replies.compacting import COMPACTION
from mockserver.replies.cutting import cut_at_stop, cut_to_tokens
from mockserver.replies.improvise import improvised
from mockserver.request import Request
from mockserver.scripts.model import Call, Failure, Reply
from mockserver.signing import minted, minted_summary
from mockserver.tokens import text_tokens

CALL_TOKENS = 12  # the frame around an input, as improvised calls count it
Ending = tuple[str, str | None]
REFUSAL = {"type": "refusal", "category": None, "explanation": None}


def failure(error: Failure) -> ApiError:
    """A scripted error, in the live API's words unless the script has its own."""
    message = error.message or MESSAGES.get(error.status, "The request failed")
    return ApiError(error.status, message, headers=error.headers, details=error.details)


def scripted(request: Request, reply: Reply, ids: Ids, seed: int) -> Answer:
    """The answer that a reply makes to a request. Raises the 400 for one that the live API could not send."""
    writer = _Writer(request, reply, ids, seed)
    answer = writer.written()
    if not reply.force:
        possible.check(request, reply, answer)
    return answer


class _Writer:
    def __init__(self, request: Request, reply: Reply, ids: Ids, seed: int) -> None:
        self._request = request
        self._reply = reply
        self._ids = ids
        self._seed = seed
        self._generation = request.model.tokenizer

    def written(self) -> Answer:
        reply = self._reply
        if reply.text is None and reply.blocks is None and not reply.calls:
            answer = self._empty() if reply.stop_reason == "refusal" else self._improvised()
        else:
            answer = self._written(self._blocks())
        return self._ended(answer)

    def _empty(self) -> Answer:
        return Answer([])

    def _improvised(self) -> Answer:
        """The content is improvised; a tool call that is asked for is one of the first tool."""
        if self._reply.stop_reason == "tool_use":
            call = tool_calls.some(self._request, Task(self._request))
            return self._written([*self._thoughts(), self._called("", None, call)])
        answer = improvised(self._request, self._ids, self._seed)
        if self._reply.thinking is not None:
            spoken = [b for b in answer.blocks if b["type"] != "thinking"]
            return self._written([*self._thoughts(), *spoken])
        return answer

    def _blocks(self) -> list[Block]:
        reply = self._reply
        if reply.blocks is not None:
            return [self._whole(block) for block in reply.blocks]
        text = [{"type": "text", "text": reply.text}] if reply.text else []
        return [*self._thoughts(), *text, *map(self._call, reply.calls)]

    def _thoughts(self) -> list[Block]:
        """The scripted thinking, or what would be improvised where thinking is asked for."""
        if self._reply.thinking is not None:
            return [self._thinking(self._reply.thinking)] if self._reply.thinking else []
        config = self._request.body.get("thinking")
        if config is None or config["type"] == "disabled":
            return []
        blocks = improvised(self._request, self._ids, self._seed).blocks
        return [block for block in blocks if block["type"] in ("thinking", "redacted_thinking")]

    def _thinking(self, text: str) -> Block:
        tokens = text_tokens(text, self._request.model.tokenizer)
        return {"type": "thinking", "thinking": text, "signature": minted(self._seed, text, tokens)}

    def _call(self, call: Call) -> Block:
        made = tool_calls.named(self._request, Task(self._request), call.tool)
        return self._called(call.tool, call.input, made)

    def _called(self, name: str, given: Block | None, made: tool_calls.Call | None) -> Block:
        """A call with the input that is given, or else with that of the improvised call."""
        block: Block = {"type": "tool_use", "name": name, "input": given}
        if made is not None:
            toolset: Block = {} if made.toolset is None else {"toolset_name": made.toolset}
            block |= {"name": made.name, **toolset}
        if given is None:
            block["input"] = made.made() if made is not None else {}
        return self._whole(block)

    def _whole(self, block: Block) -> Block:
        """A block with what every block of its type has; the order is the recorded one."""
        kind = block["type"]
        if kind == "tool_use":
            first: Block = {"type": kind, "id": "", "name": "", "input": {}}
            found = {**first, **block, "caller": block.get("caller", {"type": "direct"})}
            return {**found, "id": block.get("id") or self._ids.next("toolu")}
        if kind == "server_tool_use" and "id" not in block:
            return {"type": kind, "id": self._ids.next("srvtoolu"), "input": {}, **block}
        if kind == "thinking" and "signature" not in block:
            return {**block, **self._thinking(block.get("thinking", ""))}
        if kind == COMPACTION:
            return self._summary(block)
        return dict(block)

    def _summary(self, block: Block) -> Block:
        """One that is asked for by `compaction` is signed; that of a threshold is not."""
        content = block.get("content")
        if "signature" in block or content is None or not self._request.body.get(COMPACTION):
            return dict(block)
        return {**block, "signature": minted_summary(self._seed, content)}

    def _written(self, blocks: list[Block]) -> Answer:
        """Count the tokens of the blocks; a text ends at a stop sequence and at max_tokens."""
        answer = Answer([])
        budget = int(self._request.body["max_tokens"])
        for block in blocks:
            left = budget - answer.output_tokens
            kept, cost, ending = self._fitted(block, left)
            if kept is not None:
                answer.blocks.append(kept)
            answer.output_tokens += cost
            if block["type"] == "thinking":
                answer.thinking_tokens += cost
            if ending is not None:
                answer.stop_reason, answer.stop_sequence = ending
                break
        answer.output_tokens = max(1, answer.output_tokens)
        return answer

    def _fitted(self, block: Block, left: int) -> tuple[Block | None, int, Ending | None]:
        if block["type"] != "text" or self._reply.force:
            return block, self._cost(block), None
        stops: Iterable[str] = self._request.body.get("stop_sequences") or ()
        text, stop = cut_at_stop(block["text"], stops)
        kept, cost = cut_to_tokens(text, left, self._generation) if left > 0 else ("", 0)
        ending: Ending | None = None if stop is None else ("stop_sequence", stop)
        if len(kept) < len(text):
            ending = "max_tokens", None
        return ({**block, "text": kept} if kept else None), cost, ending

    def _cost(self, block: Block) -> int:
        kind = block["type"]
        said = block.get(kind)
        if kind in ("text", "thinking") and isinstance(said, str):
            return text_tokens(said, self._generation)
        shown: Any = block.get("input", block)
        return CALL_TOKENS + text_tokens(orjson.dumps(shown).decode(), self._generation)

    def _ended(self, answer: Answer) -> Answer:
        reply = self._reply
        if any(block["type"] == "tool_use" for block in answer.blocks):
            answer.stop_reason = "tool_use"
        if reply.stop_sequence is not None:
            answer.stop_reason, answer.stop_sequence = "stop_sequence", reply.stop_sequence
        if reply.stop_reason is not None:
            answer.stop_reason = reply.stop_reason
        if reply.stop_reason == "max_tokens":  # recorded: such an answer costs the whole budget
            answer.output_tokens = int(self._request.body["max_tokens"])
        if answer.stop_reason == "refusal":
            answer.stop_details = {**REFUSAL, **(reply.stop_details or {})}
        return self._hidden(answer)

    def _hidden(self, answer: Answer) -> Answer:
        """Thinking that is not to be shown keeps its signature and its cost."""
        config: Block = self._request.body.get("thinking") or {}
        shown = config.get("display") or self._request.model.thinking_display
        if shown == "summarized" or self._reply.force:
            return answer
        hidden = self._thinking("")
        blocks = [hidden if block["type"] == "thinking" else block for block in answer.blocks]
        return replace(answer, blocks=blocks)
