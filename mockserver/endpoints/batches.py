"""/v1/messages/batches: create, retrieve, list, cancel, delete, results."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any

from starlette.routing import BaseRoute, Route

from mockserver import intake
from mockserver.batch import Batch
from mockserver.batch_bodies import split
from mockserver.batches import Answerer, Result
from mockserver.blocks import block
from mockserver.endpoints.accounting import accounted
from mockserver.endpoints.endpoint import Call, Endpoint, Handler
from mockserver.endpoints.paging import page_by_id
from mockserver.endpoints.reading import Reader
from mockserver.errors import ApiError
from mockserver.ids import Ids
from mockserver.intake import Caller
from mockserver.replies.deciding import Scene, chosen, completed, followed
from mockserver.replies.improvise import improvised
from mockserver.scripts.book import Choice
from mockserver.settings import Settings
from mockserver.workspace import Workspace

log = logging.getLogger("mockserver")
PATH = "/v1/messages/batches"
# recorded: the type of results
LINES = block([(b"content-type", b"application/x-jsonl")])


def routes(reader: Reader, settings: Settings) -> Iterable[BaseRoute]:
    """The routes of this module."""
    batches = MessageBatches(reader, settings)
    table: tuple[tuple[str, str, Handler], ...] = (
        ("POST", "", batches.create),
        ("GET", "", batches.listed),
        ("GET", "/{id}", batches.retrieved),
        ("DELETE", "/{id}", deleted),
        ("POST", "/{id}/cancel", canceled),
        ("GET", "/{id}/results", results),
    )
    return [
        Route(PATH + path, Endpoint(handler, settings), methods=[method])
        for method, path, handler in table
    ]


class Answers:
    """What becomes of a batch's items: the same rules and the same replies as for single requests."""

    def __init__(self, reader: Reader, settings: Settings) -> None:
        self._reader = reader
        self._seed = settings.seed

    def of(self, workspace: Workspace) -> Answerer:
        """The answers of a workspace."""

        def answer(batch: Batch, position: int, params: Any) -> Result:
            # Ids of the item's own: a batch that starts anew after a crash gives the same results.
            ids = Ids(self._seed, batch.id, str(position))
            try:
                return self._succeeded(_caller(batch), workspace, params, ids)
            except ApiError as error:
                return _errored(error, ids)
            except Exception:
                # One item on which the server fails must not keep the others from their results.
                log.exception("the server failed on item %d of %s", position, batch.id)
                return _errored(ApiError(500, "Internal server error"), ids)

        return answer

    def _succeeded(self, caller: Caller, workspace: Workspace, params: Any, ids: Ids) -> Result:
        request = self._reader.read_item(params, caller, workspace)
        choice = chosen(request, workspace.book)
        decision = None
        if isinstance(choice, Choice):
            decision = followed(request, choice, Scene(workspace.book, ids, self._seed))
        answer = improvised(request, ids, self._seed) if decision is None else decision.answer
        whole = accounted(request, answer, ids.next("msg"), workspace.cache)
        if decision is not None:
            completed(whole, decision, caller)
        whole["usage"]["service_tier"] = "batch"  # recorded
        return {"type": "succeeded", "message": whole}


def _errored(error: ApiError, ids: Ids) -> Result:
    # reported 2025-02-12: anthropics/anthropic-sdk-typescript#682: details come first
    shown = {"details": error.details, "type": error.type, "message": error.message}
    envelope = {"type": "error", "error": shown, "request_id": ids.next("req")}
    return {"type": "errored", "error": envelope}


def _context(caller: Caller) -> dict[str, Any]:
    day = caller.day and caller.day.isoformat()
    return {"version": caller.version, "betas": sorted(caller.betas), "day": day}


def _caller(batch: Batch) -> Caller:
    context = batch.document["context"]
    day = context["day"] and dt.date.fromisoformat(context["day"])
    return Caller("", context["version"], frozenset(context["betas"]), day)


class MessageBatches:
    """The handlers that need more than the call."""

    def __init__(self, reader: Reader, settings: Settings) -> None:
        self._answers = Answers(reader, settings)
        self._most_bytes = settings.max_batch_bytes
        self._is_example = settings.example

    async def create(self, call: Call) -> None:
        """POST /v1/messages/batches."""
        intake.check_content_type(call.exchange.headers)
        body = bytearray()
        async for chunk in call.exchange.chunks(self._most_bytes):
            body += chunk
        batches = call.workspace.batches
        with batches.store.draft() as items:
            total = await split(body, call.caller.version, self._betas(call), items)
            del body
            batch = await batches.add(items, total, _context(call.caller))
        await _respond(call, batch)

    def _betas(self, call: Call) -> frozenset[str] | None:
        return None if self._is_example else call.caller.betas

    async def retrieved(self, call: Call) -> None:
        """GET /v1/messages/batches/{id}: a poll."""
        answer = self._answers.of(call.workspace)
        await _respond(call, await call.workspace.batches.polled(call.id, answer))

    async def listed(self, call: Call) -> None:
        """GET /v1/messages/batches: a poll of all that are on the page."""
        batches, answer = call.workspace.batches, self._answers.of(call.workspace)
        page = page_by_id(batches.listed(), call.query, lambda b: b.id, lambda b: {"id": b.id})
        polled = [await batches.polled(shown["id"], answer) for shown in page["data"]]
        data = [batches.shown(batch, call.base_url) for batch in polled]
        await call.exchange.respond_json(200, {**page, "data": data})


async def _respond(call: Call, batch: Batch) -> None:
    await call.exchange.respond_json(200, call.workspace.batches.shown(batch, call.base_url))


async def canceled(call: Call) -> None:
    """POST /v1/messages/batches/{id}/cancel."""
    await _respond(call, await call.workspace.batches.cancel(call.id))


async def deleted(call: Call) -> None:
    """DELETE /v1/messages/batches/{id}."""
    await call.workspace.batches.remove(call.id)
    await call.exchange.respond_json(200, {"id": call.id, "type": "message_batch_deleted"})


async def results(call: Call) -> None:
    """GET /v1/messages/batches/{id}/results."""
    content = call.workspace.batches.results(call.id)
    await call.exchange.download(content.open(), content.size, LINES)
