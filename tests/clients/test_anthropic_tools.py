"""Every tool of Anthropic's through the official SDK: a forced call of each is valid, streamed or not, and loops end."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anthropic
import pytest
from anthropic.tools import (
    BetaAbstractComputerToolset20260801,
    BetaLocalFilesystemMemoryTool,
    BetaToolsetCallContext,
)
from anthropic.types.beta import (
    BetaComputerLeftClickInput,
    BetaComputerScrollInput,
    BetaMessage,
)

from tests.unit.mockserver.replies.actions.documented import TOOLS, faults

if TYPE_CHECKING:
    from mockserver.testing import MockServer

# Old versions of tools have old models.
pytestmark = pytest.mark.filterwarnings("ignore:The model:DeprecationWarning")
SCHEMA = Path(__file__).parents[2] / "contracts/schemas/2026-10-21/beta/create_message.json"
# A day on which no model that takes one of these tools was retired; models that came later are known all the same.
DAY = "2025-09-01"
MODEL = "claude-opus-4-8"
FIRST = ("claude-3-5-sonnet-20241022", "computer-use-2024-10-22")
MODELS = {
    **dict.fromkeys(("bash_20241022", "computer_20241022", "text_editor_20241022"), FIRST),
    "computer_20250124": ("claude-sonnet-4-5", "computer-use-2025-01-24"),
    "computer_20251124": (MODEL, "computer-use-2025-11-24"),
    "computer_20251124_zoom": (MODEL, "computer-use-2025-11-24"),
    "text_editor_20250124": ("claude-3-7-sonnet-20250219", None),
    "text_editor_20250429": ("claude-sonnet-4-20250514", None),
    "advisor_20260301": (MODEL, "advisor-tool-2026-03-01"),
    "mcp_toolset": (MODEL, "mcp-client-2025-11-20"),
}
# Tools that the server runs: with the members of the input of their call.
SERVED = {
    **{f"web_search_{day}": ["query"] for day in ("20250305", "20260209", "20260318")},
    **{f"web_fetch_{day}": ["url"] for day in ("20250910", "20260209", "20260309", "20260318")},
    "code_execution_20250522": ["code"],
    **{f"code_execution_{day}": ["command"] for day in ("20250825", "20260120", "20260521")},
    **{f"tool_search_tool_bm25{day}": ["query"] for day in ("", "_20251119")},
    **{f"tool_search_tool_regex{day}": ["pattern"] for day in ("", "_20251119")},
    "advisor_20260301": [],
    "mcp_toolset": ["query"],
}
MORE: dict[str, Any] = {
    "advisor_20260301": {"model": "claude-opus-4-8"},
    "mcp_toolset": {"mcp_server_name": "files"},
}
REMOTE = [{"type": "url", "name": "files", "url": "https://example.com/mcp"}]
NO_NAME = ("mcp_toolset", "browser_toolset_20260801", "computer_toolset_20260801")
LOOPS = [
    ("computer_20251124", 'Take a screenshot, then click at (10, 20), then type "hi"', 3),
    ("computer_toolset_20260801", 'Click at (10, 20), type "hi" and press Enter', 1),
    ("browser_toolset_20260801", "Go to https://example.com/ and read the page", 1),
    ("text_editor_20250728", 'View /tmp/a.txt, then replace "a" with "b" in /tmp/a.txt', 2),
    ("memory_20250818", "Check your memory, then remember that I like tea", 2),
    ("bash_20250124", "Run `ls -l`", 1),
]


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    from mockserver.testing import MockServer

    with MockServer(now=DAY) as running:
        yield running


@pytest.fixture
def client(server: MockServer) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=server.url, api_key=server.fresh_key(), max_retries=0) as sdk:
        yield sdk


def asked(kind: str, **more: Any) -> dict[str, Any]:
    """A request that offers one tool, with the beta that its type needs."""
    model, beta = MODELS.get(kind, (MODEL, None))
    name = {} if kind in NO_NAME else {"name": kind.rpartition("_2")[0] or kind}
    tool = TOOLS.get(kind) or {"type": kind, **name, **MORE.get(kind, {})}
    return {
        "model": model,
        "max_tokens": 2000,
        "tools": [tool],
        "messages": [{"role": "user", "content": "Hello"}],
        **({"betas": [beta]} if beta else {}),
        **({"mcp_servers": REMOTE} if kind == "mcp_toolset" else {}),
        **more,
    }


def answers(client: anthropic.Anthropic, request: dict[str, Any]) -> list[BetaMessage]:
    """The answer as JSON and as a stream."""
    with client.beta.messages.stream(**request) as stream:
        return [client.beta.messages.create(**request), stream.get_final_message()]


def choices(kind: str) -> list[dict[str, str]]:
    """All that forces a call; an MCP server's tools are not known by name."""
    if kind == "mcp_toolset":
        return [{"type": "any"}]
    tool = asked(kind)["tools"][0]
    return [{"type": "any"}, {"type": "tool", "name": tool.get("name") or kind.partition("_")[0]}]


def action_of(kind: str, block: dict[str, Any]) -> str:
    """What a call does."""
    if kind in NO_NAME:
        assert block["toolset_name"] == kind.partition("_")[0]
        return str(block["name"])
    assert block["name"] == TOOLS[kind]["name"]
    given = block["input"]
    return str(given.get("action") or given["command"]) if "bash" not in kind else "run"


