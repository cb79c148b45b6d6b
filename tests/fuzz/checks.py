"""What must hold for generated requests, as functions from a target and an example.

any body            an answer in the API's shape, 2xx or 4xx
any one edit        as above
a valid request     is answered, as the oracle asks
one fault           is refused by the rule that it breaks, which blames the edited place
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from hypothesis import strategies as st

from contracts.oracle import check_error, check_message, check_stream
from contracts.strategies import (
    Asked,
    Broken,
    Files,
    encoded,
    faults,
    json_values,
    mutations,
    requests,
)
from contracts.suite.requests import curl
from contracts.suite.running import Target
from contracts.suite.transports import Received, Sent

HITS: Counter[str] = Counter()  # how often each rule refused, for the table of the command


def answered(
    target: Target, sent: Sent, version: str = "2026-10-21", namespace: str = "stable"
) -> Received:
    """Send a request; the answer must be in the API's shape."""
    received = target.send(sent)
    findings = _findings(sent, received, version, namespace)
    HITS[received.headers.get("x-mock-rule", "accepted")] += 1
    assert not findings, _told(target, sent, received, *findings)
    return received


def _findings(sent: Sent, received: Received, version: str, namespace: str) -> list[str]:
    if received.status >= 500:
        return ["a server error"]
    if received.status != 200:
        found = check_error(json.loads(received.body), received.status, received.headers)
        return [str(f) for f in found if f.rule != "error.organization"]
    if received.headers["content-type"].startswith("text/event-stream"):
        return [str(f) for f in check_stream(received.body, version, namespace)]
    answer = json.loads(received.body)
    if sent.path.endswith("count_tokens"):
        edits = json.loads(sent.body).get("context_management")
        keys = {"input_tokens", "context_management"} if edits else {"input_tokens"}
        return [] if answer.keys() == keys else ["no count"]
    return [str(f) for f in check_message(answer, version, namespace)]


def _told(target: Target, sent: Sent, received: Received, *findings: str) -> str:
    shown = received.body[:500].decode("utf-8", "replace")
    return f"{findings}: {received.status} {shown}\n{curl(sent, target.key)}"


def any_body(target: Target, value: Any) -> None:
    """Any JSON value gets an answer in shape."""
    common = Asked("messages", "2026-10-21", {}, {}).sent(target.key)
    answered(target, common._replace(body=encoded(value)))


def any_edit(target: Target, asked: Asked) -> None:
    """A request with any one edit gets an answer in shape."""
    answered(target, asked.sent(target.key), asked.version, asked.namespace)


def valid(target: Target, asked: Asked) -> None:
    """A valid request is answered."""
    sent = asked.sent(target.key)
    received = answered(target, sent, asked.version, asked.namespace)
    assert received.status == 200, _told(target, sent, received, "refused")


def broken(target: Target, fault: Broken) -> None:
    """A fault is refused by its rule, and its place is blamed."""
    sent = fault.asked.sent(target.key)
    received = answered(target, sent, fault.asked.version)
    assert received.status != 200, _told(target, sent, received, f"not refused: {fault.begins}")
    message = json.loads(received.body)["error"]["message"]
    rule = received.headers.get("x-mock-rule")
    assert message.startswith(fault.begins), _told(target, sent, received, fault.begins)
    assert rule == fault.rule, _told(target, sent, received, fault.rule)


class Check(NamedTuple):
    """A check and the examples that it is tried with."""

    examples: st.SearchStrategy[Any]
    holds: Callable[[Target, Any], None]


NAMES = ("any-body", "any-edit", "valid", "broken")


def checks(files: Files | None) -> Mapping[str, Check]:
    """The checks by name; `files` are such as the target holds."""
    every = (
        Check(json_values(30), any_body),
        Check(mutations(files=files), any_edit),
        Check(requests(files=files), valid),
        Check(faults(), broken),
    )
    return dict(zip(NAMES, every, strict=True))
