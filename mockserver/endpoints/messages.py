"""POST /v1/messages and /v1/messages/count_tokens: the request's way from bytes to an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

import orjson
from starlette.types import Receive, Scope, Send

from mockserver import contract, intake, pacing, streaming
from mockserver.cachestore import CacheStore
from mockserver.catalogue import Catalogue, Model
from mockserver.clock import Clock
from mockserver.diagnostics import diagnosed
from mockserver.errors import ApiError, invalid
from mockserver.exchange import Exchange, named
from mockserver.faults import PLAIN
from mockserver.offered import Offered
from mockserver.promptcache import counted
from mockserver.rate_limits import RateLimitHeaders
from mockserver.replies.answer import Answer
from mockserver.replies.deciding import Decision, Scene, completed, decided
from mockserver.replies.message import message
from mockserver.replies.usage import UNCACHED
from mockserver.request import MARK, Request, is_object
from mockserver.rules import BETA_HEADER_MISSING, RULES, Judge
from mockserver.scripts.model import Pacing
from mockserver.settings import Settings
from mockserver.threads import Step, is_resumption, unsupported
from mockserver.tokens import prompt_tokens
from mockserver.tool_input import NOBODY, eager_tools
from mockserver.turns import BATCH_ITEM
from mockserver.wire import Block
from mockserver.workspace import Judging, Workspace

# Stands in where a thread goes on without a new message, which the schema can't know.
ANY_MESSAGES = [{"role": "user", "content": "-"}]
BREAKPOINTS = "cache.breakpoints"
SCHEMAS = {"messages": "create_message", "count_tokens": "count_tokens"}


class Reader:
    """Turns an exchange into a request that broke no rule, in the order that is part of the contract.

    Key, version, betas, content type, JSON, shape, model, rules: the first refusal wins.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._catalogue = Catalogue.load()
        rules = () if settings.is_only_shape else RULES.without(settings.allowed_rules)
        self._judge = Judge(rules)

    async def read(self, exchange: Exchange, endpoint: str) -> Request:
        """Read and judge the request. Raises ApiError."""
        caller = exchange.caller(self._settings)
        intake.check_content_type(exchange.headers)
        body = intake.json_value(await exchange.body(self._settings.max_message_bytes))
        judge = exchange.workspace.judge or self._judge
        offered = self._check_shape(body, endpoint, caller, judge)
        model = self._model(body, caller, exchange.workspace)
        thread = None
        if body.get("thread") is not None:
            thread, body = self._opened(body, caller, exchange.workspace)
            offered = None
        request = Request.read(
            body,
            model,
            offered,
            betas=caller.betas,
            version=caller.version,
            user_profile=caller.user_profile,
            seed=self._settings.seed,
            files=exchange.workspace.files,
            thread=thread,
        )
        if thread is None:
            judge.judge(request)
        else:
            _judge_thread(judge, request, thread)
        return request

    def read_item(self, params: Any, caller: intake.Caller, workspace: Workspace) -> Request:
        """Judge the params of a batch's item, as the same request alone would be. Raises ApiError."""
        judge = workspace.judge or self._judge
        self._check_shape(params, "messages", caller, judge)
        if params.get("thread") is not None:
            if not self._settings.example:
                raise invalid("thread: not supported in a message batch", rule="batch.parameter")
            params = _alone(params)
        request = Request.read(
            params,
            self._model(params, caller, workspace),
            betas=caller.betas,
            version=caller.version,
            seed=self._settings.seed,
            files=workspace.files,
        )
        roles = request.features.roles | {BATCH_ITEM}
        request = replace(request, features=request.features._replace(roles=roles))
        judge.judge(request)
        return request

    def _model(self, body: Any, caller: intake.Caller, workspace: Workspace) -> Model:
        if self._settings.example:
            return self._catalogue.example(body["model"])
        return self._catalogue.find(body["model"], caller.day or workspace.clock.today())

    def _opened(
        self, body: Any, caller: intake.Caller, workspace: Workspace
    ) -> tuple[Step | None, Any]:
        try:
            step = workspace.threads.opened(body, caller.betas)
        except ApiError:
            if not self._settings.example:
                raise
            return None, _alone(body)
        return step, step.body

    def _check_shape(
        self, body: Any, endpoint: str, caller: intake.Caller, judge: Judging
    ) -> Offered | None:
        """Raise the 400 for a fault; give the tools, which were looked at for it."""
        if is_resumption(body):
            body = {**body, "messages": ANY_MESSAGES}
        name, version = SCHEMAS[endpoint], caller.version
        betas = caller.betas if judge.has(BETA_HEADER_MISSING) else None
        validator = contract.validator(name, version, betas)
        offered = _offered(body)
        # Of the time that this takes, half and more goes to tools: the same ones are not looked at again.
        is_known = offered is not None and offered.is_right_for(validator)
        fault = validator.fault(_without_tools(body) if is_known else body)
        if fault is not None:
            anyhow = contract.validator(name, version, None).fault(body)
            is_wrong = anyhow is not None and anyhow.path == fault.path
            raise invalid(str(fault), rule="shape" if is_wrong else BETA_HEADER_MISSING)
        if offered is not None and not is_known:
            offered.found_right(validator)
        return offered


