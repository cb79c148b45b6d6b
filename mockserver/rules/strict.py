"""Schemas that the API compiles to a grammar: strict tools, and the format of structured output."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeGuard

from mockserver.request import Request
from mockserver.rules.registry import Refusal, Registry

Schema = Mapping[str, Any]

MOST_STRICT_TOOLS = 20
MOST_UNIONS = 16
MOST_OPTIONAL = 24
RIG = "0xPlaygrounds/rig cassettes on claude-sonnet-4-6 (2026)"
TOO_COMPLEX = (
    "Schema is too complex for compilation. "
    "Try reducing the number of tools or simplifying tool schemas."
)


def is_schema(value: Any) -> TypeGuard[Schema]:
    """Whether a value is an object: schemas are the user's, and anything may stand in them."""
    return isinstance(value, Mapping)


def is_list(value: Any) -> TypeGuard[list[Any]]:
    """Whether a value is an array."""
    return isinstance(value, list)


def strict_schemas(request: Request) -> list[tuple[str, Schema]]:
    """Path and schema of every strict tool."""
    return [
        (f"tools.{index}.custom", tool["input_schema"])
        for index, tool in enumerate(request.tools)
        if tool.get("strict") and "input_schema" in tool
    ]


def compiled_schemas(request: Request) -> list[tuple[str, Schema]]:
    """Path and schema of everything that is compiled: strict tools first, then the output format."""
    found = strict_schemas(request)
    if request.output_format is not None:
        key = "output_config.format" if "output_config" in request.body else "output_format"
        found.append((f"{key}.schema", request.output_format["schema"]))
    return found


def subschemas(schema: Any) -> Iterator[Schema]:
    """The schema and all schemas in it, definitions included, without following references."""
    stack = [schema]
    while stack:
        node = stack.pop()
        if not is_schema(node):
            continue
        yield node
        for word in ("properties", "$defs", "definitions"):
            stack += reversed(_members(node, word).values())
        for word in ("anyOf", "allOf", "oneOf"):
            stack += reversed(_entries(node, word))
        stack.append(node.get("items"))


def is_union(schema: Any) -> bool:
    """Whether a parameter's schema leaves its type open: a list of types, or anyOf."""
    return is_schema(schema) and (is_list(schema.get("type")) or "anyOf" in schema)


def unions(schema: Schema) -> int:
    """How many parameters of a schema have a union type."""
    return sum(
        is_union(value)
        for node in subschemas(schema)
        for value in _members(node, "properties").values()
    )


def optionals(schema: Schema) -> int:
    """How many parameters of a schema are not required."""
    return sum(
        name not in _entries(node, "required")
        for node in subschemas(schema)
        for name in _members(node, "properties")
    )


def _members(node: Schema, word: str) -> dict[str, Any]:
    found = node.get(word)
    return {**found} if is_schema(found) else {}


