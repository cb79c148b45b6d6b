"""/v1/models: list and retrieve."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from starlette.routing import BaseRoute, Route

from mockserver.catalogue import Catalogue, Model
from mockserver.endpoints.endpoint import Call, Endpoint
from mockserver.endpoints.paging import page_by_id
from mockserver.errors import ApiError, invalid
from mockserver.model_info import LIFECYCLES, is_released, lifecycle, model_info, newest_first
from mockserver.settings import Settings


def routes(settings: Settings) -> Iterable[BaseRoute]:
    """The routes of this module."""
    models = Models(Catalogue.load(), is_example=settings.example)
    return [
        Route("/v1/models", Endpoint(models.listed, settings), methods=["GET"]),
        Route("/v1/models/{id}", Endpoint(models.retrieved, settings), methods=["GET"]),
    ]


class Models:
    """The catalogue as it is on the caller's day."""

    def __init__(self, catalogue: Catalogue, *, is_example: bool = False) -> None:
        self._catalogue = catalogue
        self._is_example = is_example

    async def listed(self, call: Call) -> None:
        """GET /v1/models: active and deprecated ones, or those that `lifecycle[]` names; newest first."""
        day = call.caller.day or call.workspace.clock.today()
        wanted = _lifecycles([*call.query.getlist("lifecycle[]"), *call.query.getlist("lifecycle")])
        models = [
            model
            for model in newest_first(self._catalogue.models)
            if is_released(model, day) and lifecycle(model, day) in wanted
        ]
        answer = page_by_id(
            models,
            call.query,
            lambda model: model.id,
            lambda model: model_info(model, day, call.caller.betas),
        )
        await call.exchange.respond_json(200, answer)

    async def retrieved(self, call: Call) -> None:
        """GET /v1/models/{id}, by id or alias; retired ones too (SDK: ModelInfo.lifecycle)."""
        day = call.caller.day or call.workspace.clock.today()
        model = self._named(call.id, day)
        await call.exchange.respond_json(200, model_info(model, day, call.caller.betas))

    def _named(self, name: str, day: dt.date) -> Model:
        if self._is_example:
            return self._catalogue.example(name)
        model = self._catalogue.named(name)
        if model is None or not is_released(model, day):
            raise ApiError(404, f"model: {name}")
        return model


def _lifecycles(asked: list[str]) -> set[str]:
    for number, value in enumerate(asked):
        if value not in LIFECYCLES:
            raise invalid(
                f"lifecycle.{number}: Input should be 'active', 'deprecated' or 'retired'"
            )
    if len(asked) > len(LIFECYCLES):
        raise invalid(
            f"lifecycle: List should have at most {len(LIFECYCLES)} items after validation, "
            f"not {len(asked)}"
        )
    return set(asked) or {"active", "deprecated"}
