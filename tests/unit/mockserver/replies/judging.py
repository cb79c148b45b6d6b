"""Improvised answers as the client gets them, judged by the oracle as JSON and as a stream."""

from __future__ import annotations

from typing import Any

from contracts.oracle import check_message, check_stream
from mockserver.ids import Ids
from mockserver.replies.answer import Answer
from mockserver.replies.improvise import improvised
from mockserver.replies.message import message
from mockserver.streaming import framed
from mockserver.tokens import prompt_tokens
from tests.unit.mockserver.bodies import body, conversation, read

VERSION = "2026-10-21"


def judged(
    *turns: tuple[str, Any], model: str = "claude-haiku-4-5", betas: Any = (), **more: Any
) -> Answer:
    """The answer to a conversation, in which the oracle found nothing wrong."""
    changes = {"max_tokens": 1024, **more}
    request = read(
        body(model, messages=conversation(*turns), **changes), betas=frozenset(betas), seed=0
    )
    answer = improvised(request, Ids(0, "key"), 0)
    assert improvised(request, Ids(0, "key"), 0) == answer
    assert answer.output_tokens <= changes["max_tokens"]
    whole = message(request, answer, Ids(1, "key").next("msg"), prompt_tokens(request))
    is_beta = bool(betas)
    for namespace in ("beta",) if is_beta else ("stable", "beta"):
        assert check_message(whole, VERSION, namespace) == []
        assert check_stream(framed(whole, 0), VERSION, namespace) == []
    return answer


def kinds(answer: Answer) -> list[str]:
    return [block["type"] + "*" * ("citations" in block) for block in answer.blocks]
