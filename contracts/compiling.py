"""JSON Schema -> pydantic-core schema: the small part of JSON Schema that the derived files use.

Natural tags (`text`, `base64`, `custom`) stay in the location of an error, as on the live API;
labels that only this compiler needs begin with HIDDEN and are dropped from it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, cast

from pydantic_core import CoreSchema, core_schema

from contracts.findings import is_object

Schema = Mapping[str, Any]
Choices = dict[Hashable, CoreSchema]

HIDDEN = "\0hidden:"
WRONG_KIND = "wrong_kind"
WRONG_ROLE = "wrong_role"
# reported: `system.1.cache_control.ephemeral.scope: …` (caozhiyuan/copilot-api#145, 2026-03-31),
# though the SDK has one type there, which would leave no tag in the location
SINGLE_MEMBER_UNIONS = {"CacheControlEphemeralParam": "ephemeral"}
# reported 2026: `tool_use.input: Input should be an object` (aaif-goose/goose#9287);
# `Input should be a valid dictionary` until March 2026 (lijunzh/koda#501)
FREE_OBJECT = core_schema.custom_error_schema(
    core_schema.is_instance_schema(dict),  # a dict_schema would copy it
    custom_error_type="free_object_type",
    custom_error_message="Input should be an object",
)
ANNOTATIONS = {"$schema", "format"}  # say something to a reader, nothing to a validator
KINDS: Mapping[type, str] = {
    str: "string",
    list: "array",
    dict: "object",
    bool: "boolean",
    int: "integer",
}


class UncompilableError(ValueError):
    """A schema uses a keyword that the compiler would have to ignore."""


def unprefixed(name: str) -> str:
    """The name of a definition in the stable namespace."""
    return name.removeprefix("Beta")


def compiled(document: Schema) -> CoreSchema:
    """Compile a derived document. Raises UncompilableError rather than check less than it says."""
    return Compiler().document(document)


class Compiler:
    """Makes validators whose first error is the live API's: in its place and in its words."""

    free_object: CoreSchema = FREE_OBJECT

    def __init__(self) -> None:
        self._forms = (
            _Form({"$ref"}, _reference),
            _Form({"oneOf", "discriminator"}, self._tagged),
            _Form({"anyOf"}, self._any_of),
            _Form({"const", "enum"}, _literal),
        )
        self._by_type: Mapping[str | None, _Form] = {
            "object": _Form({"properties", "required", "additionalProperties"}, self._object),
            "array": _Form({"items", "minItems", "maxItems"}, self._array),
            "string": _Form({"minLength", "maxLength", "pattern"}, _string),
            "integer": _Form({"minimum", "maximum"}, _integer),
            "number": _Form({"minimum", "maximum"}, _number),
            "boolean": _Form(set(), _boolean),
            "null": _Form(set(), _null),
            None: _Form(set(), _anything),
        }

    def document(self, document: Schema) -> CoreSchema:
        """Compile a derived document. Raises UncompilableError rather than check less than it says."""
        definitions = [
            cast("CoreSchema", {**self.schema(schema), "ref": name})
            for name, schema in document["$defs"].items()
        ]
        root = {keyword: value for keyword, value in document.items() if keyword != "$defs"}
        return core_schema.definitions_schema(self.schema(root), definitions)

    def schema(self, schema: Schema) -> CoreSchema:
        """Compile one schema. Raises UncompilableError."""
        form = next((f for f in self._forms if f.keywords & schema.keys()), None)
        form = form or self._by_type[schema.get("type")]
        unknown = schema.keys() - form.keywords - ANNOTATIONS - {"type"}
        if unknown:
            raise UncompilableError(f"unknown keywords {sorted(unknown)} in {str(schema)[:200]}")
        return form.compile(schema)

    def by_role(self, choices: Choices) -> CoreSchema:
        """A union of messages."""

        # A role is no part of a location (`messages.0.content`), a type is one (`….content.0.image`).
        def role(value: Any) -> str | None:
            found = value.get("role") if is_object(value) else None
            return HIDDEN + found if isinstance(found, str) else None

        return core_schema.tagged_union_schema(
            {f"{HIDDEN}{tag}": schema for tag, schema in choices.items()},
            role,
            custom_error_type=WRONG_ROLE,
            custom_error_message="Unexpected role",
        )

    def by_tag(self, choices: Choices, key: str, default: str) -> CoreSchema:
        """A union in which a member without a tag is the default one."""

        def tag(value: Any) -> Hashable:
            if not is_object(value):
                return None
            found = value.get(key)
            return default if found is None else str(found)

        return core_schema.tagged_union_schema(choices, tag)

    def by_kind(self, branches: Sequence[Schema]) -> CoreSchema:
        """A union that is told apart by JSON types."""

        def kind(value: object) -> str:
            return HIDDEN + KINDS.get(type(value), "other")

        choices: Choices = {
            HIDDEN + branch.get("type", "object"): self.schema(branch) for branch in branches
        }
        return core_schema.tagged_union_schema(
            choices,
            kind,
            custom_error_type=WRONG_KIND,
            custom_error_message="Input is of no kind that is accepted here",
            custom_error_context=_expectation(branches),
        )

    def _tagged(self, schema: Schema) -> CoreSchema:
        discriminator = schema["discriminator"]
        key, default = discriminator["propertyName"], discriminator.get("x-default")
        choices: Choices = {
            tag: _reference({"$ref": ref}) for tag, ref in discriminator["mapping"].items()
        }
        if key == "role":
            return self.by_role(choices)
        if default is None:
            return core_schema.tagged_union_schema(choices, key)
        return self.by_tag(choices, key, default)

    def _any_of(self, schema: Schema) -> CoreSchema:
        branches = schema["anyOf"]
        some = [branch for branch in branches if branch.get("type") != "null"]
        schema_of_some = self.schema(some[0]) if len(some) == 1 else self.by_kind(some)
        is_nullable = len(some) < len(branches)
        return core_schema.nullable_schema(schema_of_some) if is_nullable else schema_of_some

    def _object(self, schema: Schema) -> CoreSchema:
        extra = schema["additionalProperties"]
        if "properties" not in schema:
            return (
                self.free_object
                if extra is True
                else core_schema.dict_schema(None, self.schema(extra))
            )
        required = set(schema.get("required", ()))
        fields = {
            name: core_schema.typed_dict_field(self.schema(field), required=name in required)
            for name, field in schema["properties"].items()
        }
        behavior: Literal["allow", "forbid"] = "allow" if extra else "forbid"
        return core_schema.typed_dict_schema(fields, extra_behavior=behavior)

    def _array(self, schema: Schema) -> CoreSchema:
        return core_schema.list_schema(
            self.schema(schema.get("items", {})),
            min_length=schema.get("minItems"),
            max_length=schema.get("maxItems"),
            fail_fast=True,  # one error is reported; a list of 100,000 faults need not be built
        )


