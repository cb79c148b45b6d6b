"""The OpenAPI document of the control API, made from the table that serves it and the schemas that judge it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from mockserver import __version__
from mockserver.control.routes import OPERATIONS, Operation
from mockserver.scripts import reading
from mockserver.scripts.checking import Checker

Json = dict[str, Any]
FILE = Path(__file__).with_name("schemas.json")
COMPONENTS = "#/components/schemas/"
SECURITY = {
    "key": {
        "type": "apiKey",
        "in": "header",
        "name": "x-api-key",
        "description": "Whose workspace is meant; `Authorization: Bearer` does as well.",
    },
    "token": {
        "type": "apiKey",
        "in": "header",
        "name": "x-mock-token",
        "description": "The control token of a server that does not listen on loopback only.",
    },
}


@cache
def schemas() -> Json:
    """Every schema by name: those of scripts, and the control API's own."""
    scripts = json.loads(json.dumps(reading.schema()["$defs"]).replace("#/$defs/", COMPONENTS))
    return {**scripts, **json.loads(FILE.read_text("utf-8"))}


@cache
def document() -> Json:
    """The whole document."""
    paths: dict[str, Json] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "messages-mock control API", "version": __version__},
        "paths": paths,
        "components": {"schemas": schemas(), "securitySchemes": SECURITY},
    }


@cache
def checker() -> Checker:
    """What judges bodies by these schemas."""
    return Checker(json.loads(json.dumps(schemas()).replace(COMPONENTS, "#/$defs/")))


def _operation(operation: Operation) -> Json:
    found: Json = {
        "summary": operation.summary,
        "security": [{"key": []}, {"key": [], "token": []}] if operation.needs_key else [],
        "parameters": _parameters(operation),
        "responses": {
            "200": {"description": "Done", "content": _content(operation.answer)},
            "default": {"description": "Refused", "content": _json_of("Error")},
        },
    }
    if operation.body is not None:
        found["requestBody"] = {"required": True, "content": _json_of(operation.body)}
    return found


def _parameters(operation: Operation) -> list[Json]:
    query = [
        {"name": name, "in": "query", "description": text, "schema": {"type": "string"}}
        for name, text in operation.query.items()
    ]
    path = [
        {"name": name, "in": "path", "required": True, "schema": {"type": kind}}
        for name, kind in (("number", "integer"), ("id", "string"))
        if f"{{{name}}}" in operation.path
    ]
    return [*path, *query]


def _content(answer: str) -> Json:
    if answer == "Live":
        return {"text/event-stream": {"schema": {"type": "string"}}}
    if answer == "OpenApi":
        return {"application/json": {"schema": {"type": "object"}}}
    return _json_of(answer)


def _json_of(name: str) -> Json:
    return {"application/json": {"schema": {"$ref": COMPONENTS + name}}}
