"""A request as the only item of a batch, and the item's result as if it were the answer to the request."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from contracts import facts
from contracts.findings import Json
from contracts.suite.errors import CaseError
from contracts.suite.transports import Received, Sent, Transport

PATH = "/v1/messages/batches"
OK = 200
POLLS = 50
LONGEST_PAUSE = 2.0


def through_batch(sent: Sent, send: Transport) -> Received:
    """Create a batch, wait for its end, read the result. A batch that is refused is the answer itself.

    Raises CaseError when it does not end.
    """
    whole = {"requests": [{"custom_id": "case", "params": json.loads(sent.body)}]}
    created = send(sent._replace(path=PATH, body=json.dumps(whole).encode()))
    if created.status != OK:
        return created

    def poll(path: str) -> Json:
        found: Json = json.loads(send(_get(sent, path)).body)
        return found

    batch = ended(json.loads(created.body), poll)
    results = send(_get(sent, urlsplit(str(batch["results_url"])).path))
    return _received(json.loads(results.body.splitlines()[0])["result"])


def ended(batch: Json, poll: Callable[[str], Json]) -> Json:
    """A batch that was created, as it is in the end. Raises CaseError when it does not end."""
    pause = 0.0
    for _ in range(POLLS):
        if batch["processing_status"] == "ended":
            return batch
        time.sleep(pause)
        pause = min(LONGEST_PAUSE, 2 * pause + 0.01)
        batch = poll(f"{PATH}/{batch['id']}")
    raise CaseError(f"the batch {batch['id']} has not ended after {POLLS} looks at it")


def _get(sent: Sent, path: str) -> Sent:
    headers = {name: value for name, value in sent.headers.items() if name != "content-type"}
    return Sent("GET", path, headers, b"")


def _received(result: Json) -> Received:
    kind = {"content-type": "application/json"}
    if result["type"] == "succeeded":
        return Received(OK, kind, json.dumps(result["message"]).encode())
    error: Json = result.get("error") or {"error": {"type": result["type"]}}
    types = facts.ERROR_TYPES.items()
    status = next((status for status, name in types if name == error["error"]["type"]), 0)
    return Received(status, kind, json.dumps(error).encode())
