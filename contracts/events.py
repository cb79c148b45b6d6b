"""The legal order of a stream's events, as a state machine.

start    message_start
between  content_block_start -> inside, message_delta -> ending
inside   content_block_delta, content_block_stop -> between
ending   message_delta, message_stop -> stopped
stopped  nothing

`ping` may come anywhere after message_start; `error` may come anywhere and ends the stream.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from contracts.facts import FRAMES_RECORDED
from contracts.findings import Finding, Json, Rulebook, is_object

DOCS = "docs: Streaming messages"

GRAMMAR = Rulebook(
    {
        "order.start": DOCS,
        "order.between": DOCS,
        "order.inside": DOCS,
        "order.ending": DOCS,
        "order.stopped": DOCS,
        "order.failed": DOCS,
        "start.content": FRAMES_RECORDED,
        "start.stop-reason": FRAMES_RECORDED,
        "block.index": DOCS,
        "block.other": DOCS,
        "block.not-empty": FRAMES_RECORDED,
        "delta.type": DOCS,
        "delta.json": DOCS,
        "signature.last": "recorded 2025-03 to 2026-09: 56 of 56 thinking blocks",
        "signature.missing": "recorded 2025-03 to 2026-09: 56 of 56 thinking blocks",
        "end": DOCS,
    }
)

_INTERRUPTIONS = frozenset({"ping", "error"})
LEGAL: Final[Mapping[str, frozenset[str]]] = {
    "start": frozenset({"message_start", "error"}),
    "between": _INTERRUPTIONS | {"content_block_start", "message_delta"},
    "inside": _INTERRUPTIONS | {"content_block_delta", "content_block_stop"},
    "ending": _INTERRUPTIONS | {"message_delta", "message_stop"},
    "stopped": frozenset(),
    "failed": frozenset(),
}
NEXT: Final[Mapping[str, str]] = {
    "message_start": "between",
    "content_block_start": "inside",
    "content_block_stop": "between",
    "message_delta": "ending",
    "message_stop": "stopped",
    "error": "failed",
}
_KNOWN = frozenset(kind for kinds in LEGAL.values() for kind in kinds)
_OPEN = frozenset({"between", "inside", "ending"})
_TOOL_INPUT = frozenset({"input_json_delta"})
# A block of any other type arrives whole in content_block_start.
DELTAS: Final[Mapping[str, frozenset[str]]] = {
    "text": frozenset({"text_delta", "citations_delta"}),
    "thinking": frozenset({"thinking_delta", "signature_delta"}),
    "tool_use": _TOOL_INPUT,
    "server_tool_use": _TOOL_INPUT,
    "mcp_tool_use": _TOOL_INPUT,
    "compaction": frozenset({"compaction_delta"}),
}
# What deltas fill is empty at first, or a client that adds them up has it twice.
_FILLED: Final[Mapping[str, Json]] = {
    "text": {"text": ""},
    "thinking": {"thinking": "", "signature": ""},
    "tool_use": {"input": {}},
    "server_tool_use": {"input": {}},
    "mcp_tool_use": {"input": {}},
}

_Breach = tuple[str, str]


class _Block:
    """The content block that is open."""

    def __init__(self, index: object, block: Any) -> None:
        self.index = index
        self._block: Json = block if is_object(block) else {}
        self._type = str(self._block.get("type"))
        self._is_whole = _is_called_by_code(self._block) or _is_signed_summary(self._block)
        self._input: list[str] = []
        self._signatures = 0

    def started(self) -> _Breach | None:
        filled = {} if self._is_whole else _FILLED.get(self._type, {})
        wrong = sorted(key for key, empty in filled.items() if self._block.get(key) != empty)
        return ("block.not-empty", f"{self._type} starts with {wrong} not empty") if wrong else None

    def add(self, delta: Any) -> _Breach | None:
        kind = str(delta.get("type")) if is_object(delta) else "no object"
        if self._is_whole or kind not in DELTAS.get(self._type, ()):
            return "delta.type", f"{kind} in a {self._type} block"
        if self._signatures:
            return "signature.last", f"{kind} after the signature"
        self._signatures += kind == "signature_delta"
        self._input.append(str(delta.get("partial_json", "")))
        return None

    def stopped(self) -> _Breach | None:
        if self._type == "thinking" and not self._signatures:
            return "signature.missing", "a thinking block has no signature"
        text = "".join(self._input)
        return ("delta.json", f"no JSON object: {text[:80]}") if _is_cut(text) else None


def _is_called_by_code(block: Json) -> bool:
    # recorded 2026-03-03 (vercel/ai) and undated (langchain-ai/langchain): the input of a call that
    # runs inside code execution is all in content_block_start
    caller = block.get("caller")
    return is_object(caller) and caller.get("type") != "direct"


def _is_signed_summary(block: Json) -> bool:
    """docs: Compaction on demand: its block comes without deltas. SDK: elsewhere the signature may be null."""
    return block.get("type") == "compaction" and block.get("signature") is not None


def _is_cut(text: str) -> bool:
    try:
        return not is_object(json.loads(text or "{}"))
    except ValueError:
        return True


class StreamGrammar:
    """Reads the events of one stream in order and says which of them breaks which rule."""

    def __init__(self) -> None:
        self.state = "start"
        self._number = 0
        self._started = 0
        self._block = _Block(None, None)

    @property
    def has_failed(self) -> bool:
        """Whether the stream was ended by an `error` event: a legal end, but no message."""
        return self.state == "failed"

    def feed(self, event: Json) -> Finding | None:
        """Read the next event. An event that may not come here is reported and passed over."""
        self._number += 1
        kind = str(event.get("type"))
        if kind not in LEGAL[self.state]:
            expected = ", ".join(sorted(LEGAL[self.state] - _INTERRUPTIONS)) or "the end"
            found = self._finding(f"order.{self.state}", f"{kind} instead of {expected}")
            # docs: Streaming messages: new types of events may come
            return found._replace(is_drift=kind not in _KNOWN and self.state in _OPEN)
        self.state = NEXT.get(kind, self.state)
        breach = self._read(kind, event)
        return self._finding(*breach) if breach else None

    def finish(self) -> Finding | None:
        """The stream ends here."""
        if self.state in {"stopped", "failed"}:
            return None
        return self._finding("end", f"the stream ends in state {self.state}")

    def _finding(self, rule: str, text: str) -> Finding:
        return GRAMMAR.breach(rule, f"event {self._number}", text)

    def _read(self, kind: str, event: Json) -> _Breach | None:
        match kind:
            case "message_start":
                return _started(event.get("message"))
            case "content_block_start":
                return self._open(event)
            case "content_block_delta":
                return self._other_block(event) or self._block.add(event.get("delta"))
            case "content_block_stop":
                return self._other_block(event) or self._block.stopped()
            case _:
                return None

    def _open(self, event: Json) -> _Breach | None:
        self._block = _Block(event.get("index"), event.get("content_block"))
        expected, self._started = self._started, self._started + 1
        if self._block.index != expected:
            return "block.index", f"index {self._block.index} instead of {expected}"
        return self._block.started()

    def _other_block(self, event: Json) -> _Breach | None:
        index = event.get("index")
        if index == self._block.index:
            return None
        return "block.other", f"index {index} while {self._block.index} is open"


def _started(message: Any) -> _Breach | None:
    if not is_object(message) or message.get("content") != []:
        return "start.content", "the message has content already"
    if message.get("stop_reason") is not None:
        return "start.stop-reason", "the message has a stop_reason already"
    return None
