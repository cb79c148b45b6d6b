"""The suite's judgement of what the endpoints around Messages answer.

check_resource(name, value, version)    one object or one page: a file, a batch, a model, a list, a deletion
check_results(raw, version)             the lines of a batch's results
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from contracts.answers import joined, message_findings
from contracts.blame import blamed
from contracts.facts import ID_BODY, Keys
from contracts.findings import Finding, Json, Rulebook, is_array, is_object

BATCHES_RECORDED = "recorded 2025-01-29: alexrudall/anthropic cassettes"
RESOURCES = Rulebook(
    {
        "resource.schema": "anthropic SDK: types, as committed in contracts/schemas",
        "resource.keys": "recorded 2025-01 to 2026-08; docs: API reference",
        "resource.order": "recorded 2025-01 to 2026-08",
        "resource.id": "recorded 2025-01 to 2026-08",
        "page.ends": "SDK: pagination",
        "batch.counts": "docs: Batch processing",
        "batch.ended": "docs: Batch processing",
        "results.line": "recorded 2025-02; docs: Batch processing",
    }
)


def _keys(names: str, optional: str = "") -> Keys:
    return Keys(names.split(), frozenset(optional.split()))


# As recorded; a key that was never recorded has no place, and may stand anywhere.
KEYS: Final[Mapping[str, Keys]] = {
    "file": _keys("type id size_bytes created_at filename mime_type downloadable"),
    "message_batch": _keys(
        "id type processing_status request_counts ended_at created_at expires_at archived_at "
        "cancel_initiated_at results_url"
    ),
    "model": _keys("type id display_name created_at max_input_tokens max_tokens capabilities"),
    # recorded in older shapes alone, so that nothing is known of the order
    "skill": _keys(""),
    "skill_version": _keys(""),
    "skill_list": _keys("data next_page"),
    "skill_version_list": _keys("data next_page"),
    "deleted_skill": _keys("id type"),
    "deleted_skill_version": _keys("id type"),
    "deleted_file": _keys("id type"),
    "deleted_message_batch": _keys("id type"),
    "file_list": _keys("data next_page"),
    "model_list": _keys("data has_more first_id last_id"),
    "message_batch_list": _keys("data has_more first_id last_id"),
    "message_batch_result": _keys("custom_id result"),
    # reported 2025-02-12: an errored result has `details` first
    "batch_error": _keys("details type message"),
    "capabilities": _keys(
        "batch citations code_execution context_management effort image_input pdf_input "
        "structured_outputs thinking"
    ),
}
NEWER: Final[Mapping[str, Sequence[str]]] = {
    "file": ("expires_at",),
    "model": ("lifecycle", "line", "deprecated_at", "retires_at"),
    "capabilities": ("server_tools",),
}
ITEMS: Final[Mapping[str, str]] = {
    "file_list": "file",
    "model_list": "model",
    "message_batch_list": "message_batch",
    "skill_list": "skill",
    "skill_version_list": "skill_version",
}
PREFIXES: Final[Mapping[str, str]] = {
    "file": "file",
    "deleted_file": "file",
    "message_batch": "msgbatch",
    "deleted_message_batch": "msgbatch",
}


def check_resource(
    name: str, value: object, version: str, namespace: str = "stable"
) -> list[Finding]:
    """Judge an answer by the document of that name. Raises FileNotFoundError for an unknown one."""
    findings = [
        RESOURCES.breach("resource.schema", blame.path, blame.text, is_drift=blame.is_unknown)
        for blame in blamed(_known_to_the_sdk(value), name, version, namespace)
    ]
    return [*findings, *_object(name, value, "")] if is_object(value) else findings


def check_results(raw: bytes, version: str, namespace: str = "stable") -> list[Finding]:
    """Judge the JSON lines of a batch's results."""
    findings: list[Finding] = []
    for number, line in enumerate(raw.splitlines(), 1):
        at = f"line {number}"
        try:
            value = json.loads(line)
        except ValueError:
            findings.append(RESOURCES.breach("results.line", at, "no JSON"))
            continue
        found = check_resource("message_batch_result", value, version, namespace)
        findings += [each._replace(path=joined(at, each.path)) for each in found]
    if raw and not raw.endswith(b"\n"):
        findings.append(RESOURCES.breach("results.line", "end", "the last line has no end"))
    return findings