def test_no_tool_of_anthropics_is_left_out() -> None:
    items = json.loads(SCHEMA.read_text("utf-8"))["properties"]["tools"]["items"]
    known = set(items["discriminator"]["mapping"]) - {"custom"}
    assert {tool["type"] for tool in TOOLS.values()} | set(SERVED) == known


@pytest.mark.parametrize("kind", TOOLS)
def test_a_forced_call_of_a_clients_tool_is_valid(kind: str, client: anthropic.Anthropic) -> None:
    for choice in choices(kind):
        for message in answers(client, asked(kind, tool_choice=choice)):
            (block,) = [block.to_dict() for block in message.content]
            assert message.stop_reason == "tool_use"
            assert (block["type"], block["caller"]) == ("tool_use", {"type": "direct"})
            given: Any = block["input"]
            assert faults(kind, action_of(kind, block), given) == []


@pytest.mark.parametrize("kind", SERVED)
def test_a_forced_call_of_a_servers_tool_has_its_result(
    kind: str, client: anthropic.Anthropic
) -> None:
    for choice in choices(kind):
        for message in answers(client, asked(kind, tool_choice=choice)):
            call, result, *rest = [block.to_dict() for block in message.content]
            assert call["type"] in ("server_tool_use", "mcp_tool_use")
            given: Any = call["input"]
            assert list(given) == SERVED[kind]
            assert result["tool_use_id"] == call["id"]
            assert {block["type"] for block in rest} == {"text"}
            assert message.stop_reason == "end_turn"


@pytest.mark.parametrize(("kind", "words", "rounds"), LOOPS, ids=[row[0] for row in LOOPS])
@pytest.mark.parametrize("is_stream", [False, True], ids=["json", "stream"])
def test_a_loop_ends_in_text(
    kind: str, words: str, rounds: int, *, is_stream: bool, client: anthropic.Anthropic
) -> None:
    messages: list[Any] = [{"role": "user", "content": words}]
    for number in range(rounds + 1):
        message = answers(client, asked(kind, messages=messages))[is_stream]
        blocks = [block.to_dict(exclude_none=True) for block in message.content]
        calls = [block for block in blocks if block["type"] == "tool_use"]
        if number == rounds:
            break
        assert message.stop_reason == "tool_use"
        results: list[Any] = []
        for call in calls:
            given: Any = call["input"]
            assert faults(kind, action_of(kind, call), given) == []
            echo = {key: call[key] for key in ("toolset_name",) if key in call}
            results.append(
                {"type": "tool_result", "tool_use_id": call["id"], "content": "done", **echo}
            )
        messages += [
            {"role": "assistant", "content": blocks},
            {"role": "user", "content": results},
        ]
    assert (message.stop_reason, calls) == ("end_turn", [])
    assert "done" in str(blocks[-1])


class Desktop(BetaAbstractComputerToolset20260801):
    """A computer that only notes what is done with it; all that it has not is off."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[object] = []

    def left_click(
        self,
        context: BetaToolsetCallContext,
        input: BetaComputerLeftClickInput,  # noqa: A002 # the SDK's name
    ) -> None:
        del context
        self.seen.append(input.coordinate)

    def scroll(
        self,
        context: BetaToolsetCallContext,
        input: BetaComputerScrollInput,  # noqa: A002 # the SDK's name
    ) -> None:
        del context
        self.seen.append((input.scroll_direction, input.scroll_amount, input.coordinate))


def test_the_sdk_runs_a_toolset_to_its_end(client: anthropic.Anthropic) -> None:
    desktop = Desktop()
    last = client.beta.messages.tool_runner(
        model=MODEL,
        max_tokens=1000,
        tools=[desktop],
        messages=[{"role": "user", "content": "Click at (3, 4), zoom, then scroll up 2 at (5, 6)"}],
    ).until_done()
    assert desktop.seen == [[3, 4], ("up", 2, [5, 6])]
    assert last.stop_reason == "end_turn"


def test_the_sdk_keeps_a_memory(client: anthropic.Anthropic, tmp_path: Path) -> None:
    last = client.beta.messages.tool_runner(
        model=MODEL,
        max_tokens=1000,
        tools=[BetaLocalFilesystemMemoryTool(str(tmp_path))],
        messages=[{"role": "user", "content": "Remember that I like tea."}],
    ).until_done()
    assert (tmp_path / "memories" / "example.txt").read_text("utf-8") == "I like tea"
    assert last.stop_reason == "end_turn"


def test_the_sdk_runs_a_tool_that_code_calls(client: anthropic.Anthropic) -> None:
    asked: list[str] = []

    @anthropic.beta_tool(allowed_callers=["code_execution_20260120"])
    def get_weather(city: str) -> str:
        """Get the weather in a city."""
        asked.append(city)
        return f"sunny in {city}"

    runner = client.beta.messages.tool_runner(
        model=MODEL,
        max_tokens=1000,
        tools=[get_weather, {"type": "code_execution_20260120", "name": "code_execution"}],
        messages=[{"role": "user", "content": "What is the weather in Paris and Rome?"}],
    )
    first, last = list(runner)
    assert asked == ["Paris", "Rome"]
    assert (first.stop_reason, last.stop_reason) == ("tool_use", "end_turn")
    printed = last.content[0]
    assert printed.type == "code_execution_tool_result"
    assert printed.content.type == "code_execution_result"
    assert printed.content.stdout == "sunny in Paris\nsunny in Rome\n"
