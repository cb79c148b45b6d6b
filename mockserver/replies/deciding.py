"""Who answers: an in-band script, the queue, an entry of a script, or nobody, and then the answer is improvised."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from mockserver import contract
from mockserver.errors import ApiError, invalid
from mockserver.faults import PLAIN, Fault, Wire
from mockserver.ids import Ids
from mockserver.intake import Caller
from mockserver.replies import possible
from mockserver.replies.answer import Answer
from mockserver.replies.improvise import improvised
from mockserver.replies.scripted import failure, scripted
from mockserver.request import Request
from mockserver.scripts import inband
from mockserver.scripts.book import Book, Choice, Miss
from mockserver.scripts.matching import Asked, RawHeaders
from mockserver.scripts.model import NOTHING, Entry, Pacing, ScriptError

NO_HEADERS: dict[str, str] = {}


class Decision(NamedTuple):
    """An answer and what a script says about it. `script` names the entry that answered."""

    answer: Answer
    script: str | None = None
    usage: Mapping[str, Any] = NOTHING
    pacing: Pacing | None = None
    fault: Fault | None = None
    wire: Wire = PLAIN
    force: bool = False
    missed: Miss | None = None


class Scene(NamedTuple):
    """What a request is answered with: its workspace's script and ids, and the headers that it came with."""

    book: Book
    ids: Ids
    seed: int
    headers: Mapping[str, str] = NO_HEADERS
    raw_headers: RawHeaders = ()


def decided(request: Request, scene: Scene) -> Decision:
    """Answer a request. Raises ApiError where a script says so, or says what can't be sent."""
    choice: Choice | Miss | None = _in_band(request, scene)
    if choice is None and not scene.book.is_empty:
        choice = scene.book.choose(Asked(request, scene.raw_headers))
    if not isinstance(choice, Choice):
        return Decision(improvised(request, scene.ids, scene.seed), missed=choice)
    return _scripted(request, choice, scene)


def _in_band(request: Request, scene: Scene) -> Choice | None:
    try:
        entry = inband.in_headers(scene.headers) or _marked(request)
    except ScriptError as error:
        raise invalid(f"The script in the request can't be followed: {error}") from error
    return None if entry is None else Choice(entry, 0)


def _marked(request: Request) -> Entry | None:
    turn = request.turns[-1]
    if turn.role != "user":
        return None
    for block in turn.blocks:
        if block["type"] == "text" and inband.MARK in block["text"]:
            return inband.in_text(block["text"])
    return None


def _scripted(request: Request, choice: Choice, scene: Scene) -> Decision:
    reply = choice.reply
    try:
        if reply.error is not None:
            raise failure(reply.error)
        answer = scripted(request, reply, scene.ids, scene.seed)
    except ApiError as error:
        error.script = choice.entry.id
        raise
    scene.book.follow(choice, answer.blocks)
    return Decision(
        answer,
        choice.entry.id,
        reply.usage,
        reply.pacing,
        reply.fault,
        reply.wire,
        reply.force,
    )


def completed(whole: dict[str, Any], decision: Decision, caller: Caller) -> None:
    """Put a script's usage into its message. Raises the 400 for a message that is none under this version."""
    whole["usage"].update(decision.usage)
    if decision.force:
        return
    validator = contract.answer_validator("message", caller.version, is_beta=bool(caller.betas))
    fault = validator.fault(whole)
    if fault is not None:
        error = invalid(f"The scripted reply can't be sent: {fault}. {possible.FORCE}")
        error.script = decision.script
        raise error
