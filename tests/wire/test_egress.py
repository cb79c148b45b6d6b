"""Nothing that a request names is fetched: no connection, no look-up of a name, no file opened."""

from __future__ import annotations

import json
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.wire import raw

REACHING = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto")
OPENING = ("open", "urllib.Request", "subprocess.Popen", "os.system")
BETAS = b"anthropic-beta: mcp-client-2025-11-20,files-api-2025-04-14\r\n"
FAR = "http://169.254.169.254/latest/meta-data/"
LOCAL_FILE = "file:///etc/passwd"
LONG = "https://example.com/" + "a" * 10_000


class Spy:
    """What other threads than the test's do about the world outside. An audit hook stays for ever, so it is switched."""

    def __init__(self) -> None:
        self._mine: int | None = None
        self.seen: list[str] = []
        sys.addaudithook(self._hear)

    def _hear(self, event: str, args: tuple[Any, ...]) -> None:
        if self._mine in (None, threading.get_ident()):
            return
        is_far = event == "open" and "passwd" not in str(args[0])
        if event in (*REACHING, *OPENING) and not is_far:
            self.seen.append(f"{event} {args}")

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Listen for a while."""
        self.seen.clear()
        self._mine = threading.get_ident()
        try:
            yield
        finally:
            self._mine = None


@pytest.fixture(scope="module")
def spy() -> Spy:
    return Spy()


@pytest.fixture(scope="module")
def nobody() -> Iterator[socket.socket]:
    """A port on which something would be seen to arrive, whatever brings it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        yield listener


def has_visitor(listener: socket.socket) -> bool:
    try:
        listener.accept()[0].close()
    except BlockingIOError:
        return False
    return True


def asking(content: list[dict[str, Any]], **more: Any) -> bytes:
    body = {**json.loads(raw.BODY), **more}
    content = [*content, {"type": "text", "text": "What is there?"}]
    return json.dumps({**body, "messages": [{"role": "user", "content": content}]}).encode()


def image(url: str) -> bytes:
    return asking([{"type": "image", "source": {"type": "url", "url": url}}])


def document(url: str) -> bytes:
    return asking([{"type": "document", "source": {"type": "url", "url": url}}])


def inner(url: str) -> bytes:
    """In a document of blocks, and in the result of a tool."""
    part = {"type": "image", "source": {"type": "url", "url": url}}
    call = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {"url": url}}
    result = {"type": "tool_result", "tool_use_id": "toolu_1", "content": [part]}
    whole = {"type": "document", "source": {"type": "content", "content": [part]}}
    body = json.loads(asking([whole]))
    body["tools"] = [{"name": "look", "input_schema": {"type": "object"}}]
    turns = [{"role": "assistant", "content": [call]}, {"role": "user", "content": [result]}]
    return json.dumps({**body, "messages": [*body["messages"], *turns]}).encode()


def mcp_server(url: str) -> bytes:
    server = {"type": "url", "name": "a", "url": url}
    toolset = {"type": "mcp_toolset", "mcp_server_name": "a"}
    return asking([], mcp_servers=[server], tools=[toolset])


def web_fetch(url: str) -> bytes:
    tool = {"type": "web_fetch_20250910", "name": "web_fetch"}
    return asking([{"type": "text", "text": f"Fetch {url}"}], tools=[tool])


def web_search(url: str) -> bytes:
    tool = {"type": "web_search_20250305", "name": "web_search"}
    return asking([{"type": "text", "text": f"Search for {url}"}], tools=[tool])


def schema_reference(url: str) -> bytes:
    schema = {"type": "object", "properties": {"a": {"$ref": url}}, "$schema": url}
    return asking([], tools=[{"name": "t", "input_schema": schema}], tool_choice={"type": "any"})


KINDS = (image, document, inner, mcp_server, web_fetch, web_search, schema_reference)
URLS = {
    "metadata": FAR,
    "file": LOCAL_FILE,
    "closed_port": "http://localhost:1/a.png",
    "listening": "http://127.0.0.1:{port}/a.png",
    "listening_https": "https://localhost:{port}/a.pdf",
    "name": "https://name.invalid/a.png",
    "long": LONG,
}


@pytest.mark.parametrize("is_stream", [False, True], ids=["json", "stream"])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("url", [pytest.param(u, id=f"D8_{n}") for n, u in URLS.items()])
def test_no_url_is_fetched(
    port: int, spy: Spy, nobody: socket.socket, url: str, kind: Any, *, is_stream: bool
) -> None:
    body = json.loads(kind(url.replace("{port}", str(nobody.getsockname()[1]))))
    with spy.watching():
        response = raw.only(
            port, raw.post(json.dumps({**body, "stream": is_stream}).encode(), BETAS)
        )
    assert response.status in (200, 400)
    assert spy.seen == []
    assert not has_visitor(nobody)


def test_d8_the_spy_sees_a_fetch(spy: Spy) -> None:
    def fetch() -> None:
        with socket.socket() as sock:
            sock.connect_ex(("127.0.0.1", 1))

    with spy.watching():
        thread = threading.Thread(target=fetch)
        thread.start()
        thread.join()
    assert [each.partition(" ")[0] for each in spy.seen] == ["socket.connect"]
