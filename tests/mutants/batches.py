"""Servers that are wrong about message batches."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from contracts.suite.transports import Received, Sent, Transport
from tests.mutants.mutant import (
    OK,
    Change,
    Json,
    answering,
    at,
    body,
    each_answer,
    instead,
    mutant,
    seen,
    without_query,
)

BATCHES, BATCH = "/v1/messages/batches", "/v1/messages/batches/*"
RESULTS, CANCEL = f"{BATCH}/results", f"{BATCH}/cancel"


def _each_batch(edit: Callable[[Json], object]) -> Change:
    """A change of every batch, created, read, canceled or listed."""

    def change(sent: Sent, _right: Transport, received: Received) -> Received:
        if received.status != OK or not sent.path.startswith(BATCHES) or at(sent, "GET", RESULTS):
            return received
        value = body(received)
        for batch in value.get("data", [value]):
            if batch["type"] == "message_batch":
                edit(batch)
        return answering(received, value)

    return change


def _each_line(edit: Callable[[list[Any]], object]) -> Change:
    """A change of the lines of all results."""

    def change(sent: Sent, _right: Transport, received: Received) -> Received:
        if received.status != OK or not at(sent, "GET", RESULTS):
            return received
        lines = [json.loads(line) for line in received.body.splitlines()]
        edit(lines)
        return received._replace(body=b"".join(json.dumps(line).encode() + b"\n" for line in lines))

    return change


def _as_successes(kind: str) -> Change:
    """A change of every batch in which items of another kind are counted as succeeded."""

    def edit(batch: Json) -> None:
        counts = batch["request_counts"]
        counts["succeeded"], counts[kind] = counts["succeeded"] + counts[kind], 0

    return _each_batch(edit)


@mutant("lifecycles")
def count_one_too_many(sent: Sent, right: Transport, received: Received) -> Received:
    """The counts of a batch that has ended add up to more than its items."""

    def edit(batch: Json) -> None:
        if batch["request_counts"]["succeeded"]:
            batch["request_counts"]["succeeded"] += 1

    return _each_batch(edit)(sent, right, received)


@mutant("lifecycles")
def errors_count_as_successes(sent: Sent, right: Transport, received: Received) -> Received:
    """An errored item is counted as succeeded."""
    return _as_successes("errored")(sent, right, received)


@mutant("lifecycles")
def canceled_items_count_as_successes(sent: Sent, right: Transport, received: Received) -> Received:
    """A canceled item is counted as succeeded."""
    return _as_successes("canceled")(sent, right, received)


@mutant("lifecycles")
def results_before_the_end(sent: Sent, _right: Transport, received: Received) -> Received:
    """A batch that has not ended has results, as yet none."""
    if not at(sent, "GET", RESULTS) or b"no available results" not in received.body:
        return received
    kind = {**received.headers, "content-type": "application/x-jsonl"}
    return received._replace(status=OK, headers=kind, body=b"")


@mutant("lifecycles", "batches")
def results_url_is_a_path(sent: Sent, right: Transport, received: Received) -> Received:
    """results_url has no host, so that clients look for it at theirs."""

    def edit(batch: Json) -> None:
        if batch["results_url"]:
            batch["results_url"] = f"/v1/messages/batches/{batch['id']}/results"

    return _each_batch(edit)(sent, right, received)


@mutant("lifecycles")
def custom_ids_lost(sent: Sent, right: Transport, received: Received) -> Received:
    """Results are named by their positions."""

    def edit(lines: list[Any]) -> None:
        for number, line in enumerate(lines):
            line["custom_id"] = str(number)

    return _each_line(edit)(sent, right, received)


@mutant("lifecycles", "batches")
def custom_ids_mixed_up(sent: Sent, right: Transport, received: Received) -> Received:
    """A result has the custom_id of its neighbour."""

    def edit(lines: list[Any]) -> None:
        ids = [line["custom_id"] for line in lines]
        for line, other in zip(lines, [*ids[1:], *ids[:1]], strict=True):
            line["custom_id"] = other

    return _each_line(edit)(sent, right, received)


@mutant("lifecycles", "batches")
def last_result_lost(sent: Sent, right: Transport, received: Received) -> Received:
    """The last item has no result."""

    def edit(lines: list[Any]) -> None:
        if len(lines) > 1:
            lines.pop()

    return _each_line(edit)(sent, right, received)


@mutant("lifecycles", "batches")
def errors_without_an_envelope(sent: Sent, right: Transport, received: Received) -> Received:
    """The error of a result is the inner one, without `type: error` around it."""

    def edit(lines: list[Any]) -> None:
        for line in lines:
            if line["result"]["type"] == "errored":
                line["result"]["error"] = line["result"]["error"]["error"]

    return _each_line(edit)(sent, right, received)


@mutant("lifecycles", "pagination")
def ended_at_once(sent: Sent, right: Transport, received: Received) -> Received:
    """A batch has ended when it is created, with no end in its times."""
    edit = each_answer("POST", BATCHES, lambda value: value.update(processing_status="ended"))
    return edit(sent, right, received)


@mutant("lifecycles")
def lives_a_week(sent: Sent, right: Transport, received: Received) -> Received:
    """expires_at is seven days after created_at."""

    def edit(batch: Json) -> None:
        end = dt.datetime.fromisoformat(batch["created_at"]) + dt.timedelta(days=7)
        batch["expires_at"] = end.isoformat(timespec="microseconds")

    return _each_batch(edit)(sent, right, received)


@mutant("lifecycles")
def expired_items_are_canceled(sent: Sent, right: Transport, received: Received) -> Received:
    """Items whose time has run out have been canceled."""

    def edit(lines: list[Any]) -> None:
        for line in lines:
            if line["result"]["type"] == "expired":
                line["result"]["type"] = "canceled"

    return _each_line(edit)(sent, right, received)


@mutant("lifecycles")
def results_for_ever(sent: Sent, right: Transport, received: Received) -> Received:
    """The results of a batch can be read months later."""
    memory = seen(right)
    if not at(sent, "GET", BATCH) or received.status != OK:
        return received
    batch = body(received)
    if batch["results_url"]:
        memory[batch["id"]] = received
    return memory.get(batch["id"], received)


@mutant("lifecycles")
def deleted_batch_is_listed(sent: Sent, right: Transport, received: Received) -> Received:
    """A batch that was deleted stays in the list."""
    memory = seen(right)
    batch_id = sent.path.rpartition("/")[2]
    if at(sent, "GET", BATCH) and received.status == OK:
        memory[batch_id] = received
    if at(sent, "DELETE", BATCH) and received.status == OK:
        memory["deleted"] = memory[batch_id]
    if not at(sent, "GET", BATCHES) or received.status != OK or "deleted" not in memory:
        return received
    value = body(received)
    data = [*value["data"], body(memory["deleted"])]
    return answering(received, {**value, "data": data, "last_id": data[-1]["id"]})


@mutant("lifecycles", "pagination")
def list_without_an_end(sent: Sent, right: Transport, received: Received) -> Received:
    """after_id is not looked at, so that the first page comes again and again."""
    return without_query("after_id", "GET", BATCHES)(sent, right, received)


@mutant("lifecycles")
def same_custom_ids_accepted(sent: Sent, right: Transport, received: Received) -> Received:
    """Two items of a batch can have the same custom_id."""
    if b"is not unique" not in received.body:
        return received

    def edit(value: Json) -> None:
        for number, item in enumerate(value["requests"]):
            item["custom_id"] = f"{item['custom_id']}-{number}"

    return instead(sent, right, edit)


@mutant("lifecycles")
def refused_with_its_items(sent: Sent, right: Transport, received: Received) -> Received:
    """A batch is refused when one of its items is wrong."""
    if not at(sent, "POST", BATCHES) or received.status != OK:
        return received
    for item in json.loads(sent.body)["requests"]:
        single = sent._replace(path="/v1/messages", body=json.dumps(item["params"]).encode())
        answer = right(single)
        if answer.status != OK:
            return answer
    return received


@mutant("batches", "lifecycles")
def billed_as_single_requests(sent: Sent, right: Transport, received: Received) -> Received:
    """The messages of a batch have the service tier of single requests."""

    def edit(lines: list[Any]) -> None:
        for line in lines:
            if "message" in line["result"]:
                line["result"]["message"]["usage"]["service_tier"] = "standard"

    return _each_line(edit)(sent, right, received)


@mutant("lifecycles")
def canceled_at_once(sent: Sent, right: Transport, received: Received) -> Received:
    """A batch that is canceled has ended in the same answer, without results."""
    edit = each_answer("POST", CANCEL, lambda value: value.update(processing_status="ended"))
    return edit(sent, right, received)
