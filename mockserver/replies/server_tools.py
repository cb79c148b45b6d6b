"""Tools that the server runs: their blocks in the recorded shape, with made-up content. Nothing is fetched or run.

A tool is used when the last user text has one of its words (USES), when it has a URL (web fetch), when it asks for
a deferred tool (tool search), when it names the MCP server, or when `tool_choice` names the tool; once for each text.
With `tool_choice` any the first one is used, if no tool that a client runs can be called (docs: Define tools: the
model must use one of the tools provided).
A text with the word `pause_turn` is answered up to the next call, which waits for the continuation.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any, NamedTuple

from mockserver.catalogue import Catalogue
from mockserver.replies.asking import Task
from mockserver.replies.drafting import Draft
from mockserver.request import Block, Request
from mockserver.tool_tokens import is_citing

DIRECT = {"caller": {"type": "direct"}}
USES = {
    "web_search_": ("web_search", "web search", "search", "look up", "news", "latest"),
    "code_execution_": (
        "code_execution",
        "code execution",
        "run code",
        "python",
        "execute",
        "compute",
    ),
    "advisor_": ("advisor", "advice"),
}
SEALED_LINES = frozenset({"fable", "mythos"})
MCP_TOOLSET = "mcp_toolset"
NEVER = "2099-01-01T00:00:00.000000Z"
RETRIEVED = "2026-01-02T03:04:05.000000"


class Use(NamedTuple):
    """A call of a server's tool: its blocks' kinds, its name and input, and what the result holds."""

    name: str
    given: Block
    result: str
    content: Any
    caller: Block
    server: str | None = None


def used(request: Request, task: Task) -> list[Use]:
    """What this answer uses."""
    if not request.offered.fact(_has_any) or request.tool_choice == "none":
        return []
    choice: Block = request.body.get("tool_choice") or {}
    found: list[Use] = []
    for tool in request.tools:
        kind = str(tool.get("type"))
        if choice.get("name", tool.get("name")) != tool.get("name"):
            continue
        made = _use(tool, task)
        is_wanted = not task.declines_tools and _is_asked(kind, request, task)
        is_asked = "name" in choice or is_wanted
        if made is not None and is_asked and not task.called[made.name]:
            found.append(made)
    if not choice.get("name"):
        found += _mcp(request, task)
    return found


def forced(request: Request, task: Task) -> list[Use]:
    """The use of some tool, where one has to be used and nothing more is said; none where there is none to use."""
    for tool in request.tools:
        is_direct = "direct" in (tool.get("allowed_callers") or ("direct",))
        if tool.get("type") == MCP_TOOLSET:
            made = _remote(tool, task)
        else:
            made = _use(tool, task) if is_direct and not tool.get("defer_loading") else None
        if made is not None:
            return [made]
    return []


def _has_any(tools: list[Block]) -> bool:
    return any("input_schema" not in tool for tool in tools)


def _is_asked(kind: str, request: Request, task: Task) -> bool:
    if kind.startswith("web_fetch_"):
        return bool(task.hints.of_kind("url"))
    if kind.startswith("tool_search_tool_"):
        return bool(sought(request, task))
    words = next((words for name, words in USES.items() if kind.startswith(name)), ())
    return any(task.hints.mentions(word) for word in words)


def sought(request: Request, task: Task) -> list[Block]:
    """The deferred tools that the text asks for."""
    deferred = [tool for tool in request.tools if tool.get("defer_loading") and "name" in tool]
    return task.asked_for(deferred)


def _use(tool: Block, task: Task) -> Use | None:
    kind = str(tool.get("type"))
    makers = (make for name, make in _MAKERS.items() if kind.startswith(name))
    return next((make(tool, task) for make in makers), None)


def _web_search(tool: Block, task: Task) -> Use:
    query = next(iter(task.hints.of_kind("query")), "example")
    return Use("web_search", {"query": query}, "web_search", _pages(tool, query), DIRECT)


def _web_fetch(tool: Block, task: Task) -> Use:
    url = next(iter(task.hints.of_kind("url")), "https://example.com/")
    return Use("web_fetch", {"url": url}, "web_fetch", _page(tool, url), DIRECT)


def _python(_tool: Block, task: Task) -> Use:
    code = next(iter(task.hints.quoted), 'print("example")')
    return Use("code_execution", {"code": code}, "code_execution", _run("code_execution"), {})


def _bash(_tool: Block, task: Task) -> Use:
    command = next(iter(task.hints.of_kind("command")), "echo example")
    name = "bash_code_execution"
    return Use(name, {"command": command}, name, _run(name), {})


def _advisor(tool: Block, _task: Task) -> Use:
    """An advice, sealed by models that hand none out; it says how it ended where it is capped (recorded)."""
    content = advice(tool["model"], "This is the advice of a mock advisor.")
    if tool.get("max_tokens") is not None:
        content["stop_reason"] = "end_turn"
    return Use("advisor", {}, "advisor", content, {})


def advice(model: str, text: str) -> Block:
    """What an advisor's result holds (docs: Advisor tool; recorded for claude-opus-4-8 and claude-fable-5)."""
    known = Catalogue.load().named(model)
    if known is not None and known.line in SEALED_LINES:
        return {"type": "advisor_redacted_result", "encrypted_content": sealed(text)}
    return {"type": "advisor_result", "text": text}


