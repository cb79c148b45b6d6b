"""A tool's input_schema is a JSON Schema, and its input_examples follow it."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from mockserver.request import Block, Request
from mockserver.rules.registry import Refusal, Registry

if TYPE_CHECKING:
    from jsonschema_rs import Draft202012Validator

NOWHERE: dict[str, Block] = {}  # what a reference to a URL finds
DIALECT = "https://json-schema.org/draft/2020-12/schema"
INVALID = (
    "JSON schema is invalid. It must match JSON Schema draft 2020-12 "
    "(https://json-schema.org/draft/2020-12). Learn more about tool use at "
    "https://docs.claude.com/en/docs/tool-use."
)


@cache
def _dialect() -> Draft202012Validator:
    from jsonschema_rs import Draft202012Validator  # noqa: PLC0415 # on use: its import takes 25 ms

    # Whether a pattern is a good regular expression depends on the dialect of regular expressions.
    return Draft202012Validator({"$ref": DIALECT}, validate_formats=False)


def is_schema(value: Block) -> bool:
    """Whether an object is a JSON Schema of draft 2020-12, whatever `$schema` it claims to follow."""
    return _dialect().is_valid(value)


def _first_invalid(tools: list[Block]) -> int | None:
    """The index of the first tool whose schema is none."""
    wrong = (n for n, t in enumerate(tools) if not is_schema(t.get("input_schema", {})))
    return next(wrong, None)


def fault(schema: Block, examples: list[Block]) -> tuple[int, str] | None:
    """The index of the first example that does not follow the schema, and what is wrong with it.

    Nothing is known of a schema that can't be compiled, for instance with a reference to a URL: no
    reference is ever fetched.
    """
    from jsonschema_rs import Draft202012Validator, ValidationError  # noqa: PLC0415 # on use

    try:
        validator = Draft202012Validator(schema, retriever=NOWHERE.__getitem__)
    except ValidationError:
        return None
    errors = ((n, e) for n, example in enumerate(examples) for e in validator.iter_errors(example))
    return next(((number, error.message) for number, error in errors), None)


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "input-schema.invalid",
        "An input schema is a JSON Schema of draft 2020-12",
        evidence="reported",
        source="anthropics/claude-code#63673 (2026-05-29)",
        keys=["input_schema"],
    )
    def input_schema_invalid(request: Request) -> Refusal | None:
        index = request.offered.fact(_first_invalid)
        return None if index is None else Refusal(f"tools.{index}.custom.input_schema: {INVALID}")

    @rule(
        "input-examples.invalid",
        "Input examples follow the input schema",
        evidence="policy",
        source="docs: Define tools say that it is a 400; the text is ours",
        keys=["input_examples"],
    )
    def input_examples_invalid(request: Request) -> Refusal | None:
        for index, tool in enumerate(request.tools):
            if not tool.get("input_examples") or "input_schema" not in tool:
                continue
            found = fault(tool["input_schema"], tool["input_examples"])
            if found is not None:
                return Refusal(
                    f"tools.{index}.custom.input_examples.{found[0]}: does not match input_schema: "
                    f"{found[1]}"
                )
        return None
