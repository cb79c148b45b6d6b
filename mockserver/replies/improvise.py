"""The answer to a request that nobody scripted: deterministic, and useful to look at.

It names the turn and quotes the last user text, so that a test can make any text appear in an answer.
"""

from __future__ import annotations

import re

import orjson

from mockserver.ids import Ids
from mockserver.replies.answer import Answer, Block
from mockserver.replies.cutting import cut_at_stop, cut_to_tokens
from mockserver.replies.samples import sample
from mockserver.request import Placed, Request, Turn
from mockserver.signing import minted
from mockserver.tokens import text_tokens

# A letter in parentheses or before a closing one, a dot or a colon: "A) 1 B) 2", "(C) red"
_CHOICE = re.compile(r"(?<![A-Za-z])([A-Z])[).:]\s")
_OPEN_ENDED = ("(", "[", "{", '"', "'", "“", "`", "/", "-")
THOUGHT = "The user wants an answer to the last turn of this conversation."


def improvised(request: Request, ids: Ids, seed: int) -> Answer:
    """Answer a request without a script."""
    answer = Answer([])
    budget = int(request.body["max_tokens"])
    if budget == 0:
        answer.stop_reason = "max_tokens"
        return answer
    _think(request, answer, seed, budget)
    if answer.stop_reason == "max_tokens":
        return answer
    tool = _forced_tool(request)
    if tool is not None:
        _call(request, answer, ids, tool)
    else:
        _speak(request, answer, budget - answer.output_tokens)
    return answer


def _forced_tool(request: Request) -> Block | None:
    """The tool that must be called: the named one, or the first that a client runs, or the first with a name.

    Toolsets have no name of their own; nothing but a toolset to choose from is answered in text (policy).
    """
    if "tool_choice" not in request.body or request.tool_choice not in ("any", "tool"):
        return None
    choice = request.body["tool_choice"].get("name")
    named = [tool for tool in request.tools if "name" in tool and choice in (None, tool["name"])]
    return next((tool for tool in named if "input_schema" in tool), next(iter(named), None))


def _think(request: Request, answer: Answer, seed: int, budget: int) -> None:
    """Thinking that was asked for comes first; models that may think unasked do not, so that answers stay short."""
    config = request.body.get("thinking")
    if config is None:
        return
    forced = request.tool_choice in ("any", "tool")
    if config["type"] not in ("enabled", "adaptive") or forced:
        return
    cost = text_tokens(THOUGHT, request.model.tokenizer)
    if cost >= budget:
        answer.stop_reason, cost = "max_tokens", budget
    shown = config.get("display") or request.model.thinking_display
    text = THOUGHT if shown == "summarized" else ""
    answer.blocks.append({"type": "thinking", "thinking": text, "signature": minted(seed, text)})
    answer.thinking_tokens = answer.output_tokens = cost


def _call(request: Request, answer: Answer, ids: Ids, tool: Block) -> None:
    answer.blocks.append(
        {
            "type": "tool_use",
            "id": ids.next("toolu"),
            "name": tool["name"],
            "input": sample(tool.get("input_schema") or {"type": "object"}),
            "caller": {"type": "direct"},
        }
    )
    answer.stop_reason = "tool_use"
    answer.output_tokens += _call_tokens(answer.blocks[-1], request)
    answer.output_tokens = min(answer.output_tokens, int(request.body["max_tokens"]))


def _call_tokens(block: Block, request: Request) -> int:
    return 12 + text_tokens(orjson.dumps(block["input"]).decode(), request.model.tokenizer)


def _speak(request: Request, answer: Answer, budget: int) -> None:
    text, answer.stop_sequence = cut_at_stop(
        _text(request), request.body.get("stop_sequences") or ()
    )
    if answer.stop_sequence is not None:
        answer.stop_reason = "stop_sequence"
    kept, cost = cut_to_tokens(text, budget, request.model.tokenizer)
    if len(kept) < len(text):
        answer.stop_reason, answer.stop_sequence = "max_tokens", None
    # recorded: an answer of nothing has no block, and still takes a token or two
    answer.output_tokens += max(1, cost)
    if kept:
        answer.blocks.append({"type": "text", "text": kept})


def _text(request: Request) -> str:
    schema = request.output_format
    if schema is not None:
        return orjson.dumps(sample(schema["schema"])).decode()
    question = _last(request, "user")
    spoken = _choice(request, question) or _quote(request, question)
    if request.prefill is None or request.prefill.endswith(_OPEN_ENDED):
        return spoken
    return " " + spoken  # recorded: a continuation brings its own space


def _last(request: Request, role: str) -> Turn | None:
    for turn in reversed(request.turns):
        if turn.role == role:
            return turn
    return None


def _words(turn: Turn | None) -> str:
    blocks = turn.blocks if turn else []
    return "\n".join([block["text"] for block in blocks if block["type"] == "text"])


def _choice(request: Request, question: Turn | None) -> str | None:
    """One of the offered letters, when there is only room for a letter."""
    if request.body["max_tokens"] > 1:
        return None
    words = _words(question)
    letters = _CHOICE.findall(words)
    # There is more to say than the letter, so that the token limit ends the answer (docs: Using the Messages API).
    return f"{letters[len(words) % len(letters)]} is the answer" if len(letters) > 1 else None


def _quote(request: Request, question: Turn | None) -> str:
    roles = [turn.role for turn in request.turns]
    number = roles.count("assistant") + (request.prefill is None)
    parts = [f"This is turn {number} of a mock conversation."]
    words = _words(question)
    if words:
        parts.append(f"You said: {words}")
    if question is not None and "tool_result" in request.features.blocks:
        parts += _results(question)
    if "image" in request.features.blocks:
        parts.append(f"I see {_pictures(request)}.")
    return " ".join(parts)


def _results(question: Turn) -> list[str]:
    results = (block for block in question.blocks if block["type"] == "tool_result")
    return [f"The tool returned: {_result_text(block)}" for block in results]


def _result_text(block: Block) -> str:
    content = block.get("content") or "nothing"
    if isinstance(content, str):
        return content
    return "\n".join(inner["text"] for inner in content if inner["type"] == "text")


def _pictures(request: Request) -> str:
    names = [_picture_name(request, place) for place in request.images]
    return f"{len(names)} image{'s' if len(names) > 1 else ''}: {', '.join(names)}"


def _picture_name(request: Request, place: Placed) -> str:
    picture = request.picture(place.block)
    if picture is None:
        return "one behind a URL"
    return f"{picture.media_type} of {picture.width}x{picture.height}"
