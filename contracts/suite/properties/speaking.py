"""What messages promise about ids, tokens, tools and texts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from contracts.exchanges import parsed
from contracts.findings import Finding, Json, is_object
from contracts.profiles import STRICT
from contracts.suite.properties.bodies import TOOL, WORDS, asked, bodies
from contracts.suite.properties.registry import claims
from contracts.suite.talk import Talk

if TYPE_CHECKING:
    from collections.abc import Iterable

INPUT = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
NEAR = 0.1  # docs: Token counting: an estimate on the live API
NOT_FOUND = 404


@claims("ids/unique", "recorded 2025-05 to 2026-09", evidence="recorded", requests=5)
def unique(talk: Talk) -> Iterator[Finding | str]:
    """Ids of messages, calls and requests never come twice."""
    body = bodies()["tool"]
    messages = [talk.message(body), talk.message(body), talk.message({**body, "stream": True})]
    ids = [message.get("id") for message in messages]
    calls = [block.get("id") for message in messages for block in _calls(message)]
    received = [talk.ask({**body, "model": "claude-nothing"}), talk.ask(body)]
    requests = [answer.headers.get("request-id") for answer in received]
    for name, every in (("messages", ids), ("calls", calls), ("requests", requests)):
        if len(set(every)) < len(every):
            yield f"ids of {name} come twice: {', '.join(map(str, every))}"


@claims("usage/counted", "docs: Token counting", requests=16)
def counted(talk: Talk) -> Iterator[Finding | str]:
    """count_tokens says what usage says, on the live API nearly."""
    for kind, body in bodies().items():
        usage = talk.message(body).get("usage", {})
        used = sum(usage.get(key) or 0 for key in INPUT)
        count = talk.count({key: body[key] for key in body if key != "stop_sequences"})
        allowed = 0 if talk.session.profile == STRICT else NEAR * count + 2
        if abs(used - count) > allowed:
            yield f"{kind}: count_tokens says {count}, usage {used}"


@claims("usage/grows", "docs: Token counting", requests=3)
def grows(talk: Talk) -> Iterator[Finding | str]:
    """A longer prompt has more tokens, and so has one with tools."""
    plain = talk.count(asked("Hello"))
    long, tools = talk.count(asked("Hello " * 50)), talk.count(asked("Hello", tools=[TOOL]))
    if not (0 < plain < min(long, tools)):
        yield f"{plain} tokens, fifty times as long {long}, with a tool {tools}"


@claims("usage/max-tokens", "docs: Handling stop reasons", requests=2)
def cut(talk: Talk) -> Iterator[Finding | str]:
    """An answer that needs more than max_tokens is cut there and says so."""
    body = bodies()["short"]
    for stream in (False, True):
        message = talk.message({**body, "stream": stream})
        used = message.get("usage", {}).get("output_tokens")
        if (message.get("stop_reason"), used) != ("max_tokens", body["max_tokens"]):
            yield f"stop_reason {message.get('stop_reason')} with {used} output_tokens"


@claims("tools/forced-call", "docs: Tool use", requests=2)
def forced(talk: Talk) -> Iterator[Finding | str]:
    """tool_choice any and tool give a call whose input is an object, and stop for it."""
    for choice in ({"type": "any"}, {"type": "tool", "name": TOOL["name"]}):
        message = talk.message({**bodies()["tool"], "tool_choice": choice})
        calls = _calls(message)
        # With few tokens, a call may be cut; then its input may be too.
        is_whole = message.get("stop_reason") == "tool_use"
        if not calls or not (is_whole or message.get("stop_reason") == "max_tokens"):
            yield f"{choice}: {len(calls)} calls, stop_reason {message.get('stop_reason')}"
        if is_whole and not all(isinstance(_city(call), str) for call in calls):
            yield f"{choice}: input {[call.get('input') for call in calls]}"


@claims("texts/unicode", "recorded 2026: `model: ` and the name as it was sent", requests=2)
def kept(talk: Talk) -> Iterator[Finding | str]:
    """Text comes back as it was sent, in whichever script."""
    name = f"claude-{WORDS}"
    for stream in (False, True):
        received = talk.ask({**asked("Hello"), "model": name, "stream": stream})
        message = _error(received.body)
        if received.status != NOT_FOUND or message != f"model: {name}":
            yield f"error.message: {message!r}, not {f'model: {name}'!r}"


@claims("texts/stop-sequence", "docs: Handling stop reasons", requests=2)
def stopped(talk: Talk) -> Iterator[Finding | str]:
    """No text holds a stop sequence that was asked for; what stopped it is named."""
    body = bodies()["stop"]
    for stream in (False, True):
        message = talk.message({**body, "stream": stream})
        if any("three" in str(block.get("text")) for block in message.get("content", ())):
            yield "content: the text goes on behind its stop sequence"


def _calls(message: Json) -> list[Json]:
    content: Iterable[Any] = message.get("content", ())
    return [block for block in content if block.get("type") == "tool_use"]


def _city(call: Json) -> Any:
    value = call.get("input")
    return value.get("city") if is_object(value) else None


def _error(raw: bytes) -> Any:
    value = parsed(raw)
    error = value.get("error") if is_object(value) else None
    return error.get("message") if is_object(error) else None
