"""Who answers: an in-band script, the queue, an entry of a script, or nobody, and then the answer is improvised."""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any, NamedTuple

from mockserver import contract
from mockserver.errors import ApiError, invalid
from mockserver.faults import PLAIN, Fault, Wire
from mockserver.ids import Ids
from mockserver.intake import Caller
from mockserver.replies import possible
from mockserver.replies.answer import Answer
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
    script: str
    usage: Mapping[str, Any] = NOTHING
    pacing: Pacing | None = None
    fault: Fault | None = None
    wire: Wire = PLAIN
    force: bool = False


class Scene(NamedTuple):
    """What a scripted answer is made in: its workspace's script and ids."""

    book: Book
    ids: Ids
    seed: int


def chosen(
    request: Request,
    book: Book,
    headers: Mapping[str, str] = NO_HEADERS,
    raw_headers: RawHeaders = (),
) -> Choice | Miss | None:
    """The scripted reply to a request, or the entry that came nearest. Raises ApiError for a script that is none."""
    try:
        entry = inband.in_headers(headers) or _marked(request)
    except ScriptError as error:
        raise invalid(f"The script in the request can't be followed: {error}") from error
    if entry is not None and not _is_over(entry, request):
        return Choice(entry, 0)
    return None if book.is_empty else book.choose(Asked(request, raw_headers))


def chosen_next(
    request: Request, book: Book, raw_headers: RawHeaders, given: Container[Choice | Miss | None]
) -> Choice | None:
    """The scripted reply of a fallback model; `given` are those of the models before it.

    What a request has of a script in itself is for the model that it asks, and a reply is not given twice to one
    request: an entry with one refusal is refused once, and then improvised.
    """
    found = None if book.is_empty else book.choose(Asked(request, raw_headers))
    return found if isinstance(found, Choice) and found not in given else None


def _is_over(entry: Entry, request: Request) -> bool:
    """Whether a refusal that a request asks for was made: its retry must be the same, and is to be answered (policy)."""
    return request.credit is not None and entry.replies[0].stop_reason == "refusal"


def _marked(request: Request) -> Entry | None:
    turn = request.turns[-1]
    if turn.role != "user":
        return None
    for block in turn.blocks:
        if block["type"] == "text" and inband.MARK in block["text"]:
            return inband.in_text(block["text"])
    return None


def followed(request: Request, choice: Choice, scene: Scene) -> Decision:
    """The answer that a reply says. Raises ApiError where it says so, or says what can't be sent."""
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