def _offered(body: Any) -> Offered | None:
    tools = body.get("tools") if is_object(body) else None
    return (
        Offered(cast("list[dict[str, Any]]", tools)) if isinstance(tools, list) and tools else None
    )


def _without_tools(body: dict[str, Any]) -> dict[str, Any]:
    rest = body.copy()
    del rest["tools"]
    return rest


def _alone(body: Any) -> Any:
    """A body of a thread as if nothing had been before it."""
    return {**body, "thread": None, "messages": body["messages"] or ANY_MESSAGES}


def _judge_thread(judge: Judging, request: Request, thread: Step) -> None:
    try:
        judge.judge(request)
    except ApiError as error:
        thread.release()
        if error.rule == BREAKPOINTS:
            raise unsupported(error.message, "cache_control") from error
        raise


def accounted(
    request: Request, answer: Answer, message_id: str, store: CacheStore
) -> dict[str, Any]:
    """The message of an answer, with what its prompt costs and what the cache has of it."""
    tokens = prompt_tokens(request)
    keys = request.features.keys
    return message(
        request,
        answer,
        message_id,
        tokens,
        cached=counted(request, tokens, store) if MARK in keys else UNCACHED,
        diagnostics=(
            diagnosed(request, tokens, message_id, store) if "diagnostics" in keys else None
        ),
    )


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
        try:
            await self._answer(exchange, request)
        finally:
            if request.thread is not None:
                request.thread.release()

    async def _answer(self, exchange: Exchange, request: Request) -> None:
        ids = exchange.workspace.ids
        quotas = exchange.workspace.quotas
        if quotas is not None:
            quotas.admit(request.model.id, prompt_tokens(request))
        message_id = ids.next("msg")
        scene = Scene(
            exchange.workspace.book, ids, self._seed, exchange.headers, exchange.raw_headers
        )
        decision = decided(request, scene)
        whole = accounted(request, decision.answer, message_id, exchange.workspace.cache)
        if quotas is not None:
            quotas.use(whole["usage"])
        limits = self._rate_limits.now() if quotas is None else quotas.headers()
        exchange.script, exchange.missed = decision.script, decision.missed
        if decision.script is not None:
            completed(whole, decision, exchange.caller(self._settings))
            limits = named(limits, decision.script)
        if decision.fault is not None or decision.wire is not PLAIN:
            _keep(request, whole)
            await self._disturbed(exchange, request, whole, decision, limits)
            return
        slow = self._pacing if decision.pacing is None else decision.pacing
        if slow is not None and pacing.is_slow(slow):
            await self._answer_slowly(exchange, request, whole, limits, slow)
            return
        _keep(request, whole)
        if request.body.get("stream"):
            await exchange.stream(self._framed(exchange, request, whole), limits)
        else:
            await exchange.respond_json(200, whole, limits)

    def _framed(self, exchange: Exchange, request: Request, whole: dict[str, Any]) -> bytes:
        # The journal's, far smaller than the frames; a copy, because the encoder's own holds too much memory.
        exchange.answer = memoryview(orjson.dumps(whole)).tobytes()
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
        body = self._framed(exchange, request, whole) if is_stream else orjson.dumps(whole)
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
        tokens = whole["usage"]["output_tokens"]
        seed = pacing.seed_of(self._seed, whole["id"])
        if request.body.get("stream"):
            dues = pacing.schedule(self._framed(exchange, request, whole), tokens, slow, seed)
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
        await exchange.respond_json(200, {"input_tokens": prompt_tokens(request)})
