"""What the contract's oracle finds in a recorded answer. Imports jsonschema, which is no dependency of the server."""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from contracts.findings import Finding
from contracts.oracle import check_error, check_message, check_stream
from mockserver.cassettes.model import Recording

NEWEST = "2023-06-01"
FIRST_ERROR = 400
MESSAGES = "/v1/messages"


def findings(recording: Recording) -> list[str]:
    """What is wrong with the recorded answer; nothing is said of paths other than those of messages."""
    return [f"{each.path}: {each.text}" for each in _found(recording)]


def _found(recording: Recording) -> Sequence[Finding]:
    version = recording.request_headers.get("anthropic-version", NEWEST)
    namespace = "beta" if recording.request_headers.get("anthropic-beta") else "stable"
    if recording.status >= FIRST_ERROR:
        return check_error(_json(recording.body), recording.status, recording.headers)
    if recording.path.partition("?")[0] != MESSAGES:
        return []
    if recording.is_stream:
        return check_stream(recording.body, version, namespace)
    return check_message(_json(recording.body), version, namespace)


def _json(body: bytes) -> object:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
