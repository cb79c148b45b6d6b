"""limits.json: every entry has a source, finds its place, and changes a verdict."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from contracts import limits
from contracts.derive import NAMESPACES, SOURCES, VERSIONS
from contracts.limits import ACTIONS, apply, limited, ordered
from contracts.passes import Schema, TripwireError, definition
from contracts.validate import Validator
from tests.unit.contracts.rows import ROWS
from tests.unit.contracts.rows.row import CALL, GOOD, Json, system_turn, tool, turn
from tests.unit.contracts.samples import message

Entry = Mapping[str, Any]
ENTRIES: list[Entry] = limits.limits()["entries"]
TEXTS: list[Entry] = limits.limits()["texts"]
NAMES = {source.name for source in SOURCES}


def place(entry: Entry) -> str:
    return str(entry["place"])


def properties(document: Schema, entry: Entry) -> Schema:
    owner, _, _ = place(entry).partition(".")
    found: Schema = (definition(document, owner) if owner else document)["properties"]
    return found


@pytest.mark.parametrize("entry", ENTRIES, ids=place)
def test_entry_has_a_source_one_action_and_a_document(entry: Entry) -> None:
    assert entry["source"]
    assert len(entry.keys() & set(ACTIONS)) == 1
    assert set(entry["documents"]) <= NAMES
    assert set(entry.get("versions", VERSIONS)) <= set(VERSIONS)
    assert set(entry.get("namespaces", NAMESPACES)) <= set(NAMESPACES)


@pytest.mark.parametrize("entry", ENTRIES, ids=place)
def test_entry_is_in_the_schemas(entry: Entry, fresh: dict[Path, Schema]) -> None:
    name = place(entry).rpartition(".")[2]
    found = [
        properties(fresh[Path(version) / namespace / f"{document}.json"], entry)[name]
        for version in entry.get("versions", VERSIONS)
        for namespace in entry.get("namespaces", NAMESPACES)
        for document in entry["documents"]
    ]
    assert found
    assert all(_shows(schema, entry) for schema in found)


def _shows(schema: Schema, entry: Entry) -> bool:
    if "nullable" in entry:
        return {"type": "null"} in schema["anyOf"]
    if "tags" in entry:
        return list(schema["discriminator"]["mapping"]) == list(entry["tags"])
    expected = entry.get("keywords") or entry.get("replaces") or entry["adds"]
    return bool(schema.items() >= expected.items())


def test_order_has_sources() -> None:
    assert limits.limits()["order"]["source"]
    assert limits.limits()["order"]["first"]["source"]


# What the schema without the entry would judge otherwise: place -> a body.
CODE_RESULT: Json = {
    "type": "code_execution_tool_result",
    "tool_use_id": "srvtoolu_1",
    "content": {
        "type": "code_execution_result",
        "stdout": "",
        "stderr": "",
        "return_code": 0,
        "content": [],
        "abort_reason": None,
    },
}
DOCUMENT = {
    "type": "document",
    "source": {"type": "text", "media_type": "text/plain", "data": "a"},
}
ACCEPTED: dict[str, Json] = {
    ".temperature": {"temperature": 0.5},
    ".top_k": {"top_k": 5},
    ".top_p": {"top_p": 0.5},
    ".stream": {"stream": True},
    ".output_format": {"output_format": None},
    "CacheControlEphemeralParam.scope": {"cache_control": {"type": "ephemeral", "scope": "global"}},
    ".metadata": {"metadata": None},
    ".stop_sequences": {"stop_sequences": None},
    "CodeExecutionResultBlockParam.abort_reason": turn([CODE_RESULT], "assistant"),
}
SEARCH: Json = {"type": "server_tool_use", "id": "toolu_1", "name": "web_search", "input": {}}
ENABLED: Json = {"type": "enabled", "budget_tokens": 1023}
NONE_KEPT: Json = {
    "type": "clear_thinking_20251015",
    "keep": {"type": "thinking_turns", "value": 0},
}
REFUSED: dict[str, tuple[str, Json]] = {
    ".tool_choice": ("tool_choice", {"tool_choice": {"type": "bogus"}}),
    ".model": ("model", {"model": ""}),
    ".messages": ("messages", {"messages": []}),
    ".max_tokens": ("max_tokens", {"max_tokens": -1}),
    "CompactionConfigParam.instructions": (
        "compaction.instructions",
        {"compaction": {"type": "summarize", "instructions": "a" * 16_385}},
    ),
    "ThinkingConfigEnabledParam.budget_tokens": (
        "thinking.enabled.budget_tokens",
        {"thinking": ENABLED},
    ),
    "BetaTokenTaskBudgetParam.total": (
        "output_config.task_budget.total",
        {"output_config": {"task_budget": {"type": "tokens", "total": 19_999}}},
    ),
    "BetaThinkingTurnsParam.value": (
        "context_management.edits.0.clear_thinking_20251015.keep.thinking_turns.value",
        {"context_management": {"edits": [NONE_KEPT]}},
    ),
    "ToolParam.name": ("tools.0.custom.name", tool(name="a b")),
    "ToolUseBlockParam.id": ("messages.0.content.0.tool_use.id", turn([{**CALL, "id": "a:1"}])),
    "ToolUseBlockParam.name": (
        "messages.0.content.0.tool_use.name",
        turn([{**CALL, "name": "a" * 201}]),
    ),
    "ToolResultBlockParam.tool_use_id": (
        "messages.0.content.0.tool_result.tool_use_id",
        turn([{"type": "tool_result", "tool_use_id": "a:1"}]),
    ),
    "ServerToolUseBlockParam.id": ("messages.0.content.0.server_tool_use.id", turn([SEARCH])),
    **{
        f"{name}.{field}": (
            f"messages.0.content.0.document.{field}",
            turn([{**DOCUMENT, field: value}]),
        )
        for name in ("DocumentBlockParam", "RequestDocumentBlockParam")
        for field, value in (("title", "a" * 501), ("context", ""))
    },
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_entry_makes_request_acceptable(name: str) -> None:
    (entry,) = (entry for entry in ENTRIES if place(entry) == name)
    namespace = entry.get("namespaces", ["stable"])[0]
    body = {**GOOD, **ACCEPTED[name]}
    assert Validator.load("create_message", VERSIONS[0], namespace).fault(body) is None


@pytest.mark.parametrize("name", REFUSED)
def test_entry_makes_request_faulty(name: str) -> None:
    path, edit = REFUSED[name]
    (entry,) = (entry for entry in ENTRIES if place(entry) == name)
    namespace = entry.get("namespaces", ["stable"])[0]
    fault = Validator.load("create_message", VERSIONS[1], namespace).fault({**GOOD, **edit})
    assert fault is not None
    assert fault.path == path


def test_entry_makes_answer_acceptable() -> None:
    answer = message(content=[CODE_RESULT])
    assert Validator.load("message", VERSIONS[1]).fault(answer) is None


BATCHES: dict[str, tuple[str, list[Json]]] = {
    ".requests": ("requests", []),
    "Request.custom_id": ("requests.0.custom_id", [{"custom_id": "a b", "params": {}}]),
}


@pytest.mark.parametrize("name", BATCHES)
def test_entry_makes_batch_faulty(name: str) -> None:
    path, requests = BATCHES[name]
    fault = Validator.load("create_message_batch", VERSIONS[1]).fault({"requests": requests})
    assert fault is not None
    assert fault.path == path


def test_params_of_a_batch_are_not_looked_at() -> None:
    body = {"requests": [{"custom_id": "a", "params": {"anything": 1}}]}
    assert Validator.load("create_message_batch", VERSIONS[1]).fault(body) is None


def test_every_entry_has_such_a_body() -> None:
    others = {"CodeExecutionResultBlock.abort_reason", "Request.params", *BATCHES}
    assert ACCEPTED.keys() | REFUSED.keys() | others == set(map(place, ENTRIES))


def test_upper_limit_of_messages_holds() -> None:
    body = {**GOOD, "messages": GOOD["messages"] * 100_000}
    assert Validator.load("create_message", VERSIONS[1]).fault(body) is None
    body["messages"] = [*body["messages"], *system_turn(content="x")["messages"]]
    fault = Validator.load("create_message", VERSIONS[1]).fault(body)
    assert fault is not None
    assert fault.path == "messages"


@pytest.mark.parametrize("entry", TEXTS, ids=lambda entry: f"{entry['at']}-{entry['error']}")
def test_text_has_a_source_and_is_produced(entry: Entry) -> None:
    assert entry["source"]
    expected = (entry["at"], entry["text"])
    produced = [row for row in ROWS if row.fault == expected]
    assert produced
    assert Validator.load("create_message", VERSIONS[0]).fault(produced[0].body()) == expected


def root(**fields: Schema) -> Schema:
    return {"$defs": {}, "properties": fields}


TEXT: Schema = {"type": "string"}
CHOICE: Schema = {"oneOf": [], "discriminator": {"mapping": {"a": "#/$defs/A", "b": "#/$defs/B"}}}


@pytest.mark.parametrize(
    ("document", "entry", "message"),
    [
        pytest.param(
            root(),
            {"place": ".gone", "keywords": {}},
            ".gone is not in the SDK's types",
            id="narrowed_field_is_gone",
        ),
        pytest.param(
            root(new=TEXT),
            {"place": ".new", "adds": {}},
            ".new is in the SDK's types",
            id="added_field_is_there_already",
        ),
        pytest.param(
            root(),
            {"place": "GoneParam.name", "keywords": {}},
            "no longer have GoneParam",
            id="definition_is_gone",
        ),
        pytest.param(
            root(choice=CHOICE),
            {"place": ".choice", "tags": ["b"]},
            r".choice has the tags \['a', 'b'\]",
            id="union_has_another_tag",
        ),
        pytest.param(
            root(choice=TEXT),
            {"place": ".choice", "tags": ["b"]},
            r".choice has the tags \[\]",
            id="union_is_gone",
        ),
    ],
)
def test_entry_that_does_not_fit_trips(document: Schema, entry: Entry, message: str) -> None:
    with pytest.raises(TripwireError, match=message):
        apply(copy.deepcopy(document), entry)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param({"keywords": {"minLength": 1}}, {**TEXT, "minLength": 1}, id="keywords"),
        pytest.param({"replaces": {"type": "boolean"}}, {"type": "boolean"}, id="replaces"),
        pytest.param({"nullable": True}, {"anyOf": [TEXT, {"type": "null"}]}, id="nullable"),
    ],
)
def test_entry_changes_its_place_only(entry: Entry, expected: Schema) -> None:
    document = root(a=dict(TEXT), b=dict(TEXT))
    apply(document, {"place": ".a", **entry})
    assert document == root(a=expected, b=TEXT)


def test_entry_reaches_the_beta_definition() -> None:
    document: Schema = {"$defs": {"BetaToolParam": {"properties": {"name": {}}}}, "properties": {}}
    apply(document, {"place": "ToolParam.name", "keywords": {"minLength": 1}})
    assert definition(document, "ToolParam")["properties"] == {"name": {"minLength": 1}}


def test_limited_leaves_other_documents_alone() -> None:
    document = root(a=dict(TEXT))
    limited(document, "file", VERSIONS[0], "stable")
    assert document == root(a=TEXT)


def test_ordered_trips_on_a_field_that_is_gone() -> None:
    with pytest.raises(TripwireError, match=r"\['cache_control', .*'tools'\] are not"):
        ordered(root(model=TEXT), "count_tokens")


def test_ordered_puts_type_first_in_every_object() -> None:
    document = root(a={"properties": {"b": TEXT, "type": TEXT}}, c={"properties": {"d": TEXT}})
    ordered(document, "file")
    assert list(document["properties"]["a"]["properties"]) == ["type", "b"]
    assert list(document["properties"]) == ["a", "c"]


def test_ordered_puts_unlisted_fields_last() -> None:
    listed = limits.limits()["order"]["count_tokens"]
    document = root(zz=TEXT, **dict.fromkeys(reversed(listed), TEXT))
    ordered(document, "count_tokens")
    assert list(document["properties"]) == [*listed, "zz"]
