"""A wrong server: our own application, whose answers are changed on their way out."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any, NamedTuple
from weakref import WeakKeyDictionary

from contracts.suite.transports import Received, Sent, Transport

Json = dict[str, Any]
# From what was asked, the right server, and its right answer to a wrong one.
Change = Callable[[Sent, Transport, Received], Received]
OK = 200


class Mutant(NamedTuple):
    """What is wrong with it, and the topics in which that must be noticed."""

    name: str
    about: str
    topics: tuple[str, ...]
    change: Change

    def of(self, right: Transport) -> Transport:
        """The wrong server before a right one."""

        def send(sent: Sent) -> Received:
            return self.change(sent, right, right(sent))

        return send


MUTANTS: list[Mutant] = []
# What a wrong server has seen and goes on with, by the right server behind it.
_SEEN: WeakKeyDictionary[Transport, dict[str, Received]] = WeakKeyDictionary()


def mutant(*topics: str) -> Callable[[Change], Change]:
    """Register a change as a mutant that parts of these topics must catch."""

    def register(change: Change) -> Change:
        name = change.__name__.replace("_", "-")
        MUTANTS.append(Mutant(name, change.__doc__ or "", topics, change))
        return change

    return register


def is_stream(received: Received) -> bool:
    """Whether an answer is an event stream."""
    return received.headers.get("content-type", "").startswith("text/event-stream")


def is_message(sent: Sent, received: Received) -> bool:
    """Whether an answer is a message that is not streamed."""
    return sent.path == "/v1/messages" and received.status == 200 and not is_stream(received)


def asked(sent: Sent) -> Json:
    """The body of a request; nothing when it is no JSON object."""
    try:
        value = json.loads(sent.body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def body(received: Received) -> Json:
    """The body of an answer."""
    value = json.loads(received.body)
    assert isinstance(value, dict)
    return value


def answering(received: Received, value: Any) -> Received:
    """The answer with another JSON body."""
    return received._replace(body=json.dumps(value, ensure_ascii=False).encode())


def events(received: Received) -> list[Json]:
    """The events of a stream."""
    lines = received.body.decode().splitlines()
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]


def streaming(received: Received, values: list[Json]) -> Received:
    """The answer with other events."""
    parts = [f"event: {v['type']}\ndata: {json.dumps(v, ensure_ascii=False)}\n\n" for v in values]
    return received._replace(body="".join(parts).encode())


def each_message(edit: Callable[[Json], object]) -> Change:
    """A change of every message that is not streamed."""

    def change(sent: Sent, _right: Transport, received: Received) -> Received:
        if not is_message(sent, received):
            return received
        value = body(received)
        edit(value)
        return answering(received, value)

    return change


def each_stream(edit: Callable[[list[Json]], list[Json] | None]) -> Change:
    """A change of the events of every stream."""

    def change(_sent: Sent, _right: Transport, received: Received) -> Received:
        if not is_stream(received):
            return received
        values = events(received)
        return streaming(received, edit(values) or values)

    return change


def refusal(received: Received, status: int, kind: str, message: str) -> Received:
    """A refusal with the ids and headers of another answer."""
    error = {"type": kind, "message": message}
    value = {"type": "error", "error": error, "request_id": received.headers.get("request-id")}
    headers = {"x-should-retry": "false", **received.headers, "content-type": "application/json"}
    kept = {name: v for name, v in headers.items() if not name.startswith("anthropic-ratelimit")}
    return answering(received._replace(status=status, headers=kept), value)


def instead(sent: Sent, right: Transport, edit: Callable[[Json], object]) -> Received:
    """What the right server says to another request."""
    value = copy.deepcopy(asked(sent))
    edit(value)
    raw = json.dumps(value, ensure_ascii=False).encode()
    return right(sent._replace(body=raw))


def seen(right: Transport) -> dict[str, Received]:
    """Answers that a wrong server remembers, by what it calls them."""
    return _SEEN.setdefault(right, {})


def at(sent: Sent, method: str, path: str) -> bool:
    """Whether a request is for a path, in which * is one part of it; its query does not count."""
    parts, wished = sent.path.partition("?")[0].split("/"), path.split("/")
    fits = all(wish in ("*", part) for wish, part in zip(wished, parts, strict=False))
    return sent.method == method and len(wished) == len(parts) and fits


def each_answer(method: str, path: str, edit: Callable[[Json], object]) -> Change:
    """A change of every JSON answer to what is asked of a path."""

    def change(sent: Sent, _right: Transport, received: Received) -> Received:
        if not at(sent, method, path) or received.status != OK:
            return received
        value = body(received)
        edit(value)
        return answering(received, value)

    return change


def without_query(name: str, method: str, path: str) -> Change:
    """A server that does not look at a parameter of the query."""

    def change(sent: Sent, right: Transport, received: Received) -> Received:
        bare, _, query = sent.path.partition("?")
        kept = [each for each in query.split("&") if each.partition("=")[0] != name]
        if not at(sent, method, path) or len(kept) == len(query.split("&")):
            return received
        return right(sent._replace(path=f"{bare}?{'&'.join(kept)}"))

    return change
