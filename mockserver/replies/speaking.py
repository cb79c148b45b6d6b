"""What an answer says in text: the turn, the user's words, results and pictures; or one of the offered letters.

It names the turn and quotes the last user text, so that a test can make any text appear in an answer.
"""

from __future__ import annotations

import re
from operator import attrgetter

from mockserver.request import Block, Placed, Request, Turn

# A letter in parentheses or before a closing one, a dot or a colon: "A) 1 B) 2", "(C) red"
_CHOICE = re.compile(r"(?<![A-Za-z])([A-Z])[).:]\s")
_role = attrgetter("role")
_OPEN_ENDED = ("(", "[", "{", '"', "'", "“", "`", "/", "-")


def spoken(request: Request) -> str:
    """The text of an answer that is only text."""
    question, prefill = _last(request, "user"), request.prefill
    words = _words(question)
    text = _choice(words) if request.body["max_tokens"] <= 1 else None
    text = text or _quote(request, question, words, is_continued=prefill is not None)
    if prefill is None or prefill.endswith(_OPEN_ENDED):
        return text
    return " " + text  # recorded: a continuation brings its own space


def _last(request: Request, role: str) -> Turn | None:
    for turn in reversed(request.turns):
        if turn.role == role:
            return turn
    return None


def _words(turn: Turn | None) -> str:
    blocks = turn.blocks if turn else []
    return "\n".join([block["text"] for block in blocks if block["type"] == "text"])


def _choice(words: str) -> str | None:
    """One of the offered letters."""
    letters = _CHOICE.findall(words)
    # There is more to say than the letter, so that the token limit ends the answer (docs: Using the Messages API).
    return f"{letters[len(words) % len(letters)]} is the answer" if len(letters) > 1 else None


def _quote(request: Request, question: Turn | None, words: str, *, is_continued: bool) -> str:
    number = list(map(_role, request.turns)).count("assistant") + (not is_continued)
    text = f"This is turn {number} of a mock conversation."
    if words:
        text += f" You said: {words}"
    blocks = request.features.blocks
    if question is not None and "tool_result" in blocks:
        text = " ".join([text, *_results(question)])
    if "image" in blocks:
        text += f" I see {_pictures(request)}."
    return text


def _results(question: Turn) -> list[str]:
    results = (block for block in question.blocks if block["type"] == "tool_result")
    return [f"The tool returned: {result_text(block)}" for block in results]


def result_text(block: Block) -> str:
    """What a tool's result says, in words."""
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
