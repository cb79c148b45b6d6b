"""What the benchmark sends: the same bytes on every run."""

import json

Body = dict[str, object]

_LINES = (
    "def handler(request):\n    value = request.get('key', 0)\n    return {'value': value * 2}\n"
)


def small() -> Body:
    """One short question."""
    turn = {"role": "user", "content": "Answer with one short sentence, please."}
    return {"model": "claude-sonnet-4-6", "max_tokens": 1024, "messages": [turn]}


def stream(first: int = 0) -> Body:
    """A question whose answer takes about 200 deltas to quote, on a model whose deltas are short."""
    words = " ".join(f"word{number}" for number in range(first, first + 338))
    return {
        **small(),
        "model": "claude-sonnet-4-5",
        "max_tokens": 64_000,
        "stream": True,
        "messages": [{"role": "user", "content": words}],
    }


def agent() -> Body:
    """About 65 KB: twenty tools, and a history of fourteen tool calls with their results."""
    turns: list[Body] = [{"role": "user", "content": "Refactor the project, one module at a time."}]
    for number in range(14):
        use = {"type": "tool_use", "id": f"toolu_{number:024d}", "name": f"tool_{number:02d}"}
        turns.append(
            {
                "role": "assistant",
                "content": [{**use, "input": {"path": "a.py", "content": _LINES * 25}}],
            }
        )
        result = {"type": "tool_result", "tool_use_id": use["id"], "content": _LINES * 20}
        turns.append({"role": "user", "content": [result]})
    return {**small(), "messages": turns, "tools": [_tool(number) for number in range(20)]}


def _tool(number: int) -> Body:
    path = {"type": "string", "description": "Path below the root of the workspace"}
    mode = {"type": "string", "enum": ["create", "append", "replace", "delete"]}
    return {
        "name": f"tool_{number:02d}",
        "description": "Changes a file, a process or a remote resource; once for the same arguments. "
        * 3,
        "input_schema": {
            "type": "object",
            "properties": {"path": path, "mode": mode},
            "required": ["path"],
        },
    }


def encoded(body: Body) -> bytes:
    """The whole HTTP request."""
    raw = json.dumps(body).encode()
    head = (
        "POST /v1/messages HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n"
        f"x-api-key: sk-ant-bench\r\nanthropic-version: 2023-06-01\r\ncontent-length: {len(raw)}\r\n\r\n"
    )
    return head.encode() + raw
