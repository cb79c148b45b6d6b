"""The judgement of an answer beside the request that it answers.

check_exchange(sent, received, version)    everything that the other checks know, by what was asked
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from contracts import facts
from contracts.assembly import assembled
from contracts.findings import Finding, Json, Rulebook, is_array, is_object
from contracts.framing import FramingError, frames
from contracts.models import WishError, named
from contracts.oracle import check_error, check_message, check_stream
from contracts.suite.transports import Received, Sent

OK = 200
MESSAGES, COUNT = "/v1/messages", "/v1/messages/count_tokens"
JSON_TYPE, STREAM_TYPE = "application/json", "text/event-stream; charset=utf-8"
HEADERS_RECORDED = "recorded 2025-02 to 2026-09"
# How the types of calls of what a server runs end, and of their results.
SERVED = ("server_tool_use", "mcp_tool_use", "_tool_result")
EXCHANGES = Rulebook(
    {
        "answer.status": facts.ERRORS_DOCUMENTED,
        "answer.json": facts.MESSAGE_RECORDED,
        "answer.content-type": HEADERS_RECORDED,
        "answer.request-id": facts.ERRORS_DOCUMENTED,
        "answer.organization": HEADERS_RECORDED,
        "answer.model": facts.MESSAGE_RECORDED,
        "answer.max-tokens": "docs: Messages API: max_tokens",
        "answer.stop-sequence": "docs: Messages API: stop_sequences",
        "answer.tool": "docs: Tool use",
        "answer.tool-choice": "docs: Tool use",
        "count.keys": "docs: Token counting",
    }
)


def check_exchange(
    sent: Sent, received: Received, version: str, namespace: str = "stable"
) -> list[Finding]:
    """Judge an answer to POST /v1/messages or its token count by itself and by its request."""
    if received.status != OK:
        return [*_refusal(sent, received)]
    findings = list(_headers(sent, received))
    if sent.path == COUNT:
        return [*findings, *_count(sent, received)]
    if asks_for_stream(sent):
        findings += check_stream(received.body, version, namespace)
    elif not is_object(parsed(received.body)):
        findings.append(EXCHANGES.breach("answer.json", "", "no JSON object"))
    else:
        findings += check_message(parsed(received.body), version, namespace)
    message = told(received)
    asked = parsed(sent.body)
    return [*findings, *_promises(asked, message)] if is_object(asked) and message else findings


def asks_for_stream(sent: Sent) -> bool:
    """Whether a request asks for an event stream."""
    body = parsed(sent.body)
    return is_object(body) and body.get("stream") is True


def parsed(raw: bytes) -> Any:
    """The JSON value of some bytes; None when they are none."""
    try:
        return json.loads(raw)
    except ValueError:
        return None


def told(received: Received) -> Json | None:
    """The message that an answer holds or tells as a stream; None when it has none that can be read."""
    if not received.headers.get("content-type", "").startswith("text/event-stream"):
        value = parsed(received.body)
        return value if is_object(value) else None
    try:
        return assembled(frame.data for frame in frames(received.body))
    except (FramingError, LookupError, TypeError, ValueError, AttributeError):
        return None  # check_stream says why


def _refusal(sent: Sent, received: Received) -> Iterator[Finding]:
    if received.status not in facts.ERROR_TYPES:
        text = f"{received.status} is no documented status"
        yield EXCHANGES.breach("answer.status", "status", text)
    for finding in check_error(parsed(received.body), received.status, received.headers):
        # Whose organization a request is from is only recorded for refusals of its body.
        if finding.rule != "error.organization" or sent.path in (MESSAGES, COUNT):
            yield finding


def _headers(sent: Sent, received: Received) -> Iterator[Finding]:
    is_stream = sent.path == MESSAGES and asks_for_stream(sent)
    wanted = STREAM_TYPE if is_stream else JSON_TYPE
    kind = received.headers.get("content-type")
    if kind != wanted:
        text = f"{kind}, not {wanted}"
        yield EXCHANGES.breach("answer.content-type", "content-type", text)
    request_id = received.headers.get("request-id", "none")
    if not re.fullmatch(f"req_{facts.ID_BODY}", request_id):
        yield EXCHANGES.breach("answer.request-id", "request-id", f"{request_id} is no req_ id")
    if "anthropic-organization-id" not in received.headers:
        yield EXCHANGES.breach("answer.organization", "anthropic-organization-id", "is missing")


def _count_keys(asked: Any) -> set[str]:
    # docs: Context editing brings the second one
    edits = is_object(asked) and asked.get("context_management")
    return {"input_tokens", "context_management"} if edits else {"input_tokens"}


def _count(sent: Sent, received: Received) -> Iterator[Finding]:
    asked, value = parsed(sent.body), parsed(received.body)
    count = value.get("input_tokens") if is_object(value) else None
    if not isinstance(count, int) or isinstance(count, bool) or count < 1:
        yield EXCHANGES.breach("count.keys", "input_tokens", f"{count!r} is no number of tokens")
    elif value.keys() - _count_keys(asked):
        keys = ", ".join(value)
        yield EXCHANGES.breach("count.keys", "", f"has the keys {keys}", is_drift=True)


def _promises(asked: Json, message: Json) -> Iterator[Finding]:
    yield from _model(asked, message)
    usage, most = message.get("usage"), asked.get("max_tokens")
    used = usage.get("output_tokens") if is_object(usage) else None
    if isinstance(used, int) and isinstance(most, int) and used > most > 0:
        text = f"{used} with max_tokens {most}"
        yield EXCHANGES.breach("answer.max-tokens", "usage.output_tokens", text)
    sequence = message.get("stop_sequence")
    if sequence is not None and sequence not in (asked.get("stop_sequences") or ()):
        text = f"{sequence!r} was not asked for"
        yield EXCHANGES.breach("answer.stop-sequence", "stop_sequence", text)
    yield from _calls(asked, message)


def _model(asked: Json, message: Json) -> Iterator[Finding]:
    try:
        model = named(str(asked.get("model")))["id"]
    except WishError:
        return
    if message.get("model") != model and "fallbacks" not in asked:
        yield EXCHANGES.breach("answer.model", "model", f"{message.get('model')}, not {model}")


def _calls(asked: Json, message: Json) -> Iterator[Finding]:
    content = message.get("content")
    blocks = [block for block in content if is_object(block)] if is_array(content) else []
    calls = [block for block in blocks if block.get("type") == "tool_use"]
    tools = asked.get("tools")
    offered = [tool for tool in tools if is_object(tool)] if is_array(tools) else []
    names = {tool.get("name") for tool in offered}
    # The tools of a toolset have names of their own.
    are_all_named = all("name" in tool for tool in offered)
    for call in calls:
        if are_all_named and call.get("name") not in names:
            text = f"{call.get('name')!r} was not offered"
            yield EXCHANGES.breach("answer.tool", "content", text)
    yield from _choice(asked, blocks, str(message.get("stop_reason")))


def _choice(asked: Json, blocks: list[Json], stop_reason: str) -> Iterator[Finding]:
    choice = asked.get("tool_choice")
    if not is_object(choice):
        return
    kind, wanted = choice.get("type"), choice.get("name")
    calls = [block for block in blocks if block.get("type") == "tool_use"]
    # What the server runs counts, and so does the rest of a turn that had paused behind such a call.
    is_served = any(str(block.get("type")).endswith(SERVED) for block in blocks)
    if kind == "none" and calls:
        yield EXCHANGES.breach("answer.tool-choice", "content", "a call with tool_choice none")
    if kind in ("any", "tool") and stop_reason == "end_turn" and not (calls or is_served):
        yield EXCHANGES.breach("answer.tool-choice", "content", f"no call with tool_choice {kind}")
    # A toolset is chosen by its family's name.
    chosen = (call.get("toolset_name") or call.get("name") for call in calls)
    if kind == "tool" and any(name != wanted for name in chosen):
        yield EXCHANGES.breach("answer.tool-choice", "content", f"a call of another than {wanted}")
