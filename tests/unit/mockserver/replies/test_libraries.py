"""Schemas as libraries write them: what is sampled is valid, and the library that wrote the schema takes it."""

from __future__ import annotations

import datetime as dt
import ipaddress
import uuid
from decimal import Decimal
from typing import Annotated, Any, Literal

import pydantic
import pytest
from jsonschema import Draft202012Validator

from mockserver.replies.checking import fits_format
from mockserver.replies.hints import Hints
from mockserver.replies.library_formats import LIBRARY_FORMATS
from mockserver.replies.samples import sample
from tests.unit.mockserver.replies.sampled import TEXT, WHOLE, record

# Names, numbers, a day, an address: what fits a text without format, and none of the formats here.
SPOKEN = Hints('Weather in Paris for "foo bar" on 2026-01-02, 42 times, for bob@example.org')


class Cat(pydantic.BaseModel):
    kind: Literal["cat"]
    lives: Annotated[int, pydantic.Field(ge=1, le=9)]


class Dog(pydantic.BaseModel):
    kind: Literal["dog"]
    name: Annotated[str, pydantic.Field(pattern=r"^[A-Z][a-z]{2,10}$")]


class Tree(pydantic.BaseModel):
    value: Decimal
    children: list[Tree] = []


TYPES: list[Any] = [
    list[Annotated[Cat | Dog, pydantic.Field(discriminator="kind")]],
    Tree,
    dict[str, Tree],
    dict[dt.date, int],
    Annotated[
        dict[Annotated[str, pydantic.Field(pattern="^[a-z]{2}$")], Cat],
        pydantic.Field(min_length=1),
    ],
    Annotated[
        set[Annotated[str, pydantic.Field(pattern="^[a-z]+$")]], pydantic.Field(min_length=9)
    ],
    Annotated[Decimal, pydantic.Field(max_digits=6, decimal_places=2)],
    tuple[dt.datetime, dt.date, dt.time, dt.timedelta, uuid.UUID],
    tuple[pydantic.UUID1, pydantic.UUID4, pydantic.UUID7],
    tuple[pydantic.Base64Str, pydantic.Base64UrlStr],
    tuple[ipaddress.IPv4Network, ipaddress.IPv6Network],
    tuple[ipaddress.IPv4Interface, ipaddress.IPv6Interface],
    tuple[pydantic.IPvAnyAddress, pydantic.IPvAnyInterface, pydantic.IPvAnyNetwork],
    tuple[pydantic.Json[list[int]], pydantic.Json],
]


@pytest.mark.parametrize("kind", TYPES, ids=str)
@pytest.mark.parametrize("hints", [Hints(""), SPOKEN], ids=["silent", "spoken"])
def test_pydantic_takes_what_is_sampled_for_its_schema(kind: Any, hints: Hints) -> None:
    model = pydantic.create_model("Model", title=(kind, ...), url=(kind | None, None))
    schema = model.model_json_schema()

    found = sample(schema, hints, is_complete=True)

    Draft202012Validator(schema).validate(found)
    model.model_validate(found)


@pytest.mark.parametrize("name", sorted(LIBRARY_FORMATS))
def test_what_has_no_such_format_is_not_taken_from_the_text(name: str) -> None:
    schema = {"type": "string", "format": name}

    assert not fits_format(name, "foo bar")
    assert sample(schema, SPOKEN) == sample(schema)


def test_a_uuid_has_the_version_that_its_format_names() -> None:
    assert fits_format("uuid4", "123e4567-e89b-42d3-a456-426614174000")
    assert not fits_format("uuid7", "123e4567-e89b-42d3-a456-426614174000")


WRITTEN = [
    (
        "format_and_pattern",
        {**TEXT, "format": "date", "pattern": r"^\d{4}-\d\d-\d\d$"},
        "2026-01-02",
    ),
    ("format_against_pattern", {**TEXT, "format": "uri", "pattern": "^urn:x$"}, "urn:x"),
    (
        "open_map_with_patterns",
        {"type": "object", "patternProperties": {"^x-": WHOLE}, "minProperties": 1},
        {"x-": 1},
    ),
    (
        "closed_object_that_is_to_have_members",
        {**record(), "additionalProperties": False, "description": "{minProperties: 1}"},
        {},
    ),
    ("encoded_name", {"$defs": {"P[A b]": WHOLE}, "$ref": "#/$defs/P%5BA%20b%5D"}, 1),
    ("root_by_id", {"$id": "https://a.b/c", "$defs": {"x": WHOLE}, "$ref": "/c#/$defs/x"}, 1),
    ("part_by_id", {"$id": "https://a.b/c", "$defs": {"x": {"$id": "d", **WHOLE}}, "$ref": "d"}, 1),
    (
        "anchor_of_a_part",
        {"$defs": {"x": {"$id": "d", "$defs": {"y": {"$anchor": "z", **WHOLE}}}}, "$ref": "d#z"},
        1,
    ),
    ("no_address", {"$id": "https://a.b/c", "$ref": "http://[#/x"}, "example"),
    ("unknown_address", {"$ref": "https://a.b/c"}, "example"),
]


@pytest.mark.parametrize(
    ("schema", "expected"), [row[1:] for row in WRITTEN], ids=[r[0] for r in WRITTEN]
)
def test_written(schema: Any, expected: Any) -> None:
    assert sample(schema) == expected


def test_a_form_may_have_many_conditions() -> None:
    names = [f"v{number}" for number in range(50)]
    conditions = [
        {"if": record(k={"const": name}), "then": record(name, **{name: TEXT})} for name in names
    ]
    schema = {**record("k", k={"enum": names}), "allOf": conditions}

    assert sample(schema) == {"k": "v0", "v0": "example"}