def _search(tool: Block, task: Task) -> Use:
    found = sought(task.request, task)
    names = [str(each["name"]) for each in found]
    key = "pattern" if "regex" in tool["name"] else "query"
    references = [{"type": "tool_reference", "tool_name": name} for name in names]
    content = {"type": "tool_search_tool_search_result", "tool_references": references}
    wanted = names or task.words[:1] or ["example"]
    given = {key: ("|" if key == "pattern" else " ").join(wanted)}
    return Use(str(tool["name"]), given, "tool_search", content, {})


_MAKERS: dict[str, Callable[[Block, Task], Use]] = {
    "web_search_": _web_search,
    "web_fetch_": _web_fetch,
    "code_execution_20250522": _python,
    "code_execution_": _bash,
    "tool_search_tool_": _search,
    "advisor_": _advisor,
}


def _pages(tool: Block, query: str) -> list[Block]:
    host = next(iter(tool.get("allowed_domains") or ()), "example.com")
    return [
        {
            "type": "web_search_result",
            "title": f"Example page {number} about {query[:80]}",
            "url": f"https://{host}/{number}",
            "encrypted_content": sealed(f"{query}:{number}"),
            "page_age": None,
        }
        for number in (1, 2)
    ]


def _page(tool: Block, url: str) -> Block:
    text = f"This is a made-up page. Nothing was fetched from {url}."
    source = {"type": "text", "media_type": "text/plain", "data": text}
    page = {"type": "document", "source": source, "title": "Example page"}
    content = {**page, "citations": {"enabled": is_citing(tool.get("citations"))}}
    return {"type": "web_fetch_result", "url": url, "retrieved_at": RETRIEVED, "content": content}


def _run(kind: str) -> Block:
    output: Block = {"stdout": "Nothing was run.\n", "stderr": "", "return_code": 0, "content": []}
    return {"type": f"{kind}_result", **output}


def _mcp(request: Request, task: Task) -> list[Use]:
    named = [
        _remote(toolset, task)
        for toolset in request.tools
        if toolset.get("type") == MCP_TOOLSET
        and task.hints.mentions(str(toolset["mcp_server_name"]))
    ]
    return [use for use in named if use is not None and not task.called[use.name]]


def _remote(toolset: Block, task: Task) -> Use | None:
    """A call of a server's tool; None where its toolset has switched all off (docs: MCP connector)."""
    defaults: Block = toolset.get("default_config") or {}
    configs: dict[str, Block] = toolset.get("configs") or {}
    is_on = defaults.get("enabled", True)
    names = [name for name, config in configs.items() if (config or {}).get("enabled", is_on)]
    if not names and not is_on:
        return None
    name = next(iter(names), "example_tool")
    said = [{"type": "text", "text": f"This is a made-up result of {name}."}]
    query = next(iter(task.hints.of_kind("query")), "example")
    return Use(name, {"query": query}, "mcp", said, {}, str(toolset["mcp_server_name"]))


def sealed(text: str) -> str:
    """What a server encrypts, opaque to clients: it says nothing here."""
    return base64.b64encode(hashlib.sha512(text.encode()).digest()).decode()


def use(draft: Draft, uses: list[Use], *, pauses: bool) -> None:
    """Add the calls with their results. With `pauses` the last one gets none, and the turn pauses there."""
    for number, each in enumerate(uses):
        block = _call(draft, each)
        if block is None:
            return
        if "code_execution" in each.result:
            draft.answer.container = container(draft)
        if pauses and number == len(uses) - 1:
            draft.end("pause_turn")
            return
        draft.answer.blocks.append(_result(block, each))


def container(draft: Draft) -> Block:
    """Where code runs: the one that the request names, or a new one."""
    given: str | Block = draft.request.body.get("container") or {}
    known = given if isinstance(given, str) else given.get("id")
    # SDK: ContainerSkill: with the versions that `latest` stands for
    skills = [
        {"skill_id": each["skill_id"], "type": each["type"], "version": draft.request.loaded(each)}
        for each in draft.request.loads
    ]
    loaded = {"skills": skills} if skills else {}
    return {"id": known or draft.ids.next("container"), "expires_at": NEVER, **loaded}


def _call(draft: Draft, each: Use) -> Block | None:
    if each.server is not None:
        more = {"server_name": each.server}
        return draft.call("mcp_tool_use", "mcptoolu", each.name, each.given, more)
    caller = {} if each.name == "advisor" else DIRECT  # recorded, also where other calls have one
    return draft.call("server_tool_use", "srvtoolu", each.name, each.given, caller)


def _result(call: Block, each: Use) -> Block:
    block: Block = {"type": f"{each.result}_tool_result", "tool_use_id": call["id"]}
    if each.server is not None:
        block["is_error"] = False
    return {**block, "content": each.content, **each.caller}


def waiting(request: Request, task: Task) -> Block | None:
    """The result that a paused turn waits for: that of its last call."""
    last = request.turns[-1]
    call = last.blocks[-1] if last.role == "assistant" and last.blocks else None
    if call is None or call["type"] != "server_tool_use":
        return None
    for tool in request.tools:
        made = _use(tool, task)
        if made is not None and made.name == call["name"]:
            return _result(call, made)
    return None


def cited(uses: list[Use]) -> tuple[str, list[Block]] | None:
    """A sentence about the first page that a search found, and its citation."""
    pages = next((each.content for each in uses if each.result == "web_search"), None)
    if not pages:
        return None
    page = pages[0]
    text = f"{page['title']} is a made-up page."
    citation = {
        "type": "web_search_result_location",
        "cited_text": text,
        "url": page["url"],
        "title": page["title"],
        "encrypted_index": sealed(page["url"]),
    }
    return text, [citation]
