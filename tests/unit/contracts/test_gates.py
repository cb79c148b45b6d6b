"""Gates: what is closed without its beta value, and that the beta and the stable types differ in nothing else."""

from __future__ import annotations

import copy
import json
import re
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from contracts import gates
from contracts.derive import VERSIONS
from contracts.gates import NOTHING, Gate, close, everything, opened, remove, validator
from contracts.passes import Schema, nodes
from contracts.validate import SCHEMAS, Validator

DOCUMENTS = ("create_message", "count_tokens")
PLACES = [(gate, place) for gate in gates.gates() for place in gate.opens]
OLD, NEW = VERSIONS
# the same type under another name
RENAMED = {
    "RequestDocumentBlockParam": "DocumentBlockParam",
    "CitationsConfigParamParam": "CitationsConfigParam",
}


def committed(name: str, version: str, namespace: str) -> Schema:
    found: Schema = json.loads((SCHEMAS / version / namespace / f"{name}.json").read_text("utf-8"))
    return found


def plain(document: Schema) -> Schema:
    """A document under the names of the stable namespace, the branches of its unions sorted."""
    text = re.sub(r'(?<="|/)Beta(?=[A-Z])', "", json.dumps(document))
    for name, stable in RENAMED.items():
        text = text.replace(name, stable)
    found: Schema = json.loads(text)
    for node in nodes(found):
        if "oneOf" in node:
            node["oneOf"].sort(key=str)
        if "required" in node:
            node["required"].sort()
    return found


def body(**changes: Any) -> dict[str, Any]:
    return {
        "model": "claude-opus-5",
        "max_tokens": 9,
        "messages": [{"role": "user", "content": "Hello"}],
        **changes,
    }


def said(betas: set[str], **changes: Any) -> str | None:
    """What the schema says of a body under beta values."""
    fault = validator("create_message", NEW, opened(betas)).fault(body(**changes))
    return None if fault is None else str(fault)


@pytest.mark.parametrize(("name", "version"), [*product(DOCUMENTS, VERSIONS)])
def test_beta_types_without_any_gate_are_the_stable_types(name: str, version: str) -> None:
    """Whatever an SDK adds to the beta namespace needs a gate, or this fails."""
    document = committed(name, version, "beta")
    close(document, NOTHING)
    assert plain(document) == plain(committed(name, version, "stable"))


@pytest.mark.parametrize(("name", "version"), [*product(DOCUMENTS, VERSIONS)])
def test_all_gates_open_is_the_beta_document(name: str, version: str) -> None:
    document = committed(name, version, "beta")
    before = copy.deepcopy(document)
    close(document, everything())
    assert document == before


@pytest.mark.parametrize(("gate", "place"), PLACES, ids=lambda part: getattr(part, "name", part))
def test_every_place_is_in_a_beta_document(gate: Gate, place: str) -> None:
    documents = [committed(name, NEW, "beta") for name in DOCUMENTS]
    assert any(remove(document, place) for document in documents)
    assert gate.source
    assert gate.betas


def test_gates_have_names_of_their_own() -> None:
    assert len(everything()) == len(gates.gates())


@pytest.mark.parametrize(
    ("betas", "names"),
    [
        pytest.param(set[str](), set[str](), id="none"),
        pytest.param({"files-api-2025-04-14"}, set[str](), id="opens_nothing"),
        pytest.param({"mcp-client-2025-04-04"}, {"mcp-connector"}, id="old"),
        pytest.param({"mcp-client-2025-11-20"}, {"mcp-connector", "mcp-toolset"}, id="two"),
    ],
)
def test_values_open_gates(betas: set[str], names: set[str]) -> None:
    assert opened(betas) == names


EXTRA = "{}: Extra inputs are not permitted"
SERVERS = [{"type": "url", "name": "a", "url": "https://example.com"}]
MARK = {"type": "ephemeral", "scope": "global"}
ADAPTIVE = {"type": "adaptive"}
SYSTEM = [{"role": "user", "content": "a"}, {"role": "system", "output_config": {"effort": "low"}}]


