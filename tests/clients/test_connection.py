"""The programs as a user starts them: options, output, exit codes."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

import clients
from clients import conversation, prefill, quickstart, stop_reasons, streaming, vision
from tests.clients.bodies import answer, failure, frame, started, stream, streamed, text_events
from tests.clients.stand_in import Reply, StandIn

Main = Callable[[Sequence[str]], int]

PROGRAMS = [
    pytest.param(quickstart.main, ["Hi"], [answer("Hello!")], "Hello!\n", id="quickstart"),
    pytest.param(
        conversation.main,
        ["Capital?", "Population?"],
        [answer("Paris."), answer("Two million.")],
        "> Capital?\nParis.\n> Population?\nTwo million.\n",
        id="conversation",
    ),
    pytest.param(
        conversation.main,
        ["--stream", "--opening", "Bonjour.", "--system", "Be brief.", "Capital?"],
        [streamed("Par", "is.")],
        "> Capital?\nParis.\n",
        id="conversation_streamed",
    ),
    pytest.param(prefill.main, ["Prime?", "4", "7"], [answer("B")], "B\n", id="prefill"),
    pytest.param(
        stop_reasons.main,
        ["Count."],
        [answer("Six.")],
        "Finished(text='Six.', stop_sequence=None)\n",
        id="stop_reasons",
    ),
    pytest.param(streaming.main, ["Rome?"], [streamed("Ro", "me")], "Rome\n", id="streaming"),
    pytest.param(
        streaming.main, ["--raw", "Rome?"], [streamed("Ro", "me")], "Rome\n", id="streaming_raw"
    ),
    pytest.param(
        vision.main, ["https://example.com/a.jpg"], [answer("A cat.")], "A cat.\n", id="vision"
    ),
]


def options(stand_in: StandIn) -> list[str]:
    return ["--base-url", stand_in.url, "--api-key", "sk-ant-test"]


@pytest.mark.parametrize(("main", "arguments", "replies", "output"), PROGRAMS)
def test_program_prints_the_answer(
    stand_in: StandIn,
    capsys: pytest.CaptureFixture[str],
    main: Main,
    arguments: list[str],
    replies: list[Reply],
    output: str,
) -> None:
    stand_in.answers(*replies)

    assert main([*options(stand_in), *arguments]) == 0
    assert capsys.readouterr().out == output


def test_program_sends_the_key_and_model_it_is_given(stand_in: StandIn) -> None:
    stand_in.answers(answer("Hello!"))

    quickstart.main([*options(stand_in), "--model", "claude-haiku-4-5"])

    [request] = stand_in.received
    # SDKs up to 1.x send x-api-key, later ones a bearer token.
    sent = {request.headers.get("x-api-key"), request.headers.get("authorization")}
    assert sent & {"sk-ant-test", "Bearer sk-ant-test"}
    assert request.json["model"] == "claude-haiku-4-5"


def test_program_sends_the_stop_sequences_it_is_given(stand_in: StandIn) -> None:
    stand_in.answers(answer("Six", stop_reason="stop_sequence", stop_sequence="."))

    stop_reasons.main([*options(stand_in), "--stop", ".", "--stop", "END"])

    assert stand_in.received[0].json["stop_sequences"] == [".", "END"]


def test_program_without_credentials_says_what_to_pass(
    stand_in: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    assert quickstart.main(["--base-url", stand_in.url]) == 2
    assert "--api-key" in capsys.readouterr().err


def test_program_reports_an_error_of_the_api(
    stand_in: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in.answers(failure(404, "not_found_error", "model: claude-nothing"))

    assert quickstart.main([*options(stand_in), "--model", "claude-nothing"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "NotFoundError" in printed.err
    assert "model: claude-nothing" in printed.err


def test_program_reports_a_stream_that_ends_early(
    stand_in: StandIn, capsys: pytest.CaptureFixture[str]
) -> None:
    stand_in.answers(stream(started(), *text_events("Ro"), frame({"type": "ping"})))

    assert streaming.main(options(stand_in)) == 1
    assert "BrokenStreamError: the answer broke off after 2" in capsys.readouterr().err


def test_program_reports_a_file_that_is_no_image(
    stand_in: StandIn, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "photo.png"
    path.write_text("not a photo")

    assert vision.main([*options(stand_in), str(path)]) == 1
    assert "UnsupportedImageError" in capsys.readouterr().err


def test_clients_import_only_the_sdk_and_the_standard_library() -> None:
    modules = sorted(Path(clients.__path__[0]).glob("*.py"))
    allowed = {"anthropic", "clients", *sys.stdlib_module_names}

    imported = {
        (module.name, name.partition(".")[0]) for module in modules for name in _imports(module)
    }

    assert {module for module, _ in imported} >= {"quickstart.py", "streaming.py"}
    assert {(module, name) for module, name in imported if name not in allowed} == set()


def _imports(module: Path) -> list[str]:
    names: list[str] = []
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.append(str(node.module))
    return names
