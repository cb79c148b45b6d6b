"""A request as the strategies draw it."""

from __future__ import annotations

import json
from typing import NamedTuple

from contracts.findings import Json
from contracts.suite.requests import PATHS
from contracts.suite.transports import Sent

THINKING = ("enabled", "adaptive")
# docs: Tool reference: what the client runs; None and `custom` are tools of its own
CLIENT_TYPES = (None, "custom", "bash_20250124", "memory_20250818", "text_editor_20250728")


def thinking_in_force(config: Json | None, model: Json) -> str:
    """The type of a request's thinking: what its configuration says, or the model's default."""
    if config is not None:
        return str(config["type"])
    return "disabled" if model["thinking_default"] == "off" else "adaptive"


class Asked(NamedTuple):
    """A request: endpoint (`messages` or `count_tokens`), API version, body, its model's row, values of `anthropic-beta`."""

    endpoint: str
    version: str
    body: Json
    model: Json
    betas: tuple[str, ...] = ()

    @property
    def thinks(self) -> bool:
        """Whether the model thinks before it answers."""
        return thinking_in_force(self.body.get("thinking"), self.model) in THINKING

    @property
    def namespace(self) -> str:
        """Whose shapes the answer has, `stable` or `beta`."""
        return "beta" if self.betas else "stable"

    def sent(self, key: str) -> Sent:
        """The request as it goes out with a key."""
        headers = {
            "x-api-key": key,
            "anthropic-version": self.version,
            "content-type": "application/json",
        }
        if self.betas:
            headers["anthropic-beta"] = ",".join(self.betas)
        return Sent("POST", PATHS[self.endpoint], headers, encoded(self.body))


def encoded(value: object) -> bytes:
    """The bytes of a JSON value; a lone surrogate goes out as its escape."""
    return json.dumps(value).encode()


class Files(NamedTuple):
    """The ids of files that the target holds: a PNG image, a plain text, a PDF."""

    image: str
    text: str
    pdf: str


class Plan(NamedTuple):
    """What is decided before the conversation is drawn, because it depends on it."""

    model: Json
    version: str
    thinking: str  # in force: what the request says, or the model's default
    tools: list[Json]
    has_citations: bool
    files: Files | None = None

    @property
    def thinks(self) -> bool:
        """Whether the model thinks before it answers."""
        return self.thinking in THINKING

    @property
    def callable_names(self) -> list[str]:
        """The names of the tools that the client runs, and of which the model knows from the start."""
        return [
            tool["name"]
            for tool in self.tools
            if tool.get("type") in CLIENT_TYPES and not tool.get("defer_loading")
        ]

    def offers(self, family: str) -> bool:
        """Whether there is a tool of Anthropic's whose type begins so."""
        return any(str(tool.get("type")).startswith(family) for tool in self.tools)