def _known_to_the_sdk(value: Any) -> Any:
    # reported 2025-02-12: the error of a result has details, of which the SDK's types know nothing
    try:
        result, envelope = value["result"], value["result"]["error"]
        error = {k: v for k, v in envelope["error"].items() if k != "details"}
    except (AttributeError, KeyError, TypeError):
        return value
    return {**value, "result": {**result, "error": {**envelope, "error": error}}}


def _object(name: str, value: Json, at: str) -> Iterator[Finding]:
    yield from _keyed(name, value, at)
    if name in PREFIXES and not re.fullmatch(f"{PREFIXES[name]}_{ID_BODY}", str(value.get("id"))):
        text = f"{value.get('id')} is no {PREFIXES[name]}_ id"
        yield RESOURCES.breach("resource.id", joined(at, "id"), text)
    if name in ITEMS:
        yield from _page(ITEMS[name], value)
    elif name in _MORE:
        yield from _MORE[name](value, at)


def _keyed(name: str, value: Json, at: str) -> Iterator[Finding]:
    keys = KEYS[name]
    missing = [*keys.missing(value), *(key for key in NEWER.get(name, ()) if key not in value)]
    if missing:
        yield RESOURCES.breach("resource.keys", at, f"no {', '.join(missing)}")
    if not keys.is_ordered(value):
        yield RESOURCES.breach("resource.order", at, f"keys come as {', '.join(value)}")


def _page(item: str, value: Json) -> Iterator[Finding]:
    data = value.get("data")
    items = [each for each in data if is_object(each)] if is_array(data) else []
    for position, each in enumerate(items):
        yield from _object(item, each, f"data.{position}")
    if "has_more" in value:
        ends = (items[0].get("id"), items[-1].get("id")) if items else (None, None)
        if (value.get("first_id"), value.get("last_id")) != ends:
            yield RESOURCES.breach("page.ends", "first_id", "not the ids of the first and the last")


def _model(value: Json, at: str) -> Iterator[Finding]:
    capabilities = value.get("capabilities")
    if is_object(capabilities):
        yield from _keyed("capabilities", capabilities, joined(at, "capabilities"))


def _batch(value: Json, at: str) -> Iterator[Finding]:
    counts = value.get("request_counts")
    ended = value.get("processing_status") == "ended"
    if is_object(counts):
        done = sum(n for key, n in counts.items() if key != "processing" and isinstance(n, int))
        if (done > 0 and not ended) or (ended and counts.get("processing") != 0):
            text = f"{counts} while {value.get('processing_status')}"
            yield RESOURCES.breach("batch.counts", joined(at, "request_counts"), text)
    has_end = value.get("ended_at") is not None
    has_results = value.get("results_url") is not None or value.get("archived_at") is not None
    if has_end != ended or has_results != ended:
        text = f"ended_at and results_url don't fit {value.get('processing_status')}"
        yield RESOURCES.breach("batch.ended", joined(at, "ended_at"), text)


def _result(value: Json, _at: str) -> Iterator[Finding]:
    result = value.get("result")
    if not is_object(result):
        return
    if is_object(message := result.get("message")):
        yield from (
            each._replace(path=joined("result.message", each.path))
            for each in message_findings(message)
        )
        usage = message.get("usage")
        tier = usage.get("service_tier") if is_object(usage) else None
        if tier != "batch":
            at = "result.message.usage.service_tier"
            yield RESOURCES.breach("results.line", at, f"{tier}, not batch")
    envelope = result.get("error")
    if is_object(envelope) and is_object(error := envelope.get("error")):
        yield from _keyed("batch_error", error, "result.error.error")


_MORE = {"model": _model, "message_batch": _batch, "message_batch_result": _result}
