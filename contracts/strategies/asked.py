"""A request as the strategies draw it."""

from __future__ import annotations

import json
from typing import NamedTuple

from contracts.findings import Json
from contracts.suite.requests import PATHS
from contracts.suite.transports import Sent


class Asked(NamedTuple):
    """A request: endpoint (`messages` or `count_tokens`), API version, body, and its model's row."""

    endpoint: str
    version: str
    body: Json
    model: Json

    def sent(self, key: str) -> Sent:
        """The request as it goes out with a key."""
        headers = {
            "x-api-key": key,
            "anthropic-version": self.version,
            "content-type": "application/json",
        }
        return Sent("POST", PATHS[self.endpoint], headers, encoded(self.body))


def encoded(value: object) -> bytes:
    """The bytes of a JSON value; a lone surrogate goes out as its escape."""
    return json.dumps(value).encode()


class Plan(NamedTuple):
    """What is decided before the conversation is drawn, because it depends on it."""

    model: Json
    version: str
    thinking: str  # in force: what the request says, or the model's default
    tools: list[Json]
    has_citations: bool
