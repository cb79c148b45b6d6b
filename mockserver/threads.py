"""Message threads: conversations that the server holds, so that a turn sends only what is new.

Source of all that is not marked otherwise: docs, Message threads, as others quote them, and the SDK's error classes.
The sentences of the errors are not known but for the words that clients look for in them.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, NamedTuple, cast

import orjson

from mockserver.clock import Clock
from mockserver.errors import ApiError

KEPT_SECONDS = 300
# policy: how many responses a workspace can go on from, and in how many bytes; the oldest go
MOST_THREADS = 256
MOST_BYTES = 64 * 1024 * 1024
LARGE = 1024 * 1024
# Model, thinking, tool_choice, cache_control and betas: docs; output_config: reported 2026-10; the others: policy
FIXED = (
    *("model", "thinking", "tool_choice", "cache_control", "output_config", "output_format"),
    *("context_management", "mcp_servers", "speed"),
)
CREATE_ONLY = ("system", "tools")
# policy: the edit that Claude Code sends with its threads; which ones are not supported is not documented
SUPPORTED_EDIT = "clear_thinking_20251015"
# Claude Code sends such a block of its system prompt with every turn (reported 2026-09)
BILLING = "x-anthropic-billing-header:"

Body = Mapping[str, Any]


class Held(NamedTuple):
    """A conversation up to a response; no messages once it went on from there."""

    messages: list[Any] | None
    fields: dict[str, Any]
    fixed: dict[str, Any]
    size: int
    expires: float


class Step:
    """One request of a thread. `body` is the whole conversation's; `keep` or `release` ends it."""

    def __init__(
        self, threads: Threads, body: dict[str, Any], fixed: dict[str, Any], previous: str | None
    ) -> None:
        self.body = body
        self._threads = threads
        self._fixed = fixed
        self._previous = previous

    def keep(self, message: Mapping[str, Any]) -> None:
        """Hold the conversation under the response's id."""
        fields = {name: self.body[name] for name in CREATE_ONLY if name in self.body}
        said = [_unmarked(entry) for entry in self.body["messages"]]
        if message["content"]:
            said.append({"role": "assistant", "content": message["content"]})
        self._threads.hold(message["id"], said, fields, self._fixed)
        if self._previous is not None:
            self._threads.pass_on(self._previous)

    def release(self) -> None:
        """Let the conversation go on from where it was; for a turn that was kept there is nothing to do."""
        if self._previous is not None:
            self._threads.in_flight.discard(self._previous)


class Threads:
    """The threads of one workspace."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._held: OrderedDict[str, Held] = OrderedDict()
        self._size = 0
        self.in_flight: set[str] = set()

    def opened(self, body: Body, betas: frozenset[str]) -> Step:
        """Begin a turn with a body that has `thread`. Raises the documented 404 and 400s."""
        _check_supported(body)
        fixed = {name: body.get(name) for name in FIXED} | {"anthropic-beta": sorted(betas)}
        if body["thread"]["type"] == "create":
            return Step(self, dict(body), fixed, None)
        previous: str = body["thread"]["previous_message_id"]
        held, messages = self._usable(previous)
        _check_same(held, body, fixed)
        joined = {**body, **held.fields, "messages": [*messages, *body["messages"]]}
        for name in CREATE_ONLY:
            if name not in held.fields:
                joined.pop(name, None)
        self.in_flight.add(previous)
        return Step(self, joined, fixed, previous)

    def _usable(self, previous: str) -> tuple[Held, list[Any]]:
        held = self._held.get(previous)
        if held is None or held.expires <= self._clock.seconds():
            raise _error(
                "not_found",
                f"no thread goes on from the previous_message_id {previous}; send the whole "
                'conversation with thread: {"type": "create"}',
                status=404,
            )
        if held.messages is None:
            raise _error(
                "already_continued",
                f"the response {previous} has already been continued; continue from the latest one",
            )
        if previous in self.in_flight:
            raise _error(
                "continue_in_flight", f"another request is still continuing from {previous}"
            )
        return held, held.messages

    def hold(
        self,
        message_id: str,
        messages: list[Any],
        fields: dict[str, Any],
        fixed: dict[str, Any],
    ) -> None:
        """Keep a conversation for five minutes."""
        size = _size([messages, fields])
        expires = self._clock.seconds() + KEPT_SECONDS
        self._held[message_id] = Held(messages, fields, fixed, size, expires)
        self._size += size
        while len(self._held) > MOST_THREADS or self._size > MOST_BYTES:
            _, dropped = self._held.popitem(last=False)
            self._size -= dropped.size

    def pass_on(self, previous: str) -> None:
        """Remember of a response only that the conversation went on from it."""
        self.in_flight.discard(previous)
        held = self._held.get(previous)
        if held is not None:
            self._size -= held.size
            self._held[previous] = held._replace(messages=None, fields={}, fixed={}, size=0)


def _size(value: Any) -> int:
    try:
        return len(orjson.dumps(value))
    except orjson.JSONEncodeError:  # nested deeper than the encoder goes
        return LARGE


def is_resumption(body: Any) -> bool:
    """Whether a body goes on without a new message, as it may after pause_turn."""
    if not isinstance(body, dict) or "thread" not in body:
        return False
    sent = cast("Body", body)
    thread = sent.get("thread")
    is_thread = isinstance(thread, dict) and cast("Body", thread).get("type") == "continue"
    return is_thread and sent.get("messages") == []


def unsupported(message: str, feature: str) -> ApiError:
    """The 400 after which the official clients send the whole conversation without a thread."""
    return _error("unsupported_request", message, unsupported=[feature])


def _check_supported(body: Body) -> None:
    config: Body = body.get("context_management") or {}
    others = [edit for edit in config.get("edits") or () if edit["type"] != SUPPORTED_EDIT]
    if others:
        kind = others[0]["type"]
        raise unsupported(f"context_management: {kind} is not supported", "context_management")


def _check_same(held: Held, body: Body, fixed: dict[str, Any]) -> None:
    differing = [name for name, value in fixed.items() if value != held.fixed[name]]
    for name in CREATE_ONLY:
        sent = _without_billing(body.get(name))
        if sent and sent != _without_billing(held.fields.get(name)):
            differing.append(name)
    if differing:
        raise _error("fingerprint_mismatch", f"differing field(s): {', '.join(differing)}")


def _without_billing(value: Any) -> Any:
    if not isinstance(value, list):
        return value
    blocks = cast("list[Body]", value)
    return [block for block in blocks if not str(block.get("text")).startswith(BILLING)]


def _unmarked(entry: Body) -> Body:
    """A message without the marks of its blocks, each of which was for the turn that sent it (SDK 2.12.0)."""
    content = entry.get("content") or ""
    if isinstance(content, str) or not any("cache_control" in block for block in content):
        return entry
    blocks = [{k: v for k, v in block.items() if k != "cache_control"} for block in content]
    return {**entry, "content": blocks}


def _error(code: str, message: str, *, status: int = 400, **details: Any) -> ApiError:
    found = {"error_code": f"thread_{code}", **details}
    rule = f"thread.{code.replace('_', '-')}"
    return ApiError(status, f"thread: {message}", details=found, rule=rule)
