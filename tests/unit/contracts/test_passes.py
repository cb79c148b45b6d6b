"""Each pass on small documents: what it does, and that its tripwire fires when it can't."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable

import pytest

from contracts import passes
from contracts.derive import SOURCES
from contracts.passes import Schema, TripwireError

TEXT: Schema = {"type": "string"}
CREATE_MESSAGE = SOURCES[0]


def closed_object(**properties: Schema) -> Schema:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def union(**definitions: Schema) -> Schema:
    """A document with one property that is any of the definitions."""
    refs = [{"$ref": f"#/$defs/{name}"} for name in definitions]
    return {"$defs": definitions, "properties": {"a": {"anyOf": refs}}}


def turns(system: Schema) -> Schema:
    user = {"anyOf": [TEXT, {"type": "array", "items": {"anyOf": [{"$ref": "#/$defs/Text"}]}}]}
    return {
        "$defs": {
            "UserMessageParam": closed_object(content=user),
            "SystemMessageParam": closed_object(content=system),
            "Text": closed_object(),
        }
    }


def tool(input_schema: Schema) -> Schema:
    return {"$defs": {"ToolParam": closed_object(input_schema=input_schema)}}


TRIPWIRES = [
    pytest.param(
        passes.wire_only,
        {"$defs": {}, "properties": {"a": {"anyOf": [TEXT, {"type": "null"}]}}},
        "no longer marked",
        id="wire_only_finds_nothing",
    ),
    pytest.param(
        passes.wire_only,
        {
            "$defs": {},
            "properties": {
                "a": {"anyOf": [TEXT, {"x-python": "IO"}]},
                "b": {"x-python": "IO"},
            },
        },
        "wire_only: 1 places left, for instance {'x-python': 'IO'}",
        id="wire_only_leaves_what_is_in_no_union",
    ),
    pytest.param(
        passes.body_only, {"properties": {"model": TEXT}}, "no header", id="body_only_finds_nothing"
    ),
    pytest.param(
        passes.open_enums,
        {"properties": {"model": {"anyOf": [{"enum": ["a"], "type": "string"}]}}},
        "not a plain string",
        id="open_enums_leaves_closed_model",
    ),
    pytest.param(
        passes.typed_input,
        tool({"type": "object"}),
        "need not have a type",
        id="typed_input_untyped",
    ),
    pytest.param(
        passes.typed_input,
        {"$defs": {"Tool": {}}},
        "no longer have ToolParam",
        id="typed_input_gone",
    ),
    pytest.param(passes.shared_blocks, turns(TEXT), "string or an array", id="shared_blocks_gone"),
    pytest.param(
        passes.tagged,
        union(A=closed_object(type={"const": "x"}), B=closed_object(type={"const": "x"})),
        "tagged: 1 places left",
        id="tagged_two_of_one_tag",
    ),
    pytest.param(
        passes.tagged,
        union(A=closed_object(type=TEXT), B=closed_object(type={"const": "x"})),
        "tagged: 1 places left",
        id="tagged_without_tag",
    ),
    pytest.param(
        passes.tagged,
        {"$defs": {}, "properties": {"a": {"anyOf": [TEXT, {"const": "x", "type": "string"}]}}},
        "tagged: 1 places left",
        id="tagged_two_strings",
    ),
    pytest.param(
        passes.closed,
        {"$defs": {}, "properties": {"a": {"type": "object"}}},
        "closed: 1 places left",
        id="closed_object_without_properties",
    ),
    pytest.param(
        passes.known,
        {"properties": {"a": {"allOf": [{"title": "unseen"}]}}},
        "known: 1 places left, for instance {'allOf'",
        id="known_unread_keyword",
    ),
]


@pytest.mark.parametrize(("run", "document", "message"), TRIPWIRES)
def test_tripwire_fires(run: Callable[[Schema], None], document: Schema, message: str) -> None:
    with pytest.raises(TripwireError, match=message.replace("{", r"\{")):
        run(copy.deepcopy(document))


def test_tripwire_of_each_pass_is_tested() -> None:
    # What these leave behind is for `known` and a KeyError to find; tool_changes takes two documents.
    without = {"bare", "reachable", "tool_changes"}
    named = set(re.findall(r"^(\w+) {2,}", str(passes.__doc__), re.MULTILINE))
    assert {getattr(row.values[0], "__name__", None) for row in TRIPWIRES} | without == named


def test_reachable_refuses_dangling_reference() -> None:
    with pytest.raises(KeyError, match="Gone"):
        passes.reachable({"$defs": {}, "properties": {"a": {"$ref": "#/$defs/Gone"}}})


def test_wire_only_drops_python_files_and_response_models() -> None:
    document = union(Model={"x-response-model": True}, Param=closed_object())
    document["properties"]["b"] = {"anyOf": [TEXT, {"type": "string", "format": "path"}]}
    document["properties"]["c"] = {"anyOf": [TEXT, {"x-python": "IO"}, {"type": "null"}]}
    passes.wire_only(document)
    assert document == {
        "$defs": {"Param": closed_object()},
        "properties": {
            "a": {"$ref": "#/$defs/Param"},
            "b": TEXT,
            "c": {"anyOf": [TEXT, {"type": "null"}]},
        },
    }


def test_bare_keeps_properties_that_are_called_like_prose() -> None:
    document = {"title": "T", "properties": {"title": {"description": "d", "type": "string"}}}
    passes.bare(document)
    assert document == {"properties": {"title": TEXT}}


def test_open_enums_opens_unions_with_string_only() -> None:
    closed_enum = {"enum": ["a"], "type": "string"}
    document: Schema = {
        "properties": {
            "a": {"anyOf": [closed_enum, TEXT]},
            "b": {"anyOf": [closed_enum, {"type": "null"}]},
            "c": {"anyOf": [closed_enum, TEXT, {"type": "null"}]},
        }
    }
    passes.open_enums(document)
    assert document["properties"] == {
        "a": TEXT,
        "b": {"anyOf": [closed_enum, {"type": "null"}]},
        "c": {"anyOf": [TEXT, {"type": "null"}]},
    }


def test_shared_blocks_keeps_blocks_of_system_turns() -> None:
    own = {"anyOf": [{"$ref": "#/$defs/Text"}, {"$ref": "#/$defs/ToolAddition"}]}
    document = turns({"anyOf": [TEXT, {"type": "array", "items": own}]})
    passes.shared_blocks(document)
    items = document["$defs"]["SystemMessageParam"]["properties"]["content"]["anyOf"][1]["items"]
    assert items["anyOf"] == [{"$ref": "#/$defs/Text"}, {"$ref": "#/$defs/ToolAddition"}]


def test_tagged_keeps_alternatives_that_are_no_objects() -> None:
    document = union(A=closed_object(type={"const": "b"}), B=closed_object(type={"enum": ["a"]}))
    document["properties"]["a"]["anyOf"].append({"type": "null"})
    passes.tagged(document)
    tagged_union, null = document["properties"]["a"]["anyOf"]
    assert null == {"type": "null"}
    assert list(tagged_union["discriminator"]["mapping"]) == ["a", "b"]
