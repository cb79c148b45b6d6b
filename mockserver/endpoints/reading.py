"""A request's way from bytes to a `Request` that broke no rule, in the order that is part of the contract."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, cast

from mockserver import contract, fallbacks, intake
from mockserver.catalogue import Catalogue, Model
from mockserver.errors import ApiError, invalid
from mockserver.exchange import Exchange
from mockserver.fallback_credit import RULE as CREDIT
from mockserver.fallback_credit import redeemed
from mockserver.offered import Offered
from mockserver.request import Request, is_object
from mockserver.rules import BETA_HEADER_MISSING, FALLBACK_INCOMPATIBLE, RULES, Judge
from mockserver.rules.conversation import NO_PREFILL, PREFILL, lacks_prefill
from mockserver.settings import Settings
from mockserver.threads import Step, is_resumption, unsupported
from mockserver.turns import BATCH_ITEM
from mockserver.workspace import Judging, Workspace

# Stands in where a thread goes on without a new message, which the schema can't know.
ANY_MESSAGES = [{"role": "user", "content": "-"}]
# Bodies without these are judged by their schema alone.
SPECIAL = frozenset(("tools", "thread"))
FALLING = frozenset(("fallback_credit_token", "fallbacks"))
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
        limit = self._settings.max_message_bytes
        raw = exchange.whole_body(limit)
        if raw is None:
            raw = await exchange.body(limit)
        intake.check_values(raw)
        return self._judged(intake.json_value(raw), caller, exchange, endpoint)

    def _judged(
        self, body: Any, caller: intake.Caller, exchange: Exchange, endpoint: str
    ) -> Request:
        judge = exchange.workspace.judge or self._judge
        offered = self._check_shape(body, endpoint, caller, judge)
        day = _day(caller, exchange.workspace)
        model = self._model(body, day)
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
            skills=exchange.workspace.skills,
        )
        request.day = day
        if thread is None:
            judge.judge(request)
        else:
            _judge_thread(judge, request, thread)
        if not FALLING.isdisjoint(request.features.keys):
            _fall(request, judge, exchange.workspace)
        return request

    def read_item(self, params: Any, caller: intake.Caller, workspace: Workspace) -> Request:
        """Judge the params of a batch's item, as the same request alone would be. Raises ApiError."""
        judge = workspace.judge or self._judge
        self._check_shape(params, "messages", caller, judge)
        if params.get("thread") is not None:
            if not self._settings.example:
                raise invalid("thread: not supported in a message batch", rule="batch.parameter")
            params = _alone(params)
        day = _day(caller, workspace)
        request = Request.read(
            params,
            self._model(params, day),
            betas=caller.betas,
            version=caller.version,
            seed=self._settings.seed,
            files=workspace.files,
            skills=workspace.skills,
        )
        roles = request.features.roles | {BATCH_ITEM}
        request = replace(request, features=request.features._replace(roles=roles), day=day)
        judge.judge(request)
        return request

    def _model(self, body: Any, day: dt.date) -> Model:
        if self._settings.example:
            return self._catalogue.example(body["model"])
        return self._catalogue.find(body["model"], day)

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
        name, version = SCHEMAS[endpoint], caller.version
        betas = caller.betas if judge.has(BETA_HEADER_MISSING) else None
        validator = contract.validator(name, version, betas)
        if is_object(body) and SPECIAL.isdisjoint(body) and validator.is_right(body):
            return None
        if is_resumption(body):
            body = {**body, "messages": ANY_MESSAGES}
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


def _day(caller: intake.Caller, workspace: Workspace) -> dt.date:
    return caller.day or workspace.clock.today()


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


def _fall(request: Request, judge: Judging, workspace: Workspace) -> None:
    """Look at what came of another model's refusal, and at what may come of this one's. Raises the 400s of both."""
    try:
        if request.body.get("fallback_credit_token") is not None:
            _redeem(request, judge, workspace)
        if request.body.get("fallbacks"):
            request.attempts = tuple(_attempts(request, judge))
    except ApiError:
        if request.thread is not None:
            request.thread.release()
        raise


def _redeem(request: Request, judge: Judging, workspace: Workspace) -> None:
    try:
        request.credit = redeemed(request, workspace.id, workspace.cache)
    except ApiError:
        if judge.has(CREDIT):
            raise
    is_good = request.credit is not None and request.credit.reason is None
    # The rule left the prefill to the credit.
    if not is_good and lacks_prefill(request) and judge.has(NO_PREFILL):
        raise invalid(PREFILL, rule=NO_PREFILL)


def _attempts(request: Request, judge: Judging) -> Iterator[Request]:
    """The same to the models that may answer in place of the one that is asked.

    Raises the 400 for a named one that can't be asked so; default routing leaves it out (docs: Refusals and fallback
    say so of images that it would have to scale down).
    """
    for number, entry in enumerate(fallbacks.entries(request)):
        made = fallbacks.attempt(request, entry)
        try:
            judge.judge(made)
        except ApiError as error:
            if request.body["fallbacks"] == fallbacks.DEFAULT:
                continue
            raise invalid(
                f"fallbacks.{number}: target model '{entry['model']}' is not compatible with the request: "
                f"{error.message}",
                rule=FALLBACK_INCOMPATIBLE,
            ) from error
        yield made


def _judge_thread(judge: Judging, request: Request, thread: Step) -> None:
    try:
        judge.judge(request)
    except ApiError as error:
        thread.release()
        if error.rule == BREAKPOINTS:
            raise unsupported(error.message, "cache_control") from error
        raise
