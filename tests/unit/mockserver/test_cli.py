"""The command: what it prints, and the codes with which it exits."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mockserver import __version__, serving
from mockserver.cli import COULD_NOT_START, BatchEnds, main, with_token
from mockserver.contract import OURS
from mockserver.rules import RULES
from mockserver.settings import Settings

COMMAND = [sys.executable, "-m", "mockserver"]
STARTED = re.compile(
    r"messages-mock \S+ listens on http://127\.0\.0\.1:(\d+) \(Ctrl\+C stops it\)\n"
)


def ran(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), prog_name="messages-mock")


@contextmanager
def served(*words: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """The command in a process of its own; it is gone when the block ends."""
    process = subprocess.Popen(
        [*COMMAND, "serve", *words],
        cwd=OURS.parent,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def port_of(process: subprocess.Popen[str]) -> int:
    assert process.stdout is not None
    line = process.stdout.readline()
    match = STARTED.fullmatch(line)
    assert match, line
    return int(match[1])


def test_help_shows_commands_and_the_environment() -> None:
    result = ran("--help")
    assert result.exit_code == 0
    assert "MESSAGES_MOCK_SERVE_PORT=9000" in result.output
    assert re.search(r"^  serve +Start the server", result.output, re.MULTILINE)
    commands = result.output.partition("Commands:\n")[2].splitlines()
    assert len(commands) == len(main.commands)
    assert not [line for line in commands if line.endswith("...")]


def test_help_of_serve_shows_defaults() -> None:
    result = ran("serve", "--help")
    assert result.exit_code == 0
    for word in (
        "--host",
        "--port",
        "--seed",
        "--now",
        "--key",
        "--allow-host",
        "--allow",
        "--lenient",
        "--example",
    ):
        assert f"{word} " in result.output
    assert "default: 8080" in result.output


@pytest.mark.parametrize("command", [[], *([name] for name in main.commands)])
def test_help_has_a_short_name(command: list[str]) -> None:
    result = ran(*command, "-h")
    assert result.exit_code == 0
    assert result.output == ran(*command, "--help").output


def test_version_is_the_packages() -> None:
    result = ran("--version")
    assert (result.exit_code, result.output) == (0, f"messages-mock, version {__version__}\n")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(
            ["serve", "--now", "tomorrow"],
            "Invalid value for '--now': 'tomorrow' is not a day in the form YYYY-MM-DD",
            id="bad_day",
        ),
        pytest.param(
            ["serve", "--allow", "prefill.unsuported"],
            "Invalid value for --allow: there is no rule 'prefill.unsuported'; "
            "did you mean prefill.unsupported?",
            id="unknown_rule",
        ),
        pytest.param(
            ["serve", "--port", "65536"], "65536 is not in the range 0<=x<=65535", id="bad_port"
        ),
        pytest.param(
            ["serve", "--jitter", "2"], "2.0 is not in the range 0<=x<=1", id="bad_jitter"
        ),
        pytest.param(
            ["serve", "--tokens-per-second", "0"], "0.0 is not in the range x>0", id="bad_rate"
        ),
        *(
            pytest.param(
                [*words, value], f"{value} is not a finite number", id=f"{words[-1]}={value}"
            )
            for words in (
                ["serve", "--ttft"],
                ["serve", "--tokens-per-second"],
                ["check", "--max-cost"],
                ["fuzz", "--minutes"],
            )
            for value in ("nan", "inf")
        ),
        *(
            pytest.param(
                ["serve", "--batch-ends", words],
                f"'{words}' is neither poll nor step nor a number of seconds",
                id=f"batch_ends_{words}",
            )
            for words in ("soon", "inf", "-1")
        ),
        pytest.param(["serve", "--prot", "1"], "No such option", id="unknown_option"),
        pytest.param(
            ["rules", "x.prefill.unsupported"], "did you mean prefill.unsupported?", id="rule"
        ),
        pytest.param(
            ["rules", "prefill.unsupported", "--evidence", "policy"],
            "Invalid value for --evidence: prefill.unsupported is recorded, not policy",
            id="rule_of_other_evidence",
        ),
        *(
            pytest.param(
                [*command.split(), ""],
                f"Invalid value for '{command.split()[-1]}': it is empty; give a value, or leave the option out",
                id=f"empty_{command}",
            )
            for command in (
                "serve --host",
                "serve --key",
                "serve --allow-host",
                "serve --control-token",
                "serve --data-dir",
                "serve --replay",
                "serve --ignore",
                "serve --mask",
                "record --host",
                "record --upstream",
                "fuzz --corpus",
                "fuzz --out",
            )
        ),
        *(
            pytest.param(
                ["serve", *option.split()],
                f"Error: {told}: there is nothing to replay; name a cassette with --replay",
                id=option,
            )
            for option, told in (
                ("--strict-replay", "--strict-replay"),
                ("--mask a --ignore b", "--ignore, --mask"),
                ("--replay-speed 1", "--replay-speed"),
            )
        ),
    ],
)
def test_wrong_usage_exits_with_2(words: list[str], message: str) -> None:
    result = ran(*words)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("words", "value"), [("poll", "poll"), ("step", "step"), ("60", 60.0), ("0.5", 0.5)]
)
def test_batch_ends_is_a_word_or_seconds(words: str, value: str | float) -> None:
    assert BatchEnds().convert(words, None, None) == value


def test_rules_are_listed_with_their_evidence() -> None:
    lines = ran("rules").output.splitlines()
    for rule in RULES:
        (line,) = (line for line in lines if line.startswith(f"{rule.id} "))
        assert line.endswith(rule.evidence)


def test_rules_are_listed_as_json() -> None:
    found = json.loads(ran("rules", "--json").output)
    assert [entry["id"] for entry in found] == [rule.id for rule in RULES]
    assert all(list(entry) == ["id", "asks", "evidence", "source"] for entry in found)


def test_rules_are_chosen_by_evidence() -> None:
    found = json.loads(ran("rules", "--json", "--evidence", "policy").output)
    assert {entry["evidence"] for entry in found} == {"policy"}


def test_rules_are_listed_as_markdown() -> None:
    output = ran("rules", "--markdown").output
    assert all(f"| `{rule.id}`" in output for rule in RULES)


def test_one_rule_is_shown_in_full() -> None:
    rule = RULES.named("prefill.unsupported")
    output = ran("rules", rule.id).output
    assert rule.source in output
    assert rule.title in output


def test_f20_a_taken_port_exits_with_3_and_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with served("--port", str(port)) as process:
            out, err = process.communicate(timeout=20)
    assert process.returncode == COULD_NOT_START == 3
    assert out == ""
    assert err == (
        f"messages-mock: cannot listen on 127.0.0.1 port {port}: Address already in use; "
        "choose another with --port (0 takes a free one)\n"
    )


def test_e9_a_taken_data_directory_exits_with_3_and_one_line(tmp_path: Path) -> None:
    words = ("--port", "0", "--data-dir", str(tmp_path))
    with served(*words) as first:
        port_of(first)
        with served(*words) as second:
            out, err = second.communicate(timeout=20)
        first.send_signal(signal.SIGTERM)
        assert first.communicate(timeout=20) == ("", "")
    assert (second.returncode, out) == (COULD_NOT_START, "")
    assert err == (
        f"messages-mock: {tmp_path} is in use by another server; "
        "stop that one or use another --data-dir\n"
    )


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_server_with_0(stop: signal.Signals) -> None:
    with served("--port", "0") as process:
        port = port_of(process)
        with socket.create_connection(("127.0.0.1", port), timeout=5):
            process.send_signal(stop)
            out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_before_the_server_runs_stops_it(
    monkeypatch: pytest.MonkeyPatch, stop: signal.Signals
) -> None:
    class Starting:
        should_exit = False

        def run(self, sockets: list[socket.socket]) -> None:
            signal.raise_signal(stop)
            sockets[0].close()

    server = Starting()
    monkeypatch.setattr(serving, "server_for", lambda _: server)
    before = {s: signal.getsignal(s) for s in (signal.SIGTERM, signal.SIGINT)}
    try:
        result = ran("serve", "--port", "0")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert (result.exit_code, server.should_exit) == (0, True)


@pytest.mark.parametrize(
    ("command", "option", "value", "told"),
    [
        pytest.param("serve", "allow", "none.of_ours", "no rule 'none.of_ours'", id="serve_allow"),
        pytest.param("serve", "mask", "a b", "--mask: there is nothing", id="serve_mask"),
        pytest.param("serve", "replay_speed", "1", "--replay-speed: there", id="serve_replay"),
        pytest.param("check", "topic", "none", "'none'", id="check_topic"),
    ],
)
def test_every_option_has_its_own_name_in_the_environment(
    command: str, option: str, value: str, told: str
) -> None:
    environment = {f"MESSAGES_MOCK_{command}_{option}".upper(): value}
    result = CliRunner().invoke(main, [command], env=environment)
    assert result.exit_code == 2
    assert told in result.output


def test_options_come_from_the_environment() -> None:
    environment = {"MESSAGES_MOCK_SERVE_PORT": "0", "MESSAGES_MOCK_SERVE_KEYS": "secret"}
    with served(**environment) as process:
        port = port_of(process)
        with socket.create_connection(("127.0.0.1", port), timeout=5) as sock:
            sock.sendall(
                b"POST /v1/messages HTTP/1.1\r\nHost: localhost\r\nx-api-key: other\r\n"
                b"Connection: close\r\ncontent-length: 0\r\n\r\n"
            )
            assert b"invalid x-api-key" in b"".join(iter(lambda: sock.recv(4096), b""))


def test_a_foreign_contracts_exits_with_3_and_one_line(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "__init__.py").touch()
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{OURS.parent}"}
    done = subprocess.run(
        [*COMMAND, "serve", "--port", "0"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )
    assert (done.returncode, done.stdout) == (COULD_NOT_START, "")
    assert done.stderr.startswith(
        "messages-mock: messages-mock needs its own package `contracts` at"
    )
    assert str(tmp_path / "contracts") in done.stderr
    assert done.stderr.count("\n") == 1


def test_a_script_that_cannot_be_read_exits_with_3_and_one_line(tmp_path: Path) -> None:
    path = tmp_path / "script.yaml"
    path.write_text("- reply: {txet: a}\n")
    result = ran("serve", "--port", "0", "--script", str(path))
    assert result.exit_code == COULD_NOT_START
    assert f"messages-mock: {path}:1: reply.txet: there is no key 'txet'" in result.output
    assert len(result.output.splitlines()) == 1
    missing = ran("serve", "--script", str(tmp_path / "none.yaml"))
    assert missing.exit_code == 2
    assert "does not exist" in missing.output


def test_a_token_is_made_and_printed_where_others_can_call(
    capsys: pytest.CaptureFixture[str],
) -> None:
    local = Settings()
    assert with_token(local) is local
    given = Settings(host="0.0.0.0", control_token="token")
    assert with_token(given) is given
    without = Settings(host="0.0.0.0", control=False)
    assert with_token(without) is without
    assert capsys.readouterr().out == ""
    made = with_token(Settings(host="0.0.0.0")).control_token
    assert made is not None
    assert len(made) >= 32
    assert capsys.readouterr().out == f"The control API needs the header x-mock-token: {made}\n"
