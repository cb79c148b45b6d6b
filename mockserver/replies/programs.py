"""Programmatic tool calling: code that the server runs calls tools that a client runs.

A tool is called so when the text asks for it, its `allowed_callers` name a code execution tool of the request, and the
model may not call it itself. The code waits in its container for the results; the next answer begins with what it
printed, which is those results.
Source: docs, Programmatic tool calling; recorded: langchain-ai/langchain, cassette test_programmatic_tool_use.
"""

from __future__ import annotations

import json
from typing import NamedTuple

from mockserver.replies.asking import Task
from mockserver.replies.drafting import Draft
from mockserver.replies.server_tools import DIRECT, container
from mockserver.replies.speaking import result_text
from mockserver.replies.tool_calls import Call, asked_calls, at_once
from mockserver.request import TOOL_RESULT, Block, Request

NAME = "code_execution"


class Program(NamedTuple):
    """Calls that one run of code makes, and the type of the tool that runs it."""

    runner: str
    calls: list[Call]


def planned(request: Request, task: Task) -> Program | None:
    """The program that calls what the text asks for; None where no tool is called by code alone.

    docs: `tool_choice` can't make the model call a tool from code.
    """
    called_by = request.offered.fact(_called_by)
    if not called_by or request.tool_choice != "auto":
        return None
    runner = next(iter(called_by.values()))
    calls = asked_calls([tool for tool in request.tools if tool.get("name") in called_by], task)
    return Program(runner, at_once(calls, task)) if calls else None


def _called_by(tools: list[Block]) -> dict[str, str]:
    """The names of tools that only code may call, each with the type of the tool that runs the code."""
    runners = [str(tool["type"]) for tool in tools if str(tool.get("type")).startswith(NAME)]
    found: dict[str, str] = {}
    for tool in tools:
        allowed = tool.get("allowed_callers") or ("direct",)
        fitting = [runner for runner in runners if runner in allowed]
        if "input_schema" in tool and "direct" not in allowed and fitting:
            found[str(tool["name"])] = fitting[0]
    return found


def make(draft: Draft, program: Program) -> None:
    """Add the code and its calls, which end the answer."""
    inputs = [(call.name, call.made()) for call in program.calls]
    block = draft.call("server_tool_use", "srvtoolu", NAME, {"code": _code(inputs)}, DIRECT)
    if block is None:
        return
    draft.answer.container = container(draft)
    caller = {"caller": {"type": program.runner, "tool_id": block["id"]}}
    for name, given in inputs:
        if draft.call("tool_use", "toolu", name, given, caller) is None:
            return
    draft.end("tool_use")


def _code(inputs: list[tuple[str, Block]]) -> str:
    calls = ", ".join(f"{name}({json.dumps(given)})" for name, given in inputs)
    return (
        "import asyncio\n\nasync def main():\n"
        f"    for result in await asyncio.gather({calls}):\n        print(result)\n\n"
        "asyncio.run(main())\n"
    )


def returned(request: Request) -> Block | None:
    """What the code printed that waited for the results of the last turns; None where none did."""
    if "caller" not in request.features.blocks:
        return None
    results, calls = _results(request)
    waited = [
        (block["caller"]["tool_id"], results[block["id"]])
        for block in calls
        if block["type"] == "tool_use" and block["id"] in results and _is_program(block)
    ]
    if not waited:
        return None
    source = waited[0][0]
    printed = "".join(f"{result_text(result)}\n" for caller, result in waited if caller == source)
    output: Block = {"stdout": printed, "stderr": "", "return_code": 0, "content": []}
    content: Block = {"type": f"{NAME}_result", **output}
    return {"type": f"{NAME}_tool_result", "tool_use_id": source, "content": content}


def _results(request: Request) -> tuple[dict[str, Block], list[Block]]:
    """The results that end the conversation, by the ids of their calls, and the blocks of the turn before them."""
    turns = list(request.turns)
    results: dict[str, Block] = {}
    while turns and all(block["type"] == TOOL_RESULT for block in turns[-1].blocks):
        results |= {block["tool_use_id"]: block for block in turns.pop().blocks}
    return results, turns[-1].blocks if turns else []


def _is_program(call: Block) -> bool:
    return "tool_id" in (call.get("caller") or ())
