"""A request that has passed the schema: what rules judge and replies answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeGuard

from mockserver import images
from mockserver.catalogue import Model
from mockserver.images import Picture
from mockserver.offered import Offered
from mockserver.redemption import Redemption
from mockserver.shelves import FileShelf, SkillShelf, StoredFile
from mockserver.threads import Step
from mockserver.turns import (
    MARK,
    NO_RUN,
    TOOL_RESULT,
    Block,
    Features,
    Placed,
    Run,
    Survey,
    Turn,
    features,
    marked_in,
    turns_of,
    with_inner,
)

__all__ = [
    "MARK",
    "NO_RUN",
    "SERVER_CALLS",
    "TOOL_RESULT",
    "Block",
    "Features",
    "Placed",
    "Request",
    "Run",
    "Turn",
    "is_server_block",
    "is_server_result",
]

SKILLS_BETA = "skills-2025-10-02"  # its versions are named by epochs
SERVER_CALLS = ("server_tool_use", "mcp_tool_use")


def is_object(value: Any) -> TypeGuard[Block]:
    """Whether a JSON value is an object, where the schema lets it be something else too."""
    return isinstance(value, dict)


def is_server_result(kind: str) -> bool:
    """Whether a block is the result of a tool that the API runs itself."""
    return kind.endswith("_tool_result")


def is_server_block(kind: str) -> bool:
    """Whether a block belongs to a tool that the API runs itself."""
    return kind in SERVER_CALLS or is_server_result(kind)


@dataclass
class Request:
    """One parsed request to `messages` or `count_tokens`; `read` makes one from a body."""

    body: Mapping[str, Any]
    model: Model
    turns: list[Turn]
    features: Features
    betas: frozenset[str] = frozenset()
    version: str = "2023-06-01"
    user_profile: str | None = None
    seed: int = 0
    files: FileShelf | None = field(default=None, compare=False)
    thread: Step | None = field(default=None, compare=False)
    skills: SkillShelf | None = field(default=None, compare=False)
    # Of the request, where an answer hangs on it; without one all that is known today holds.
    day: dt.date = dt.date.max
    # The request as it came, where this is what context editing left of it.
    unedited: Request | None = field(default=None, compare=False, repr=False)
    # Whether this stands for another request, whose model declined (`fallbacks`).
    is_attempt: bool = False
    # What `prompt_tokens` and `clearing` found; not carried over to a copy.
    tokens: int | None = field(default=None, init=False, compare=False)
    edited: tuple[Request, list[Block]] | None = field(default=None, init=False, compare=False)
    credit: Redemption | None = field(default=None, init=False, compare=False)
    # The same to each of the models that may answer in place of this one.
    attempts: tuple[Request, ...] = field(default=(), init=False, compare=False, repr=False)

    @staticmethod
    def read(
        body: Mapping[str, Any],
        model: Model,
        offered: Offered | None = None,
        *,
        betas: frozenset[str] = frozenset(),
        version: str = "2023-06-01",
        user_profile: str | None = None,
        seed: int = 0,
        files: FileShelf | None = None,
        thread: Step | None = None,
        skills: SkillShelf | None = None,
    ) -> Request:
        """Look once over a body that has passed the schema. `offered` are its tools, where they were looked at before."""
        turns = turns_of(body["messages"])
        survey = Survey(turns)
        found = features(body, turns, survey)
        request = Request(
            body, model, turns, found, betas, version, user_profile, seed, files, thread, skills
        )
        request.survey = survey
        if offered is not None:
            request.offered = offered
        return request

    @cached_property
    def survey(self) -> Survey:
        """What all turns hold."""
        return Survey(self.turns)

    @cached_property
    def runs(self) -> list[Run]:
        found: list[Run] = []
        run, has_begun = NO_RUN, False
        for turn in self.turns:
            if turn.role != run.role:
                if turn.role == "system" and not turn.blocks:
                    continue
                run, has_begun = Run(turn.role, [], [], [], []), False
                found.append(run)
            run.turns.append(turn)
            for block in turn.blocks:
                kind = block["type"]
                if kind == TOOL_RESULT:
                    run.results.append(block["tool_use_id"])
                    if has_begun:
                        run.late.append(block["tool_use_id"])
                    continue
                has_begun = True
                if kind == "tool_use":
                    run.calls.append(block["id"])
        return found

    @cached_property
    def is_paired(self) -> bool:
        """Whether each run's results answer the calls before it one by one: then no rule about pairs can refuse."""
        if self.survey.is_paired:
            return True
        calls: list[str] = []
        for run in self.runs:
            if run.results != calls or run.late or len(set(calls)) < len(calls):
                return False
            if (run.calls and run.role != "assistant") or (calls and run.role != "user"):
                return False
            calls = run.calls
        return not calls

    @property
    def is_count(self) -> bool:
        """Whether only a token count is asked for: then the API looks at no file and no URL (docs)."""
        return "max_tokens" not in self.body

    @property
    def tools(self) -> list[Block]:
        return self.body.get("tools") or []

    @cached_property
    def offered(self) -> Offered:
        """The tools with what is known of them."""
        return Offered(self.tools)

    @property
    def system(self) -> list[Block]:
        """The blocks of the `system` parameter."""
        system: str | list[Block] = self.body.get("system") or []
        return [{"type": "text", "text": system}] if isinstance(system, str) else system

    @property
    def thinking(self) -> str:
        """The thinking type in force: what the body says, or the model's default."""
        config = self.body.get("thinking")
        if config is not None:
            return str(config["type"])
        return "disabled" if self.model.thinking_default == "off" else "adaptive"

    @property
    def tool_choice(self) -> str:
        choice = self.body.get("tool_choice")
        return str(choice["type"]) if choice else ("auto" if self.tools else "none")

    @property
    def output_format(self) -> Mapping[str, Any] | None:
        config: Mapping[str, Any] | None = self.body.get("output_config")
        found: Mapping[str, Any] | None = config.get("format") if config else None
        return found or self.body.get("output_format")

    @property
    def effort(self) -> str | None:
        config: Mapping[str, Any] = self.body.get("output_config") or {}
        found: str | None = config.get("effort")
        return found

    @property
    def prefill(self) -> str | None:
        """The text that the answer must continue: a final assistant turn's, or None.

        An empty final assistant turn is no prefill (seen live 2026-08-31), nor is one whose last block
        is not text: after pause_turn the server tool's turn is sent back to be continued.
        """
        last = self.turns[-1]
        if last.role != "assistant" or not last.blocks or last.blocks[-1]["type"] != "text":
            return None
        return str(last.blocks[-1]["text"])

    def placed(self) -> Iterator[Placed]:
        """Every content block of the conversation with its path, blocks inside tool results included."""
        for turn in self.turns:
            for number, block in enumerate(turn.blocks):
                yield from with_inner(f"messages.{turn.position}.content.{number}", block)

    @cached_property
    def images(self) -> list[Placed]:
        return self._of("image")

    @cached_property
    def documents(self) -> list[Placed]:
        return self._of("document")

    @cached_property
    def breakpoints(self) -> list[Placed]:
        """The blocks that carry a cache_control in the order of the prompt: tools, system, messages."""
        found = [
            Placed(f"tools.{index}.{tool.get('type') or 'custom'}", tool)
            for index, tool in enumerate(self.tools)
            if tool.get(MARK)
        ]
        found += [Placed(f"system.{i}", b) for i, b in enumerate(self.system) if b.get(MARK)]
        return found + marked_in(self.turns) if self.survey.is_marked else found

    @property
    def search_results(self) -> list[Placed]:
        return self._of("search_result")

    @property
    def uploads(self) -> list[Placed]:
        return self._of("container_upload")

    def stored(self, file_id: str) -> StoredFile | None:
        """The file of the workspace that has an id."""
        return None if self.files is None else self.files.find(file_id)

    @property
    def loads(self) -> list[Block]:
        """The skills that its container loads."""
        container = self.body.get("container")
        return (container.get("skills") or []) if is_object(container) else []

    def loaded(self, skill: Block) -> str | None:
        """What the version of a skill that it loads is called; None when there is no such skill or version."""
        version = skill.get("version", "latest")
        if self.skills is None:
            return str(version)
        is_before = SKILLS_BETA in self.betas
        return self.skills.resolved(skill["type"], skill["skill_id"], version, is_before=is_before)

    def picture(self, block: Block) -> Picture | None:
        """What an image block shows; None behind a URL, and for what can't be read. Read once for a request."""
        key = id(block)  # the body, and with it the block, lives as long as the request
        if key not in self._pictures:
            self._pictures[key] = self._read_picture(block["source"])
        return self._pictures[key]

    @cached_property
    def _pictures(self) -> dict[int, Picture | None]:
        return {}

    def _read_picture(self, source: Block) -> Picture | None:
        try:
            if source["type"] == "base64":
                return images.picture(source["data"])
            stored = self.stored(source["file_id"]) if source["type"] == "file" else None
            return None if stored is None else stored.picture()
        except (images.InvalidBase64, images.NotAnImage):
            return None

    def _of(self, kind: str) -> list[Placed]:
        if kind not in self.features.blocks:
            return []
        return [place for place in self.placed() if place.block["type"] == kind]
