"""How a property speaks with a target: every answer is judged by the oracle on the way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from contracts.exchanges import check_exchange, parsed, told
from contracts.findings import Finding, Json, is_object
from contracts.oracle import check_error
from contracts.resources import check_resource
from contracts.suite.forms import file_request
from contracts.suite.meter import worst
from contracts.suite.requests import PATHS, curl
from contracts.suite.session import Session
from contracts.suite.transports import Received, Sent

OK = 200
LONGEST_ANSWER = 400


class UnmetError(AssertionError):
    """A property can't be tried, because a request that it needs was not answered as it should be."""


class Talk:
    """One property's conversation with the target under one API version."""

    def __init__(self, session: Session, version: str) -> None:
        self.session = session
        self.version = version
        self.findings: list[Finding] = []
        self.last = ""

    def message(self, body: Mapping[str, Any]) -> Json:
        """The message that answers a request, streamed or not. Raises UnmetError."""
        received = self.ask(body)
        found = told(received) if received.status == OK else None
        if found is None:
            raise UnmetError(f"no message: {received.status} {_shown(received)}")
        return found

    def count(self, body: Mapping[str, Any]) -> int:
        """What count_tokens says of a request. Raises UnmetError."""
        kept = {key: value for key, value in body.items() if key not in ("max_tokens", "stream")}
        received = self.ask(kept, "count_tokens")
        value = parsed(received.body)
        if received.status != OK or not is_object(value):
            raise UnmetError(f"no count: {received.status} {_shown(received)}")
        return int(value.get("input_tokens", 0))

    def ask(self, body: Mapping[str, Any], endpoint: str = "messages") -> Received:
        """The answer to a request, whatever it is."""
        raw = json.dumps(body, ensure_ascii=False).encode()
        sent = Sent("POST", PATHS[endpoint], self._headers("application/json"), raw)
        self.session.meter.reserve(worst(sent))
        received = self._exchanged(sent)
        self.findings += check_exchange(sent, received, self.version)
        return received

    def get(self, path: str) -> Received:
        """The answer to a GET."""
        received = self._exchanged(Sent("GET", path, self._headers(), b""))
        if received.status != OK:
            body = parsed(received.body)
            self.findings += check_error(body, received.status, received.headers)
        return received

    def resource(self, path: str, name: str) -> Json:
        """What is at a path, judged by the document of that name. Raises UnmetError."""
        return self._resource(self.get(path), name)

    def uploaded(
        self, filename: str, content: bytes, *, expires_in_seconds: int | None = None
    ) -> Json:
        """A file that is uploaded. Raises UnmetError."""
        sent = file_request(
            filename, "text/plain", content, self._headers(), life=expires_in_seconds
        )
        return self._resource(self._exchanged(sent), "file")

    def deleted(self, path: str, name: str) -> Json:
        """The answer to a DELETE, judged by the document of that name. Raises UnmetError."""
        return self._resource(self._exchanged(Sent("DELETE", path, self._headers(), b"")), name)

    def batch(self, bodies: Iterable[Mapping[str, Any]]) -> Json:
        """A batch that is created. Raises UnmetError."""
        items = [{"custom_id": f"item-{n}", "params": body} for n, body in enumerate(bodies)]
        raw = json.dumps({"requests": items}).encode()
        headers = self._headers("application/json")
        received = self._exchanged(Sent("POST", "/v1/messages/batches", headers, raw))
        return self._resource(received, "message_batch")

    def _resource(self, received: Received, name: str) -> Json:
        value = parsed(received.body)
        if received.status != OK or not is_object(value):
            raise UnmetError(f"no {name}: {received.status} {_shown(received)}")
        self.findings += check_resource(name, value, self.version)
        return value

    def _headers(self, kind: str = "") -> dict[str, str]:
        common = {"x-api-key": self.session.key, "anthropic-version": self.version}
        return {**common, "content-type": kind} if kind else common

    def _exchanged(self, sent: Sent) -> Received:
        self.last = curl(sent, self.session.key)
        return self.session.meter(sent)


def pages(talk: Talk, path: str, name: str, limit: int) -> Iterator[Json]:
    """Every page of a list, by whichever of both ways the list has. Raises UnmetError when it does not end."""
    query, most = f"limit={limit}", 200
    for _ in range(most):
        page = talk.resource(f"{path}?{query}", name)
        yield page
        if page.get("next_page") is not None:
            query = f"limit={limit}&page={page['next_page']}"
        elif page.get("has_more"):
            query = f"limit={limit}&after_id={page['last_id']}"
        else:
            return
    raise UnmetError(f"{path} has no end")


def _shown(received: Received) -> str:
    return received.body[:LONGEST_ANSWER].decode("utf-8", "replace")