def _entries(node: Schema, word: str) -> list[Any]:
    found = node.get(word)
    return found if is_list(found) else []


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    rule = registry.rule

    @rule(
        "strict.count",
        "At most 20 tools are strict",
        evidence="recorded",
        source=RIG,
        keys=["strict"],
    )
    def strict_count(request: Request) -> Refusal | None:
        count = len(strict_schemas(request))
        if count <= MOST_STRICT_TOOLS:
            return None
        return Refusal(
            f"Too many strict tools ({count}). The maximum number of strict tools supported is "
            f"{MOST_STRICT_TOOLS}. Try reducing the number of tools marked as strict."
        )

    @rule(
        "schema.boolean",
        "A compiled schema has no boolean subschemas",
        evidence="recorded",
        source=RIG,
        keys=["strict", "format", "output_format"],
    )
    def schema_boolean(request: Request) -> Refusal | None:
        for path, schema in compiled_schemas(request):
            for node in subschemas(schema):
                if any(isinstance(value, bool) for value in _members(node, "properties").values()):
                    return Refusal(
                        f"{path}: For 'object' type, property 'properties' is not supported"
                    )
        return None

    @rule(
        "schema.open-object",
        "Objects of a compiled schema set additionalProperties to false",
        evidence="reported",
        source="seen live 2026-09-04: kangminlee-maker/local-OAuth-CLI-API-adapter; docs: Structured outputs",
        keys=["strict", "format", "output_format"],
    )
    def schema_open_object(request: Request) -> Refusal | None:
        for path, schema in compiled_schemas(request):
            for node in subschemas(schema):
                if node.get("type") == "object" and node.get("additionalProperties") is not False:
                    return Refusal(
                        f"{path}: For 'object' type, 'additionalProperties' must be explicitly "
                        "set to false"
                    )
        return None

    @rule(
        "schema.circular",
        "A compiled schema does not refer to itself",
        evidence="recorded",
        source=RIG,
        keys=["strict", "format", "output_format"],
    )
    def schema_circular(request: Request) -> Refusal | None:
        for path, schema in compiled_schemas(request):
            circle = _circle(schema)
            if circle:
                return Refusal(
                    f"{path}: Invalid schema: Circular reference detected in schema definitions: "
                    f"{' -> '.join(circle)}. Self-referencing or mutually-referencing definitions "
                    "are not supported."
                )
        return None

    @rule(
        "schema.unions",
        "Compiled schemas have at most 16 parameters of a union type",
        evidence="recorded",
        source=f"{RIG}; docs: Structured outputs (all schemas of a request count together)",
        keys=["strict", "format", "output_format"],
    )
    def schema_unions(request: Request) -> Refusal | None:
        count = sum(unions(schema) for _, schema in compiled_schemas(request))
        if count <= MOST_UNIONS:
            return None
        return Refusal(
            f"Schemas contains too many parameters with union types ({count} parameters with type "
            "arrays or anyOf). This causes exponential compilation cost. Reduce the number of "
            f"nullable or union-typed parameters (limit: {MOST_UNIONS} parameters with unions)."
        )

    @rule(
        "schema.optionals",
        "Compiled schemas have at most 24 optional parameters",
        evidence="recorded",
        source=f"{RIG}; docs: Structured outputs (all schemas of a request count together)",
        keys=["strict", "format", "output_format"],
    )
    def schema_optionals(request: Request) -> Refusal | None:
        count = sum(optionals(schema) for _, schema in compiled_schemas(request))
        if count <= MOST_OPTIONAL:
            return None
        return Refusal(
            f"Schemas contains too many optional parameters ({count}), which would make grammar "
            "compilation inefficient. Reduce the number of optional parameters in your tool "
            f"schemas (limit: {MOST_OPTIONAL})."
        )

    @rule(
        "schema.complex",
        "One strict schema alone stays below the limits of all",
        evidence="recorded",
        source=f"{RIG}: refused with exactly 16 unions, and with exactly 24 optional parameters",
        keys=["strict"],
    )
    def schema_complex(request: Request) -> Refusal | None:
        schemas = [schema for _, schema in strict_schemas(request)]
        if any(unions(s) >= MOST_UNIONS or optionals(s) >= MOST_OPTIONAL for s in schemas):
            return Refusal(TOO_COMPLEX)
        return None


def _circle(schema: Schema) -> list[str] | None:
    """The names on a way from a definition back to itself."""
    definitions = {**_members(schema, "definitions"), **_members(schema, "$defs")}
    refers = {name: _references(value) for name, value in definitions.items()}
    finished: set[str] = set()
    found = (_circle_from(name, refers, finished) for name in refers if name not in finished)
    return next((circle for circle in found if circle), None)


def _references(schema: Any) -> list[str]:
    refs = (str(node["$ref"]) for node in subschemas(schema) if "$ref" in node)
    return [ref.rsplit("/", 1)[-1] for ref in refs if ref.startswith("#/")]


def _circle_from(
    start: str, refers: Mapping[str, list[str]], finished: set[str]
) -> list[str] | None:
    # A stack of its own and each name once: definitions may be many, deep and much referred to.
    way = {start: iter(refers[start])}
    while way:
        at = next(reversed(way))
        name = next(way[at], None)
        if name is None:
            del way[at]
            finished.add(at)
        elif name in way:
            names = list(way)
            return [*names[names.index(name) :], name]
        elif name in refers and name not in finished:
            way[name] = iter(refers[name])
    return None
