"""The clients of a soak: all that clients do, by chance but from a seed, and a count of what came of it."""

from __future__ import annotations

import asyncio
import json
import random
import re
from collections import Counter
from typing import Any

DEADLINE = 30.0
KEYS = 2
# One of twenty exchanges has a fault, and one of twenty is a batch or wrong.
FAULT_SHARE = 0.05
RARE_SHARE = 0.05
LEAVING_SHARE = 0.1
BEFORE_HEAD = ("reset", "empty", "garbage")
IN_STREAM = ("cut", "end", "error", "bad_json", "bad_chunk")
STATUSES = (429, 500, 503, 529)
MESSAGES = "/v1/messages"
LAST_EVENT = b"event: message_stop"
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOL = {
    "name": "get_weather",
    "description": "Current weather of a city",
    "input_schema": CITY,
}
FORMAT = {
    "format": {"type": "json_schema", "schema": {**CITY, "additionalProperties": False}},
}
Json = dict[str, Any]


class Load:
    """All clients of one server. `wrong` has what no client asked for."""

    def __init__(self, port: int, seed: int) -> None:
        self._port = port
        self._random = random.Random(seed)
        self.outcomes: Counter[str] = Counter()
        self.wrong: list[str] = []

    async def one(self) -> None:
        """One exchange of some kind, or a few that belong together."""
        usual = (self.small, self.small, self.scripted, self.agent, self.stream, self.file)
        rare = (self.batch, self.refused, self.structured, self.look)
        chance = self._random.random()
        if chance < FAULT_SHARE:
            await self.fault()
        elif chance < FAULT_SHARE + RARE_SHARE:
            await self._random.choice(rare)()
        else:
            await self._random.choice(usual)()

    async def small(self) -> None:
        await self.call("POST", MESSAGES, message("Hello"))

    async def scripted(self) -> None:
        """A reply, and with it headers, that no other request has."""
        reply = {"text": f"Number {self._random.getrandbits(64)}"}
        await self.call("POST", MESSAGES, message("Hello"), reply=reply)

    async def refused(self) -> None:
        await self.call("POST", MESSAGES, {"model": "claude-haiku-4-5"})

    async def stream(self) -> None:
        await self.call("POST", MESSAGES, message("Tell me of Rome", stream=True))

    async def structured(self) -> None:
        await self.call("POST", MESSAGES, message("Where is Rome?", output_config=FORMAT))

    async def agent(self) -> None:
        asked = message("Read the weather in Paris. " * 200, tools=[TOOL])
        asked["messages"] = [*asked["messages"], *turns(20), *asked["messages"]]
        await self.call("POST", MESSAGES, asked)

    async def look(self) -> None:
        """What a test's assertions read."""
        key = self._key()
        await self.call("GET", "/_mock/requests?limit=20", None, key=key)
        await self.call("GET", "/_mock/verdict", None, key=key)

    async def file(self) -> None:
        key = self._key()
        made = await self.call("POST", "/v1/files", upload(self._random.randbytes(20_000)), key=key)
        found = re.search(rb'"id":"(file_[A-Za-z0-9]+)"', made)
        if found is not None:
            path = f"/v1/files/{found[1].decode()}"
            await self.call("GET", path, None, key=key)
            await self.call("DELETE", path, None, key=key)

    async def batch(self) -> None:
        key = self._key()
        items = [{"custom_id": f"n{n}", "params": message("Hello")} for n in range(20)]
        made = await self.call("POST", f"{MESSAGES}/batches", {"requests": items}, key=key)
        found = re.search(rb'"id":"(msgbatch_[A-Za-z0-9]+)"', made)
        if found is not None:
            path = f"{MESSAGES}/batches/{found[1].decode()}"
            await self.call("GET", path, None, key=key)
            await self.call("GET", f"{path}/results", None, key=key)
            await self.call("DELETE", path, None, key=key)

    async def fault(self) -> None:
        kind = self._random.choice((*BEFORE_HEAD, *IN_STREAM, "status"))
        if kind == "status":
            reply: Json = {"error": self._random.choice(STATUSES)}
        else:
            reply = {"fault": {"kind": kind, **({"event": 4} if kind in IN_STREAM else {})}}
        asked = message("Tell me of Rome", stream=True)
        await self.call("POST", MESSAGES, asked, reply=reply)

    async def paced(self, shortest: float, longest: float) -> None:
        """A stream that takes so many seconds; every tenth client leaves in its midst."""
        seconds = self._random.uniform(shortest, longest)
        reply = {"text": "word " * 60, "pacing": {"tokens_per_second": 60 / seconds}}
        patience = seconds / 2 if self._random.random() < LEAVING_SHARE else None
        asked = message("Tell me of Rome", stream=True)
        deadline = seconds + DEADLINE
        await self.call("POST", MESSAGES, asked, reply=reply, deadline=deadline, patience=patience)

    def _key(self) -> str:
        return f"sk-ant-soak-{self._random.randrange(KEYS)}"

    async def call(
        self,
        method: str,
        path: str,
        body: Any,
        *,
        key: str | None = None,
        reply: Json | None = None,
        deadline: float = DEADLINE,
        patience: float | None = None,
    ) -> bytes:
        """One request on a connection of its own. `patience` says after how many seconds the client leaves."""
        what = f"{method} {path} {json.dumps(reply)}"
        try:
            answer = await self._answer(
                request(method, path, body, key or self._key(), reply), patience or deadline
            )
        except asyncio.TimeoutError:
            self._count("left" if patience else "too slow", what, is_wrong=patience is None)
            return b""
        except OSError as error:
            is_scripted = is_faulty(reply)
            outcome = "scripted end" if is_scripted else "connection error"
            self._count(outcome, f"{what}: {error}", is_wrong=not is_scripted)
            return b""
        if is_faulty(reply):
            self._count(f"scripted {status_of(answer)}", what, is_wrong=False)
        else:
            is_stream = isinstance(body, dict) and body.get("stream") is True
            is_wrong = status_of(answer) >= "500" or (is_stream and LAST_EVENT not in answer)
            self._count(status_of(answer), f"{what}: {answer[:300]!r}", is_wrong=is_wrong)
        return answer

    async def _answer(self, raw: bytes, seconds: float) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(raw)
            return await asyncio.wait_for(reader.read(-1), seconds)
        finally:
            writer.close()

    def _count(self, outcome: str, what: str, *, is_wrong: bool) -> None:
        self.outcomes[outcome] += 1
        if is_wrong:
            self.wrong.append(f"{outcome}: {what}")