@pytest.mark.parametrize(
    ("changes", "beta", "refusal"),
    [
        (
            {"context_management": {}},
            "context-management-2025-06-27",
            EXTRA.format("context_management"),
        ),
        ({"context_management": {}}, "compact-2026-01-12", EXTRA.format("context_management")),
        ({"mcp_servers": SERVERS}, "mcp-client-2025-04-04", EXTRA.format("mcp_servers")),
        ({"fallbacks": "default"}, "server-side-fallback-2026-07-01", EXTRA.format("fallbacks")),
        ({"thread": {"type": "create"}}, "message-threads-2026-08-12", EXTRA.format("thread")),
        (
            {"output_config": {"task_budget": {"type": "tokens", "total": 20000}}},
            "task-budgets-2026-03-13",
            EXTRA.format("output_config.task_budget"),
        ),
        (
            {"thinking": {**ADAPTIVE, "block_binding": {}}},
            "thinking-binding-controls-2026-08-01",
            EXTRA.format("thinking.adaptive.block_binding"),
        ),
        (
            {"thinking": {**ADAPTIVE, "display": "updates"}},
            "thinking-display-updates-2026-08-18",
            "thinking.adaptive.display: Input should be 'summarized' or 'omitted'",
        ),
        (
            {"system": [{"type": "text", "text": "a", "cache_control": MARK}]},
            "prompt-caching-scope-2026-01-05",
            EXTRA.format("system.0.cache_control.ephemeral.scope"),
        ),
        ({"messages": SYSTEM}, "per-turn-control-2026-07-01", "messages.1.content: Field required"),
    ],
    ids=lambda part: part if isinstance(part, str) else next(iter(part)),
)
def test_a_field_needs_its_own_value(changes: dict[str, Any], beta: str, refusal: str) -> None:
    assert said(set(), **changes) == refusal
    assert said({"files-api-2025-04-14", "task-budgets-2026-03-13"} - {beta}, **changes) == refusal
    assert said({beta}, **changes) is None


@pytest.mark.parametrize(
    ("changes", "beta", "path"),
    [
        (
            {"tools": [{"type": "mcp_toolset", "mcp_server_name": "a"}]},
            "mcp-client-2025-11-20",
            "tools.0",
        ),
        (
            {"messages": [{"role": "user", "content": [{"type": "compaction", "content": "a"}]}]},
            "compact-2026-01-12",
            "messages.0.content.0",
        ),
    ],
    ids=["tool", "block"],
)
def test_a_member_of_a_union_needs_its_own_value(
    changes: dict[str, Any], beta: str, path: str
) -> None:
    refusal = said({"mcp-client-2025-04-04"}, **changes)
    assert refusal is not None
    tag, tags = re.fullmatch(
        rf"{path}: Input tag '(\w+)' found using 'type' does not match any of the expected tags: (.*)",
        refusal,
    ).groups()  # type: ignore[union-attr]
    assert f"'{tag}'" not in tags
    assert said({beta}, **changes) is None


def test_what_opens_nothing_is_judged_by_the_stable_document() -> None:
    assert validator("create_message", OLD, NOTHING) is Validator.load(
        "create_message", OLD, "stable"
    )


@pytest.mark.parametrize(
    "place", ["NoSuchParam.a", ".no_such", "#no_such", "NoSuchParam#a", "A.b=x"]
)
def test_a_place_that_is_not_there_is_left_alone(place: str) -> None:
    document: Schema = {"properties": {}, "$defs": {"A": {"properties": {"b": {"enum": ["y"]}}}}}
    before = copy.deepcopy(document)
    assert not remove(document, place)
    assert document == before


def test_the_file_is_beside_the_module() -> None:
    assert Path(gates.__file__).with_suffix(".json") == gates.FILE


def test_a_member_with_two_tags_keeps_the_other() -> None:
    document = committed("create_message", NEW, "stable")
    assert remove(document, "#tool_search_tool_bm25")
    fault = Validator(document).fault
    assert fault(body(tools=[{"type": "tool_search_tool_bm25", "name": "tool_search_tool_bm25"}]))
    dated = {"type": "tool_search_tool_bm25_20251119", "name": "tool_search_tool_bm25"}
    assert fault(body(tools=[dated])) is None
