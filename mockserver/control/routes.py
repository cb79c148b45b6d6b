"""The routes of the control API as a table, from which the OpenAPI document is made too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from mockserver.control import operations as do
from mockserver.control.operations import Handler

FILTERS: Mapping[str, str] = {
    "after": "Only requests with a higher number.",
    "limit": "How many at most: 1 to 1000, 100 if not given.",
    "status": "Only those with this status.",
    "method": "Only those with this method.",
    "path": "Only those to this path.",
    "model": "Only those that ask this model.",
    "rule": "Only those that this rule refused.",
    "script": "Only those that this entry answered.",
    "ended": "Only those whose ending begins like this: `complete`, `client left`, `fault`.",
}
TRUNCATED: Mapping[str, str] = {
    "truncated": "`true`: an answer that broke off and was not asked for again is wrong too.",
}
NO_QUERY: Mapping[str, str] = {}


class Operation(NamedTuple):
    """One method of a path. `body` and `answer` name schemas; `handler` is None for what is not plain JSON."""

    method: str
    path: str
    summary: str
    handler: Handler | None
    answer: str
    body: str | None = None
    query: Mapping[str, str] = NO_QUERY
    needs_key: bool = True


OPERATIONS = (
    Operation("GET", "/_mock/health", "Whether the server is up", do.health, "Health", needs_key=False),
    Operation("GET", "/_mock/openapi.json", "This document", None, "OpenApi", needs_key=False),
    Operation("GET", "/_mock/replies", "What is scripted", do.replies, "Script"),
    Operation("POST", "/_mock/replies", "Queue replies, or add entries with conditions", do.add_replies, "Script", "Replies"),
    Operation("DELETE", "/_mock/replies", "Drop the queue and the entries that are not the file's", do.clear_replies, "Script"),
    Operation("GET", "/_mock/rules", "Which rules are switched off", do.rules, "Rules"),
    Operation("PUT", "/_mock/rules", "Switch rules off for this key", do.set_rules, "Rules", "RulesChange"),
    Operation("DELETE", "/_mock/rules", "Go back to the rules that the server was started with", do.clear_rules, "Rules"),
    Operation("GET", "/_mock/clock", "What time it is for this key", do.clock, "Clock"),
    Operation("POST", "/_mock/clock", "Let time pass, or set it", do.set_clock, "Clock", "ClockChange"),
    Operation("GET", "/_mock/requests", "What happened, oldest first", do.requests, "Requests", query=FILTERS),
    Operation("DELETE", "/_mock/requests", "Empty the journal", do.clear_requests, "Nothing"),
    Operation("GET", "/_mock/requests/live", "What happens, as server-sent events", None, "Live"),
    Operation("GET", "/_mock/requests/{number}", "One request", do.request, "Request"),
    Operation("GET", "/_mock/verdict", "What this key's client did wrong about failures", do.verdict, "Verdict", query=TRUNCATED),
    Operation("POST", "/_mock/batches/{id}/advance", "Process some more items of a message batch, or all of them", do.advance, "Batch", "Advance"),
    Operation("POST", "/_mock/reset", "Be as if this key had never been seen", do.reset, "Nothing", "Nothing"),
    Operation("POST", "/_mock/snapshot", "Keep the state as it is now", do.snapshot, "SnapshotName", "Nothing"),
    Operation("POST", "/_mock/restore", "Bring a snapshot back", do.restore, "SnapshotName", "SnapshotName"),
)  # fmt: skip