def is_faulty(reply: Json | None) -> bool:
    """Whether a reply asks for a failure."""
    return reply is not None and not {"fault", "error"}.isdisjoint(reply)


def status_of(answer: bytes) -> str:
    """The status of an answer; `none`, which is more than any status, where there is no answer."""
    return answer[9:12].decode("latin-1") if answer.startswith(b"HTTP/1.1 ") else "none"


def message(text: str, **more: Any) -> Json:
    user = {"role": "user", "content": text}
    return {"model": "claude-haiku-4-5", "max_tokens": 200, "messages": [user], **more}


def turns(count: int) -> list[Json]:
    """Turns of an agent that called its tool so often."""
    found: list[Json] = []
    for number in range(count):
        call = {"type": "tool_use", "id": f"toolu_{number}", "name": "get_weather"}
        result = {"type": "tool_result", "tool_use_id": f"toolu_{number}", "content": "Sunny"}
        found.append({"role": "assistant", "content": [{**call, "input": {"city": "Paris"}}]})
        found.append({"role": "user", "content": [result]})
    return found


def upload(content: bytes) -> bytes:
    """A multipart body with one file."""
    head = b'--x\r\ncontent-disposition: form-data; name="file"; filename="a.txt"\r\n'
    return head + b"content-type: text/plain\r\n\r\n" + content.hex().encode() + b"\r\n--x--\r\n"


def request(method: str, path: str, body: Any, key: str, reply: Json | None) -> bytes:
    """A request as it is on the wire; bytes are a multipart body, all else is JSON."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    kind = "multipart/form-data; boundary=x" if isinstance(body, bytes) else "application/json"
    lines = [
        f"{method} {path} HTTP/1.1",
        "host: 127.0.0.1",
        f"x-api-key: {key}",
        "anthropic-version: 2023-06-01",
        f"content-type: {kind}",
        f"content-length: {len(raw)}",
        "connection: close",
    ]
    if reply is not None:
        lines.append(f"x-mock-reply: {json.dumps(reply)}")
    return "\r\n".join([*lines, "", ""]).encode() + raw
