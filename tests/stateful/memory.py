"""Memory of a server that takes 2 GB of files and a batch of 100,000 items.

python -m tests.stateful.memory
"""

from __future__ import annotations

import argparse
import http.client
import json
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.stateful.kill import HEADERS, Server

MEGABYTE = 1 << 20
ITEMS = 100_000


def peak(process_id: int) -> float:
    """The most memory that a process ever had, in megabytes (Linux)."""
    status = Path(f"/proc/{process_id}/status").read_text("utf-8")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


def upload(server: Server, megabytes: int) -> None:
    """A file of so many megabytes, sent as it is made."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="large"\r\n\r\n'
    tail = b"\r\n--x--\r\n"

    def parts() -> Iterator[bytes]:
        yield head
        for number in range(megabytes):
            yield bytes([number % 256]) * MEGABYTE
        yield tail

    length = str(len(head) + megabytes * MEGABYTE + len(tail))
    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": length}
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=300)
    connection.request("POST", "/v1/files", parts(), {**HEADERS, **headers})
    response = connection.getresponse()
    assert response.status == 200, response.read()
    connection.close()


def large_batch(server: Server, items: int) -> None:
    """A batch of so many items, polled to its end and read."""
    params = {
        "model": "claude-haiku-4-5",
        "max_tokens": 16,
        "messages": [{"role": "user", "content": "Say something short about the number"}],
    }
    requests = [{"custom_id": f"item-{n}", "params": params} for n in range(items)]
    body = json.dumps({"requests": requests}).encode()
    del requests
    created = server.call("POST", "/v1/messages/batches", body, "application/json")
    path = f"/v1/messages/batches/{created['id']}"
    while server.call("GET", path)["processing_status"] != "ended":
        pass
    assert server.call("GET", f"{path}/results").count(b"\n") == items


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.stateful.memory", description=__doc__)
    parser.add_argument("--megabytes", type=int, default=2048)
    parser.add_argument("--items", type=int, default=ITEMS)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        server = Server(Path(name))
        try:
            print(f"at the start: {peak(server.process_id):.0f} MB")
            for start in range(0, asked.megabytes, 400):
                upload(server, min(400, asked.megabytes - start))
            print(f"with {asked.megabytes} MB of files: {peak(server.process_id):.0f} MB")
            large_batch(server, asked.items)
            print(f"and a batch of {asked.items} items: {peak(server.process_id):.0f} MB")
        finally:
            server.kill()


if __name__ == "__main__":
    main()