class _Form(NamedTuple):
    keywords: set[str]
    compile: Callable[[Schema], CoreSchema]


def _reference(schema: Schema) -> CoreSchema:
    name = _definition(schema)
    reference = core_schema.definition_reference_schema(name)
    tag = SINGLE_MEMBER_UNIONS.get(unprefixed(name))
    return core_schema.tagged_union_schema({tag: reference}, "type") if tag else reference


def _definition(schema: Schema) -> str:
    return str(schema["$ref"]).removeprefix("#/$defs/")


def _literal(schema: Schema) -> CoreSchema:
    return core_schema.literal_schema(schema.get("enum") or [schema["const"]])


def _expectation(branches: Sequence[Schema]) -> dict[str, str | int | float]:
    # seen live 2026-08-31: of string and array the array is asked for; of string and a model the
    # model, and its name is part of the location: `container.ContainerParams`.
    if any(branch.get("type") == "array" for branch in branches):
        return {"expected": "array"}
    models = [unprefixed(_definition(branch)) for branch in branches if "$ref" in branch]
    return {"expected": "model", "model": models[0]} if models else {"expected": "object"}


def _string(schema: Schema) -> CoreSchema:
    return core_schema.str_schema(
        min_length=schema.get("minLength"),
        max_length=schema.get("maxLength"),
        pattern=schema.get("pattern"),
    )


def _integer(schema: Schema) -> CoreSchema:
    return core_schema.int_schema(ge=schema.get("minimum"), le=schema.get("maximum"))


def _number(schema: Schema) -> CoreSchema:
    return core_schema.float_schema(
        ge=schema.get("minimum"), le=schema.get("maximum"), allow_inf_nan=False
    )


def _boolean(_: Schema) -> CoreSchema:
    return core_schema.bool_schema()


def _null(_: Schema) -> CoreSchema:
    return core_schema.none_schema()


def _anything(_: Schema) -> CoreSchema:
    return core_schema.any_schema()
