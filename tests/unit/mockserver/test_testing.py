"""MockServer: started and stopped inside a test, with keys that nobody has used."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import socket
import threading
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

from mockserver import testing
from mockserver.serving import StartError
from mockserver.settings import Settings
from mockserver.store import StoreError
from mockserver.testing import MockServer, Options
from tests.unit.mockserver.asgi import HEADERS
from tests.unit.mockserver.bodies import body


def asked(server: MockServer, model: str = "claude-haiku-4-5") -> int:
    headers = {k: v for k, v in HEADERS.items() if k != "host"} | {"x-api-key": server.api_key}
    data = json.dumps(body(model)).encode()
    request = urllib.request.Request(f"{server.url}/v1/messages", data, headers)  # ours
    with urllib.request.urlopen(request, timeout=5) as response:  # ours
        return int(response.status)


def port_of(server: MockServer) -> int:
    port = urlsplit(server.url).port
    assert port is not None
    return port


def test_a_server_answers_until_it_is_stopped() -> None:
    before = set(threading.enumerate())  # servers of other tests may be running
    with MockServer() as server:
        port = port_of(server)
        assert asked(server) == 200
        assert [t.name for t in set(threading.enumerate()) - before] == ["messages-mock"]
    assert set(threading.enumerate()) <= before
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", port))


def test_start_and_stop_without_a_block() -> None:
    server = MockServer().start()
    try:
        assert asked(server) == 200
    finally:
        server.stop()


def test_a_port_can_be_used_again_at_once() -> None:
    with MockServer() as server:
        port = port_of(server)
        asked(server)
    with MockServer(port=port) as server:
        assert port_of(server) == port
        assert asked(server) == 200


def test_a_taken_port_is_refused() -> None:
    with (
        MockServer() as server,
        pytest.raises(StartError, match=r"cannot listen on 127.0.0.1 port"),
    ):
        MockServer(port=port_of(server)).start()


def test_servers_run_side_by_side() -> None:
    with MockServer() as one, MockServer() as other:
        assert one.url != other.url
        assert asked(one) == asked(other) == 200


def test_keys_are_fresh_and_the_same_on_every_run() -> None:
    server = MockServer()
    assert [server.api_key, server.fresh_key(), server.fresh_key()] == [
        "sk-ant-mock-0001",
        "sk-ant-mock-0002",
        "sk-ant-mock-0003",
    ]


def test_a_configured_key_is_the_one_that_works() -> None:
    with MockServer(keys=("secret",)) as server:
        assert server.api_key == "secret"
        assert asked(server) == 200


def test_settings_are_those_of_the_command() -> None:
    server = MockServer(now="2026-11-22", seed=7)
    assert server.settings == Settings(port=0, now=dt.date(2026, 11, 22), seed=7)
    assert {"port", "now", "script", "data_dir", "replay", *Options.__annotations__} == {
        field.name for field in dataclasses.fields(Settings)
    }
    with pytest.raises(TypeError, match="unexpected keyword argument 'sed'"):
        MockServer(sed=7)
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        MockServer(now="soon")


def test_an_ipv6_server_has_brackets_in_its_url() -> None:
    with MockServer(host="::1") as server:
        assert server.url.startswith("http://[::1]:")
        assert asked(server) == 200


def test_a_server_that_does_not_start_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dead:
        started = False
        should_exit = False

        def run(self, sockets: list[socket.socket]) -> None:
            sockets[0].close()

    monkeypatch.setattr(testing, "server_for", lambda _: Dead())
    with pytest.raises(RuntimeError, match="the mock server did not start; its log says why"):
        MockServer().start()


def test_state_outlives_a_server_with_a_data_directory(tmp_path: Path) -> None:
    def listed(server: MockServer) -> list[str]:
        request = Request(
            f"{server.url}/v1/files",
            headers={"x-api-key": server.api_key, "anthropic-version": "2026-10-21"},
        )
        with urlopen(request) as answer:
            return [file["id"] for file in json.load(answer)["data"]]

    with MockServer(data_dir=str(tmp_path)) as server:
        body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc\r\n--x--\r\n'
        request = Request(
            f"{server.url}/v1/files",
            body,
            {
                "x-api-key": server.api_key,
                "anthropic-version": "2026-10-21",
                "content-type": "multipart/form-data; boundary=x",
            },
        )
        with urlopen(request) as answer:
            file_id = json.load(answer)["id"]
        with pytest.raises(StoreError, match="in use by another server"):
            MockServer(data_dir=tmp_path).start()
        assert listed(server) == [file_id]
    with MockServer(data_dir=tmp_path) as again:
        assert listed(again) == [file_id]
