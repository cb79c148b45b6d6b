"""Request bodies that are right, to be made wrong by one change, and what judges them.

refusal(body, ...)    the ApiError that the schema's successors raise, or None
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from mockserver.catalogue import Catalogue, Model
from mockserver.errors import ApiError
from mockserver.request import Request
from mockserver.rules import RULES, Judge

TODAY = dt.date(2026, 11, 22)
LONG_AGO = dt.date(2024, 4, 1)
OLD, NEW = "2023-06-01", "2026-10-21"
MODELS = {model.id: model for model in Catalogue.load().models}

TOOL = {"name": "get_weather", "input_schema": {"type": "object", "properties": {}}}
JUDGE = Judge(RULES)


def body(model: str = "claude-haiku-4-5", **changes: Any) -> dict[str, Any]:
    """A body that breaks no rule on any model, with changes."""
    return {
        "model": model,
        "max_tokens": 64,
        "messages": [{"role": "user", "content": "Hello"}],
        **changes,
    }


def conversation(*turns: tuple[str, Any]) -> list[dict[str, Any]]:
    """Messages from pairs of role and content."""
    return [{"role": role, "content": content} for role, content in turns]


def text(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": words, **more}


def call(tool_id: str = "toolu_1", **more: Any) -> dict[str, Any]:
    return {"type": "tool_use", "id": tool_id, "name": "get_weather", "input": {}, **more}


def result(tool_id: str = "toolu_1", **more: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": tool_id, **more}


def model_of(name: str) -> Model:
    """A row of the catalogue, retired or not."""
    return Catalogue.load().find(name, LONG_AGO)


def read(value: dict[str, Any], **more: Any) -> Request:
    """The request of a body, as the server reads it after the schema."""
    return Request.read(value, model_of(value["model"]), **more)


def refusal(request: Request) -> ApiError | None:
    """What the rules in their order say of a request."""
    try:
        JUDGE.judge(request)
    except ApiError as error:
        return error
    return None
