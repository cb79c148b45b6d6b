"""POST /v1/messages and /v1/messages/count_tokens: what is answered to a request that broke no rule."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Any

import orjson
from starlette.types import Receive, Scope, Send

from mockserver import pacing, streaming
from mockserver.blocks import Block
from mockserver.clearing import shown_tokens
from mockserver.clock import Clock
from mockserver.endpoints.accounting import accounted
from mockserver.endpoints.chain import Chain, goes_on
from mockserver.endpoints.reading import Reader
from mockserver.errors import ApiError, invalid
from mockserver.exchange import JSON_TYPE, Exchange, named
from mockserver.fallback_credit import settle
from mockserver.faults import PLAIN
from mockserver.rate_limits import RateLimitHeaders
from mockserver.replies.deciding import Decision, Scene, chosen, completed, followed
from mockserver.replies.falling import Hop
from mockserver.replies.improvise import improvised
from mockserver.request import Request
from mockserver.rounds import turn
from mockserver.scripts.book import Choice
from mockserver.scripts.model import Pacing
from mockserver.settings import Settings
from mockserver.tokens import prompt_tokens
from mockserver.tool_input import NOBODY, eager_tools


def _keep(request: Request, whole: dict[str, Any]) -> None:
    """Hold a thread's conversation, before the client can know the id to go on from."""
    if request.thread is not None:
        request.thread.keep(whole)


class Messages:
    """POST /v1/messages."""

    def __init__(self, reader: Reader, settings: Settings, clock: Clock) -> None:
        self._reader = reader
        self._settings = settings
        self._seed = settings.seed
        self._pacing = pacing.pacing_of(settings)
        self._rate_limits = RateLimitHeaders(clock)

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        exchange: Exchange = scope["exchange"]
        request = await self._reader.read(exchange, "messages")
        if request.thread is None:
            if exchange.has_company:
                await turn()
            await self._answered(exchange, request)
            return
        try:
            await self._answered(exchange, request)
        finally:
            request.thread.release()

    def _answered(self, exchange: Exchange, request: Request) -> Awaitable[None]:
        """Make the answer; what is awaited sends it."""
        workspace = exchange.workspace
        quotas = workspace.quotas
        if quotas is not None:
            quotas.admit(request.model.id, shown_tokens(request))
        message_id = workspace.ids.next("msg")
        choice = chosen(request, workspace.book, exchange.headers, exchange.raw_headers)
        decision = None
        if isinstance(choice, Choice):
            scene = Scene(workspace.book, workspace.ids, self._seed)
            decision = followed(request, choice, scene)
            answer = decision.answer
            exchange.script = decision.script
        else:
            answer = improvised(request, workspace.ids, self._seed)
            exchange.missed = choice
        whole = accounted(request, answer, message_id, workspace.cache)
        if request.credit is not None:
            settle(whole["usage"], request.credit)
        if quotas is not None:
            quotas.use(whole["usage"])
        if answer.stop_reason == "refusal" and goes_on(request):
            chain = Chain(exchange, self._seed, message_id)
            whole, decision = chain.asked_on(Hop(request, answer, whole), decision, choice)
        limits = self._rate_limits.now() if quotas is None else quotas.headers()
        if decision is not None:
            return self._sent_by_script(exchange, request, whole, decision, limits)
        if self._pacing is not None:
            return self._answer_slowly(exchange, request, whole, limits, self._pacing)
        return self._sent(exchange, request, whole, limits)

    def _sent(
        self, exchange: Exchange, request: Request, whole: dict[str, Any], limits: Block
    ) -> Awaitable[None]:
        _keep(request, whole)
        if request.body.get("stream"):
            # The journal's is far smaller than the frames.
            return exchange.stream(
                orjson.dumps(whole), lambda: self._framed(request, whole), limits
            )
        return exchange.respond(200, orjson.dumps(whole), JSON_TYPE, limits)

    def _sent_by_script(
        self,
        exchange: Exchange,
        request: Request,
        whole: dict[str, Any],
        decision: Decision,
        limits: Block,
    ) -> Awaitable[None]:
        completed(whole, decision, exchange.caller(self._settings))
        if decision.force and request.body.get("stream"):
            self._check_framed(request, whole, decision)
        limits = named(limits, decision.script)
        slow = self._pacing if decision.pacing is None else decision.pacing
        if decision.fault is not None or decision.wire is not PLAIN:
            _keep(request, whole)
            return self._disturbed(exchange, request, whole, decision, limits)
        if slow is not None and pacing.is_slow(slow):
            return self._answer_slowly(exchange, request, whole, limits, slow)
        return self._sent(exchange, request, whole, limits)

    def _check_framed(self, request: Request, whole: dict[str, Any], decision: Decision) -> None:
        """Raise the 400 for a forced answer of which no events can be made, before its stream begins."""
        try:
            self._framed(request, whole)
        except (AttributeError, KeyError, TypeError) as fault:
            error = invalid(
                "The scripted reply can't be cut into events: a block or a count lacks what its type has "
                f"({type(fault).__name__}: {fault}). Correct the script, or ask without `stream`."
            )
            error.script = decision.script
            raise error from fault

    def _framed(self, request: Request, whole: dict[str, Any]) -> bytes:
        eager = eager_tools(request) if request.tools else NOBODY
        return streaming.framed(whole, self._seed, eager)

    async def _disturbed(
        self,
        exchange: Exchange,
        request: Request,
        whole: dict[str, Any],
        decision: Decision,
        limits: Block,
    ) -> None:
        # Imported on use: most servers never let anything go wrong.
        from mockserver.breaking import Disturbed  # noqa: PLC0415 # on use

        is_stream = bool(request.body.get("stream"))
        exchange.answer = orjson.dumps(whole)
        body = self._framed(request, whole) if is_stream else exchange.answer
        try:
            response = Disturbed(exchange, decision.fault, decision.wire, body, is_stream=is_stream)
        except ApiError as error:
            error.script = decision.script
            raise
        await response.send(limits)

    async def _answer_slowly(
        self,
        exchange: Exchange,
        request: Request,
        whole: dict[str, Any],
        limits: Block,
        slow: Pacing,
    ) -> None:
        counted = whole["usage"]["output_tokens"]
        tokens = counted if isinstance(counted, int) else 0  # a script can force anything
        seed = pacing.seed_of(self._seed, whole["id"])
        if request.body.get("stream"):
            dues = pacing.schedule(self._framed(request, whole), tokens, slow, seed)
            # It is held for as long as the stream takes, and the encoder's own holds too much memory.
            exchange.answer = memoryview(orjson.dumps(whole)).tobytes()
            await pacing.stream(exchange, dues, limits, lambda: _keep(request, whole))
        else:
            await pacing.hold(exchange, tokens, slow, seed)
            _keep(request, whole)
            await exchange.respond_json(200, whole, limits)


class CountTokens:
    """POST /v1/messages/count_tokens. No rate-limit headers here (recorded)."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    async def __call__(self, scope: Scope, _receive: Receive, _send: Send) -> None:
        exchange: Exchange = scope["exchange"]
        request = await self._reader.read(exchange, "count_tokens")
        counted: dict[str, Any] = {"input_tokens": shown_tokens(request)}
        if request.body.get("context_management"):  # docs: Context editing
            counted["context_management"] = {"original_input_tokens": prompt_tokens(request)}
        await exchange.respond_json(200, counted)
