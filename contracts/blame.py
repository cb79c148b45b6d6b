"""Judge a value by a committed schema with an independent validator, and name each place at fault.

The server checks requests with a compiler of its own (compiling.py). Answers are checked here with
jsonschema instead, so that a mistake of that compiler can't hide itself.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from contracts.findings import Json, is_object

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

SCHEMAS = Path(__file__).parent / "schemas"


class Blame(NamedTuple):
    """A place in a value and what the schema says against it; whether it is only unknown to the schema."""

    path: str
    text: str
    is_unknown: bool = False


def blamed(value: Any, name: str, version: str, namespace: str) -> Iterator[Blame]:
    """Every place at fault, in order. Raises FileNotFoundError for an unknown document."""
    validator = _validator(name, version, namespace)
    errors: Iterable[ValidationError] = validator.iter_errors(value)  # pyright: ignore[reportUnknownMemberType] - a deprecated overload in the stub has no types
    leaves = (leaf for error in errors for leaf in _leaves(error))
    yield from sorted(Blame(_path(leaf), leaf.message[:300], _is_unknown(leaf)) for leaf in leaves)


def _path(error: ValidationError) -> str:
    return ".".join(str(part) for part in error.absolute_path)


def _is_unknown(leaf: ValidationError) -> bool:
    if leaf.validator in ("additionalProperties", "enum"):
        return leaf.validator != "enum" or isinstance(leaf.instance, str)
    schema: Any = leaf.schema
    if "discriminator" not in schema or not is_object(leaf.instance):
        return False
    tag = leaf.instance.get(schema["discriminator"]["propertyName"])
    return isinstance(tag, str) and tag not in schema["discriminator"]["mapping"]


@cache
def _validator(name: str, version: str, namespace: str) -> Draft202012Validator:
    # Only the suite and the tests have jsonschema; whoever imports this package need not.
    from jsonschema import Draft202012Validator  # noqa: PLC0415 # on use

    document = json.loads((SCHEMAS / version / namespace / f"{name}.json").read_text("utf-8"))
    return Draft202012Validator(document)


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The faults inside the alternative of a union that was meant, as far as one can tell."""
    meant = _meant(error)
    for inner in meant:
        yield from _leaves(inner)
    if not meant:
        yield error


def _meant(error: ValidationError) -> list[ValidationError]:
    context = error.context or ()
    schema: Any = error.schema
    if "discriminator" in schema and is_object(error.instance):
        branch = _tagged_branch(schema, error.instance)
        return [e for e in context if e.schema_path[0] == branch]
    return [e for e in context if e.relative_path or e.validator != "type"]


def _tagged_branch(schema: Json, value: Json) -> int | None:
    discriminator = schema["discriminator"]
    tag = value.get(discriminator["propertyName"], discriminator.get("x-default"))
    ref = discriminator["mapping"].get(tag) if isinstance(tag, str) else None
    return next((i for i, branch in enumerate(schema["oneOf"]) if branch["$ref"] == ref), None)
