"""A record of the journal as a test or a person reads it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cached_property
from typing import Any

import orjson

from mockserver.costs import message_cost
from mockserver.journal import Record
from mockserver.rules import RULES
from mockserver.scripts.model import is_object

Json = dict[str, Any]
LONGEST_SHOWN = 60
SUCCESS = range(200, 300)


class Recorded:
    """One request and what became of it.

    number, id         its place in the journal, and the answer's request-id
    method, path       as sent; `headers` are those that are no credentials
    body               the parsed body; None where there was none, or where it was too large to keep
    status, answer     the message or the error envelope as parsed JSON, also of a stream
    seconds            from the request's head to the end of the response; `first_byte` is to its beginning, or None
    ended              `complete`, or how else the response ended and where: `fault reset at event 2`
    rule               the id of the rule that refused it
    script, missed     the entry that answered; or the one that came nearest, and why it did not
    """

    def __init__(self, record: Record) -> None:
        self._record = record
        # The journal may let the record go while a test still looks at it.
        self._body, self._answer = record.body, record.answer
        self.number = record.number
        self.id = record.request_id
        self.method = record.method
        self.path = record.path
        self.status = record.status
        self.seconds = record.seconds
        self.first_byte = record.first_byte
        self.ended = record.ended
        self.rule = record.rule
        self.script = record.script

    @cached_property
    def at(self) -> dt.datetime:
        """When the request came."""
        return dt.datetime.fromtimestamp(self._record.at, dt.timezone.utc)

    @cached_property
    def headers(self) -> dict[str, str]:
        return {n.decode("latin-1"): v.decode("latin-1") for n, v in self._record.headers}

    @cached_property
    def body(self) -> Any:
        return _json(self._body)

    @cached_property
    def answer(self) -> Any:
        return _json(self._answer)

    @property
    def missed(self) -> str | None:
        miss = self._record.missed
        return None if miss is None else f"{miss.entry.id}: {miss.why}"

    @property
    def model(self) -> str | None:
        """The model that was asked."""
        found: str | None = _member(self.body, "model")
        return found

    @property
    def is_stream(self) -> bool:
        return bool(_member(self.body, "stream"))

    @property
    def user(self) -> str:
        """The text of the last user turn."""
        turns: list[Json] = _member(self.body, "messages") or []
        last = next((turn for turn in reversed(turns) if _member(turn, "role") == "user"), None)
        content: Any = _member(last, "content")
        return content if isinstance(content, str) else _text(content or [])

    @property
    def text(self) -> str:
        """The text of the answer."""
        return _text(_member(self.answer, "content") or [])

    @property
    def calls(self) -> list[Json]:
        """The tool calls of the answer."""
        blocks: list[Json] = _member(self.answer, "content") or []
        return [block for block in blocks if block["type"] == "tool_use"]

    @property
    def error(self) -> str | None:
        """The message of the error that answered."""
        found: str | None = _member(_member(self.answer, "error"), "message")
        return None if self.status in SUCCESS else found

    @property
    def usage(self) -> Json | None:
        found: Json | None = _member(self.answer, "usage")
        return found

    @property
    def cost(self) -> float | None:
        """What the answer would have cost on the live API, in USD; None where a forced script says what costs nothing."""
        try:
            return None if self.usage is None else message_cost(self.answer)
        except (AttributeError, KeyError, TypeError):
            return None

    def as_json(self) -> Json:
        """The record as the control API shows it."""
        return {
            "number": self.number,
            "id": self.id,
            "at": self.at.isoformat().replace("+00:00", "Z"),
            "seconds": round(self.seconds, 6),
            "first_byte": None if self.first_byte is None else round(self.first_byte, 6),
            "method": self.method,
            "path": self.path,
            "headers": self.headers,
            "body": self.body,
            "status": self.status,
            "answer": self.answer,
            "ended": self.ended,
            "stream": self.is_stream,
            "rule": _rule(self.rule),
            "script": self.script,
            "missed": self.missed,
            "usage": self.usage,
            "cost": self.cost,
        }

    def __repr__(self) -> str:
        asked = f" {self.model} {_short(self.user)}" if self.model else ""
        return f"<{self.number}: {self.method} {self.path}{asked} -> {self._outcome()}>"

    def _outcome(self) -> str:
        said = self.error or self.text
        parts = [str(self.status) if self.status else "no answer", _short(said) if said else ""]
        parts += [f"{c['name']}({orjson.dumps(c['input']).decode()})" for c in self.calls]
        by = f"rule {self.rule}" if self.rule else f"script {self.script}" if self.script else ""
        parts += [f"[{by}]" if by else "", f"[missed {self.missed}]" if self.missed else ""]
        parts.append("" if self.ended == "complete" else f"[{self.ended}]")
        return " ".join(part for part in parts if part)


class Requests(list[Recorded]):
    """The requests of a workspace, oldest first. Its repr has a line for each, so that a failed assert shows them."""

    def __init__(self, records: Iterable[Record]) -> None:
        super().__init__(map(Recorded, records))

    @property
    def last(self) -> Recorded:
        """The newest one. Raises AssertionError when there is none."""
        if not self:
            raise AssertionError("no request has reached the server with this key")
        return self[-1]

    @property
    def only(self) -> Recorded:
        """The one there is. Raises AssertionError, which lists them, when there are more or none."""
        if len(self) > 1:
            raise AssertionError(f"there are {len(self)} requests, not one:\n{self!r}")
        return self.last

    def __repr__(self) -> str:
        return "\n".join(map(repr, self)) or "no requests"


def _rule(rule_id: str | None) -> Json | None:
    if rule_id is None:
        return None
    rule = RULES.named(rule_id)
    return {"id": rule.id, "source": rule.source, "evidence": rule.evidence}


def _json(raw: bytes | None) -> Any:
    try:
        return orjson.loads(raw) if raw else None
    except orjson.JSONDecodeError:
        return None if raw is None else raw.decode("utf-8", "replace")


def _member(value: Any, name: str) -> Any:
    return value.get(name) if is_object(value) else None


def _text(blocks: list[Any]) -> str:
    texts = (_member(block, "text") for block in blocks)
    return "\n".join(text for text in texts if isinstance(text, str))


def _short(text: str) -> str:
    return repr(text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…")
