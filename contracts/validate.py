"""Validate a request body against a derived schema, and name the first fault as the live API does.

Validator.load("create_message", "2026-10-21").fault({"model": "claude-opus-5"})
-> Fault(path="messages", text="Field required")
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import ErrorDetails, SchemaValidator, ValidationError

from contracts.compiling import HIDDEN, WRONG_KIND, WRONG_ROLE, compiled
from contracts.findings import is_object
from contracts.quick import QuickCompiler

HERE = Path(__file__).parent
SCHEMAS = HERE / "schemas"
# seen live 2026-08-31 on claude-sonnet-5; recorded 2024-06-04 for a message: DataDog/dd-trace-py
WRONG_SHAPE = "Input does not match the expected shape."
WRONG_ARRAY = "Input should be a valid array"  # seen live 2026-08-31 on claude-sonnet-5
WRONG_OBJECT = "Input should be an object"  # seen live 2026-08-31 on claude-sonnet-5
MISSING = "Field required"
# reported: mark3labs/mcphost#36 (2025-04-25), with the documentation's address of then
TOOL_ROLE_HINT = (
    ". For instructions on how to use tools, see "
    "https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview."
)
_TEXTS = {
    "list_type": WRONG_ARRAY,
    "model_attributes_type": WRONG_OBJECT,
    "dict_type": WRONG_SHAPE,
}


class Fault(NamedTuple):
    """The first thing wrong with a body: a dotted path (empty for the body itself) and a text."""

    path: str
    text: str

    def __str__(self) -> str:
        """The message of the live API's error."""
        return f"{self.path}: {self.text}" if self.path else self.text


class Validator:
    """A compiled schema."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._document = document
        self._quick = SchemaValidator(QuickCompiler().document(document))

    @staticmethod
    @cache
    def load(name: str, version: str, namespace: str = "stable") -> Validator:
        """The validator of a committed schema, compiled once. Raises FileNotFoundError."""
        text = (SCHEMAS / version / namespace / f"{name}.json").read_text("utf-8")
        return Validator(json.loads(text))

    def fault(self, body: object) -> Fault | None:
        """The fault of a parsed body that the live API reports, the first in its order, or None."""
        return None if self.is_right(body) else self.precise_fault(body)

    def is_right(self, body: object) -> bool:
        """Whether a parsed body has no fault."""
        return self._quick.isinstance_python(body, strict=True)

    def precise_fault(self, body: object) -> Fault | None:
        """As `fault`, by the slower validator that finds the words."""
        try:
            self._precise.validate_python(body, strict=True)
        except ValidationError as error:
            return _fault(error.errors(include_url=False)[0])
        return None

    @cached_property
    def _precise(self) -> SchemaValidator:
        return SchemaValidator(compiled(self._document))


def _fault(error: ErrorDetails) -> Fault:
    path = [str(part) for part in error["loc"] if not str(part).startswith(HIDDEN)]
    kind, context = error["type"], error.get("ctx", {})
    if kind == WRONG_ROLE:
        return _wrong_role(path, error["input"])
    if kind == WRONG_KIND:
        return _wrong_kind(path, context)
    if kind in {"union_tag_not_found", "union_tag_invalid"}:
        return _wrong_tag(path, error["input"], context)
    return Fault(_joined(path), _text(_joined(path), error))


def _joined(path: Sequence[str]) -> str:
    return ".".join(path)


def _text(path: str, error: ErrorDetails) -> str:
    return _special_texts().get((path, error["type"])) or _TEXTS.get(error["type"]) or error["msg"]


@cache
def _special_texts() -> Mapping[tuple[str, str], str]:
    entries = json.loads((HERE / "limits.json").read_text("utf-8"))["texts"]
    return {(entry["at"], entry["error"]): entry["text"] for entry in entries}


def _wrong_kind(path: list[str], context: Mapping[str, Any]) -> Fault:
    if context["expected"] == "model":
        return Fault(_joined([*path, context["model"]]), WRONG_SHAPE)
    return Fault(_joined(path), WRONG_ARRAY if context["expected"] == "array" else WRONG_OBJECT)


def _wrong_tag(path: list[str], value: Any, context: Mapping[str, Any]) -> Fault:
    if not is_object(value):
        return Fault(_joined(path), WRONG_OBJECT)
    if "expected_tags" not in context:
        return Fault(_joined([*path, "type"]), MISSING)
    return Fault(_joined(path), _unexpected_tag(value["type"], context["expected_tags"]))


def _unexpected_tag(tag: object, expected: str) -> str:
    return (
        f"Input tag '{tag}' found using 'type' does not match any of the expected tags: {expected}"
    )


def _wrong_role(path: list[str], value: Any) -> Fault:
    if not is_object(value):
        return Fault(_joined(path), WRONG_SHAPE)
    role = value.get("role")
    if role is None:
        return Fault(_joined([*path, "role"]), MISSING)
    if not isinstance(role, str):
        return Fault(_joined([*path, "role"]), "Input should be a valid string")
    # The location is the whole list, whichever message it is (seen live 2026-08-31).
    allowed = f'Unexpected role {json.dumps(role)}. Allowed roles are "user" or "assistant"'
    return Fault("messages", allowed + (TOOL_ROLE_HINT if role == "tool" else ""))
