"""The passes that turn pydantic's JSON Schema of the SDK's types into one that checks something.

Each pass rewrites the document in place and has a tripwire: a look at the result that raises when
the SDK's layout has changed under it, because a pass that matches nothing leaves a silent hole.

wire_only      keep what JSON can carry: no Python objects, file paths or response models
body_only      drop parameters that the SDK sends as headers
bare           drop titles, descriptions and defaults: they are prose, and not ours
open_enums     `Literal[...] | str` is a string: the live API knows ids that the SDK does not
typed_input    a tool's input_schema is an object whose `type` is "object", with any other keywords
shared_blocks  a system turn takes every block that a user turn takes: a later rule judges them
tool_changes   a system turn may change the tools, also without a beta header
tagged         unions of objects are chosen by `type` (turns by `role`): one fault gives one error
closed         objects list all their keys
reachable      drop definitions that nothing refers to any more
known          change nothing: every keyword is one that these passes and the compiler read
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

Schema = dict[str, Any]

HEADER_PARAMETERS = ("betas", "user_profile_id", "workspace_id")
PROSE = ("title", "description", "default", "deprecated")
# All of JSON Schema that the documents need: a schema inside any other keyword would go unseen.
KEYWORDS = frozenset(
    {"$defs", "$ref", "anyOf", "const", "discriminator", "enum", "format", "oneOf"}
    | {"additionalProperties", "items", "properties", "required", "type"}
    | {"maxItems", "maxLength", "maximum", "minItems", "minLength", "minimum", "pattern"}
)


class TripwireError(Exception):
    """A pass left behind what it exists to remove: the SDK's types have changed shape."""


def nodes(document: Schema) -> Iterator[Schema]:
    """Every schema in the document, parents first. Property names are not schemas."""
    stack = [document]
    while stack:
        node = stack.pop()
        yield node
        for key in ("properties", "$defs"):
            stack.extend(node.get(key, {}).values())
        for key in ("anyOf", "oneOf"):
            stack.extend(node.get(key, ()))
        for key in ("items", "additionalProperties"):
            stack.extend([node[key]] if isinstance(node.get(key), dict) else ())


def target(document: Schema, node: Schema) -> Schema:
    """The definition that a node refers to, or the node itself."""
    while "$ref" in node:
        node = document["$defs"][node["$ref"].removeprefix("#/$defs/")]
    return node


def definition(document: Schema, name: str) -> Schema:
    """A definition by its stable name; the beta namespace has the same one with the prefix Beta."""
    for candidate in (name, f"Beta{name}"):
        if candidate in document["$defs"]:
            found: Schema = document["$defs"][candidate]
            return found
    raise TripwireError(f"the SDK's types no longer have {name}")


def wire_only(document: Schema) -> None:
    dropped = 0
    for node in list(nodes(document)):
        branches = node.get("anyOf", ())
        keep = [b for b in branches if not _is_off_the_wire(document, b)]
        if len(keep) < len(branches):
            dropped += len(branches) - len(keep)
            _replace(node, keep[0] if len(keep) == 1 else {**node, "anyOf": keep})
    if not dropped:
        raise TripwireError("wire_only: Python types and response models are no longer marked")
    reachable(document)
    _trip("wire_only", document, lambda node: _is_off_the_wire(document, node))


def body_only(document: Schema) -> None:
    found = [p for p in HEADER_PARAMETERS if document["properties"].pop(p, None) is not None]
    if not found:
        raise TripwireError("body_only: the SDK's request types have no header parameters any more")


def bare(document: Schema) -> None:
    for node in nodes(document):
        for word in PROSE:
            node.pop(word, None)


def open_enums(document: Schema) -> None:
    for node in nodes(document):
        if {"type": "string"} in node.get("anyOf", ()):
            keep = [b for b in node["anyOf"] if not _is_closed_string(b)]
            _replace(node, keep[0] if len(keep) == 1 else {"anyOf": keep})
    if document.get("properties", {}).get("model", {"type": "string"}) != {"type": "string"}:
        raise TripwireError("open_enums: `model` is not a plain string")


def typed_input(document: Schema) -> None:
    for node in nodes(document):
        for branch in node.get("anyOf", ()):
            if branch.get("$ref") == "#/$defs/InputSchemaTyped":
                _replace(node, branch)
                break
    schema = definition(document, "ToolParam")["properties"]["input_schema"]
    typed = target(document, schema)
    typed["additionalProperties"] = True
    if typed.get("required") != ["type"]:
        raise TripwireError("typed_input: an input_schema need not have a type")


def shared_blocks(document: Schema) -> None:
    # seen live 2026-08-31: a block of a wrong type in a system turn is reported after every field
    # and every unknown key, and not in the words of the schema
    user, system = (
        definition(document, f"{role}MessageParam")["properties"]["content"]
        for role in ("User", "System")
    )
    own = _list_items(system)
    blocks = list(_list_items(user)["anyOf"])
    blocks += [b for b in own.get("anyOf", [dict(own)]) if b not in blocks]
    _replace(own, {"anyOf": blocks})


