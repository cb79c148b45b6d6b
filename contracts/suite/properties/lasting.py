"""What becomes of files and batches: how long they live, what counts and results say, what is gone once deleted."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from contracts.findings import Finding, Json
from contracts.resources import check_results
from contracts.suite.batching import PATH, ended
from contracts.suite.properties.bodies import asked
from contracts.suite.properties.registry import claims
from contracts.suite.talk import Talk

BATCHES = "docs: Batch processing"
LIFE = dt.timedelta(hours=24)
HOUR = 3600
OK = 200
# One item of each kind that a batch can end with by itself.
ITEMS: Final = {"item-0": "succeeded", "item-1": "errored", "item-2": "succeeded"}


@claims("lifecycles/results", BATCHES, requests=6, is_safe=False)
def results(talk: Talk) -> Iterator[Finding | str]:
    """An ended batch counts each item once, as what its result says, under the custom_id that it came with."""
    made = _made(talk)
    after = _ended(talk, made)
    url = str(after["results_url"])
    if not urlsplit(url).netloc or after["id"] not in url:
        yield f"results_url: {url!r} is no URL of these results"
    received = talk.get(urlsplit(url).path)
    if received.status != OK:
        yield f"no results: status {received.status}"
        return
    raw = received.body
    talk.findings += check_results(raw, talk.version)
    lines: list[Any] = [json.loads(line) for line in raw.splitlines()]
    found = {line["custom_id"]: line["result"]["type"] for line in lines}
    if found != ITEMS or len(lines) != len(ITEMS):
        yield f"results: {[(line['custom_id'], line['result']['type']) for line in lines]}"
    counts = {kind: number for kind, number in after["request_counts"].items() if number}
    if counts != Counter(ITEMS.values()):
        yield f"request_counts: {counts}, not {dict(Counter(ITEMS.values()))}"


@claims("lifecycles/times", BATCHES, requests=5, is_safe=False)
def times(talk: Talk) -> Iterator[Finding | str]:
    """A batch expires 24 hours after its creation, and ends in between; neither of them changes."""
    made = _made(talk)
    after = _ended(talk, made)
    created, expires = _time(made["created_at"]), _time(made["expires_at"])
    if expires - created != LIFE:
        yield f"expires_at: {expires - created} after created_at"
    if not created <= _time(after["ended_at"]) <= expires:
        yield f"ended_at: {after['ended_at']}, of a batch from {created} to {expires}"
    for name in ("created_at", "expires_at"):
        if after[name] != made[name]:
            yield f"{name}: {made[name]} at first, then {after[name]}"


@claims("lifecycles/gone", BATCHES, requests=8, is_safe=False)
def gone_batch(talk: Talk) -> Iterator[Finding | str]:
    """A batch that was deleted is not in the list; the others are."""
    kept, lost = _made(talk), _made(talk)
    _ended(talk, lost)
    talk.deleted(f"{PATH}/{lost['id']}", "deleted_message_batch")
    ids = _ids(talk.resource(f"{PATH}?limit=1000", "message_batch_list"))
    if lost["id"] in ids or kept["id"] not in ids:
        yield f"{lost['id']} was deleted and {kept['id']} was not; the list has {ids}"


@claims("files/gone", "docs: Files API", requests=4, is_safe=False)
def gone_file(talk: Talk) -> Iterator[Finding | str]:
    """A file that was deleted is not in the list; the others are."""
    kept, lost = talk.uploaded("kept.txt", b"x"), talk.uploaded("lost.txt", b"x")
    talk.deleted(f"/v1/files/{lost['id']}", "deleted_file")
    ids = _ids(talk.resource("/v1/files?limit=1000", "file_list"))
    if lost["id"] in ids or kept["id"] not in ids:
        yield f"{lost['id']} was deleted and {kept['id']} was not; the list has {ids}"


@claims("files/expires", "SDK 2.12, docstring of file_upload_params", requests=1, is_safe=False)
def expires(talk: Talk) -> Iterator[Finding | str]:
    """A file expires so many seconds after its creation as its upload said."""
    file = talk.uploaded("short.txt", b"x", expires_in_seconds=HOUR)
    end = file.get("expires_at")
    life = _time(end) - _time(file["created_at"]) if end else None
    if life != dt.timedelta(seconds=HOUR):
        yield f"expires_at: {life} after created_at, not {HOUR} seconds"


def _made(talk: Talk) -> Json:
    bodies = [
        asked("Hello"),
        {**asked("Hello"), "model": "claude-nothing"},
        asked("Name a colour."),
    ]
    return talk.batch(bodies)


def _ended(talk: Talk, batch: Json) -> Json:
    return ended(batch, lambda path: talk.resource(path, "message_batch"))


def _time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text.replace("Z", "+00:00"))


def _ids(page: Json) -> list[Any]:
    return [item.get("id") for item in page.get("data", ())]