def tool_changes(document: Schema, beta: Schema) -> None:
    # seen live 2026-08-31 without a beta header: "role 'system' supports text, tool_addition, and
    # tool_removal blocks only"; the SDK has the last two in its beta types only
    document["$defs"] = {**beta["$defs"], **document["$defs"]}
    content = definition(document, "SystemMessageParam")["properties"]["content"]
    items = _list_items(content)
    blocks = items.get("anyOf", [dict(items)])
    added = [{"$ref": f"#/$defs/BetaRequestTool{c}BlockParam"} for c in ("Addition", "Removal")]
    missing = [b["$ref"] for b in added if b["$ref"].rsplit("/", 1)[1] not in document["$defs"]]
    if missing:
        raise TripwireError(f"tool_changes: {missing} are not in the SDK's beta types")
    _replace(items, {"anyOf": [*blocks, *added]})


def tagged(document: Schema) -> None:
    for node in list(nodes(document)):
        objects = [b for b in node.get("anyOf", ()) if "properties" in target(document, b)]
        if len(objects) < 2:  # noqa: PLR2004 - a union of one needs no tag
            continue
        rest = [b for b in node["anyOf"] if b not in objects]
        union = _by_role(document, objects) or _by_type(document, objects)
        del node["anyOf"]
        node.update({"anyOf": [union, *rest]} if rest else union)
    _trip("tagged", document, lambda node: _is_ambiguous(document, node))


def closed(document: Schema) -> None:
    for node in nodes(document):
        if node.pop("x-response-model", False):
            # The SDK tolerates keys that it does not know. A contract does not.
            node["additionalProperties"] = False
        if "properties" in node:
            node.setdefault("additionalProperties", False)
    _trip("closed", document, _is_open)


def reachable(document: Schema) -> None:
    seen: set[str] = set()
    todo = [{k: v for k, v in document.items() if k != "$defs"}]
    while todo:
        for node in nodes(todo.pop()):
            refs = [node.get("$ref"), *node.get("discriminator", {}).get("mapping", {}).values()]
            for name in {r.removeprefix("#/$defs/") for r in refs if r} - seen:
                seen.add(name)
                todo.append(document["$defs"][name])
    document["$defs"] = {k: v for k, v in sorted(document["$defs"].items()) if k in seen}


def known(document: Schema) -> None:
    _trip("known", document, lambda node: not node.keys() <= KEYWORDS)


def _trip(pass_name: str, document: Schema, is_left: Callable[[Schema], bool]) -> None:
    left = [node for node in nodes(document) if is_left(node)]
    if left:
        example = str(left[0])[:300]
        raise TripwireError(f"{pass_name}: {len(left)} places left, for instance {example}")


def _replace(node: Schema, by: Schema) -> None:
    node.clear()
    node.update(by)


def _is_off_the_wire(document: Schema, branch: Schema) -> bool:
    is_python = "x-python" in branch or branch.get("format") == "path"
    return is_python or "x-response-model" in target(document, branch)


def _is_closed_string(branch: Schema) -> bool:
    return branch.get("type") == "string" and branch != {"type": "string"}


def _list_items(content: Schema) -> Schema:
    for branch in content.get("anyOf", ()):
        if branch.get("type") == "array":
            items: Schema = branch["items"]
            return items
    raise TripwireError("shared_blocks: the content of a turn is not a string or an array")


def _by_role(document: Schema, branches: list[Schema]) -> Schema | None:
    if not all("role" in target(document, b)["properties"] for b in branches):
        return None
    mapping = {_literals(target(document, b)["properties"]["role"])[0]: b["$ref"] for b in branches}
    return {"oneOf": branches, "discriminator": {"propertyName": "role", "mapping": mapping}}


def _by_type(document: Schema, branches: list[Schema]) -> Schema:
    mapping = {
        tag: b["$ref"]
        for b in branches
        for tag in _literals(target(document, b)["properties"].get("type", {}))
    }
    # The live API lists the tags of a union in alphabetical order (limits.json has the exception).
    discriminator: Schema = {"propertyName": "type", "mapping": dict(sorted(mapping.items()))}
    if "custom" in mapping:
        discriminator["x-default"] = "custom"  # docs: a tool without a type is a custom one
    return {"oneOf": branches, "discriminator": discriminator}


def _literals(schema: Schema) -> list[str]:
    if "anyOf" in schema:
        return [tag for branch in schema["anyOf"] for tag in _literals(branch)]
    return [schema["const"]] if "const" in schema else list(schema.get("enum", ()))


def _is_ambiguous(document: Schema, node: Schema) -> bool:
    if "oneOf" in node:
        return len(set(node["discriminator"]["mapping"].values())) < len(node["oneOf"])
    kinds = [_json_type(target(document, b)) for b in node.get("anyOf", ())]
    return len(kinds) != len(set(kinds))


def _json_type(schema: Schema) -> str:
    return "object" if "oneOf" in schema else str(schema.get("type"))


def _is_open(node: Schema) -> bool:
    return node.get("type") == "object" and "additionalProperties" not in node
