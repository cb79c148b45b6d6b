"""The command `check`: targets, ceilings, exit codes, and what it prints and writes."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from contracts.models import as_of
from contracts.suite.transports import InProcess, Received, Sent
from mockserver import checking
from mockserver.app import create_app
from mockserver.cli import main
from mockserver.settings import Settings
from mockserver.testing import MockServer
from tests.mutants.mutant import answering, body, is_message
from tests.mutants.serving import served
from tests.unit.mockserver.loose import loose

SECRET = "sk-ant-live-secret"
DAY = as_of().isoformat()


def check(*arguments: str, **environment: str) -> Result:
    clean = {"ANTHROPIC_API_KEY": None, "ANTHROPIC_BASE_URL": None}
    return CliRunner().invoke(main, ["check", *arguments], env={**clean, **environment})


@contextmanager
def live() -> Iterator[str]:
    """A second server that stands in for the live API, and has gone on since the contract was written."""
    right = InProcess(create_app(Settings(now=as_of())))

    def send(sent: Sent) -> Received:
        received = right(sent)
        if not is_message(sent, received):
            return received
        value = body(received)
        value.pop("stop_details")
        return answering(received, {**value, "mood": "calm"})

    with served(send) as url:
        yield url
    right.close()


def test_fresh_mock_passes_and_files_are_written(tmp_path: Path) -> None:
    junit, file = tmp_path / "check.xml", tmp_path / "check.json"
    topics = ("--topic", "usage", "--topic", "prefill", "--case", "reads/*")
    done = check(*topics, "--seed", "7", "--junit", str(junit), "--json", str(file), "--progress")

    assert done.exit_code == 0
    assert done.stdout.startswith("The contract suite on a fresh mock: 15 cases, strict, seed 7\n")
    assert done.stdout.endswith("\n15 passed, 0 failed, 0 skipped\n")
    assert done.stderr == "15/15 prefill, 0 failed\n"
    assert len(list(ET.parse(junit).getroot().iter("testcase"))) == 15
    assert json.loads(file.read_text("utf-8"))["totals"]["passed"] == 15


def test_wrong_server_fails_and_is_told_why() -> None:
    def ok(_sent: Sent) -> Received:
        return Received(200, {"content-type": "application/json"}, b"{}")

    with served(ok) as url:
        done = check("--target", url, "--topic", "prefill", "-x", ANTHROPIC_API_KEY=SECRET)

    assert done.exit_code == 1
    assert "FAILED prefill/unsupported\n" in done.stdout
    assert "expected  400 invalid_request_error: This model does not support" in done.stdout
    assert (
        'curl -sS -X POST "$TARGET/v1/messages" -H "x-api-key: $ANTHROPIC_API_KEY"' in done.stdout
    )
    assert "9 skipped: the first failure ends the run" in done.stdout
    assert SECRET not in done.output


def test_live_shows_estimate_and_drift_and_fails_for_a_dropped_key() -> None:
    with live() as url:
        environment = {"ANTHROPIC_API_KEY": SECRET, "ANTHROPIC_BASE_URL": url}
        done = check("--live", "--topic", "prefill", "--now", DAY, **environment)

    assert done.exit_code == 1
    assert "cases, tolerant, seed" in done.stdout
    assert "estimate: " in done.stdout
    assert "it stops at 300 requests (--max-requests) or $0.25 (--max-cost)" in done.stdout
    assert (
        "DRIFT\n  at the top: Additional properties are not allowed ('mood' was unexpected)"
        in done.stdout
    )
    assert "no stop_details [message.keys; recorded" in done.stdout
    assert "requests were made, for at most $0.0" in done.stdout
    assert SECRET not in done.output


@pytest.mark.parametrize(
    ("ceiling", "message"),
    [
        pytest.param(
            ("--max-requests", "3"),
            "the ceiling of 3 requests is reached (--max-requests)",
            id="requests",
        ),
        pytest.param(("--max-cost", "0.0001"), "the cost ceiling of $0.0001 is reached", id="cost"),
    ],
)
def test_live_stops_at_a_ceiling(ceiling: tuple[str, ...], message: str) -> None:
    right = InProcess(create_app(Settings(now=as_of())))
    with served(right) as url:
        environment = {"ANTHROPIC_API_KEY": SECRET, "ANTHROPIC_BASE_URL": url}
        done = check(
            "--live",
            "--topic",
            "prefill",
            "--topic",
            "usage",
            "--now",
            DAY,
            *ceiling,
            **environment,
        )
    right.close()

    assert f"; stopped: {message}" in done.stdout
    assert done.exit_code == 0
    assert "skipped: the" in done.stdout


def test_live_cases_are_cheap_and_safe() -> None:
    with MockServer(now=as_of()) as server:
        environment = {"ANTHROPIC_API_KEY": SECRET, "ANTHROPIC_BASE_URL": server.url}
        topics = ("--topic", "editing", "--topic", "headers", "--topic", "pagination")
        done = check("--live", *topics, "--now", DAY, **environment)

    assert done.exit_code == 0
    assert "skipped: not for the live API" in done.stdout
    assert "skipped: a request may cost $" in done.stdout


def test_a_mock_that_is_a_target_has_no_clock_for_the_suite() -> None:
    with MockServer(now=as_of()) as server:
        done = check("--target", server.url, "--topic", "headers", "--now", DAY)

    assert done.exit_code == 0
    assert "4 skipped: only for the mock: it uses its headers" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(
            ("--topic", "prefil"), "no topic 'prefil'; did you mean 'prefill'?", id="topic"
        ),
        pytest.param(("--case", "prefill/x"), "there is no case 'prefill/x'", id="case"),
        pytest.param(("--target", "ftp://x"), "'ftp://x' is no http or https URL", id="url"),
        pytest.param(("--target", "x", "--live"), "exclude each other", id="both"),
        pytest.param(("--live",), "--live needs a key in ANTHROPIC_API_KEY", id="no_key"),
        pytest.param(("--now", "soon"), "soon", id="day"),
        pytest.param(("--cases", "/gone"), "'/gone' does not exist", id="no_cases"),
        pytest.param(
            ("--cases", ".", "--examples", "3"), "there are no --examples with it", id="examples"
        ),
        pytest.param(
            ("--case", "ids/unique", "--json", "/nowhere/at/all"),
            "/nowhere/at/all: there is no folder /nowhere/at; make it first",
            id="no_folder",
        ),
    ],
)
def test_wrong_usage_is_told(arguments: tuple[str, ...], message: str) -> None:
    done = check(*arguments)

    assert done.exit_code == 2
    assert message in done.output


def test_report_is_shown_also_where_its_file_can_not_be_written(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device", "report.json")

    monkeypatch.setattr("contracts.suite.exports.write_json", full)
    done = check("--case", "ids/unique", "--json", str(tmp_path / "report.json"))

    assert done.exit_code == 2
    assert "1 passed, 0 failed" in done.output
    assert "report.json: No space left on device" in done.output


def test_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checking, "find_spec", lambda name: None if name == "hypothesis" else 1)
    done = check()

    assert done.exit_code == 3
    assert done.stderr == (
        "messages-mock: the suite needs hypothesis: pip install 'messages-mock[suite]'\n"
    )


def test_target_that_is_not_there_is_told() -> None:
    with served(lambda _sent: Received(200, {}, b"")) as url:
        pass
    done = check("--target", url)

    assert done.exit_code == 3
    assert f"{url} is not reachable" in done.output


def test_target_that_goes_away_ends_the_run() -> None:
    answers = [Received(200, {}, b"{}")]
    with served(lambda _sent: answers.pop()) as url:
        done = check("--target", url, "--topic", "prefill")

    assert done.exit_code == 3
    assert "3 failed, 7 skipped; stopped: the target is gone" in done.stdout


def test_progress_on_a_terminal_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    with pytest.raises(SystemExit):
        main(["check", "--case", "ids/unique", "--case", "reads/models"], "messages-mock")

    shown = capsys.readouterr().err
    assert shown == "\r\x1b[K1/2 reads, 0 failed\r\x1b[K2/2 ids, 0 failed\n"


def test_cases_that_fuzz_wrote_fail_on_the_same_server_and_pass_on_the_mock(tmp_path: Path) -> None:
    out = tmp_path / "found"
    with loose() as url:
        fuzz = ("fuzz", "--target", url, "--examples", "40", "--seed", "3", "--out", str(out))
        hunt = CliRunner().invoke(main, [*fuzz, "--key", "sk-ant-any"])
        wrong = check("--target", url, "--cases", str(out), "--now", DAY)
    files = sorted(out.glob("*.yaml"))
    right = check("--cases", str(out))

    assert (hunt.exit_code, wrong.exit_code, right.exit_code) == (1, 1, 0)
    assert f"{len(files)} kinds of disagreement" in hunt.stdout
    assert "only the contract refuses: shape" in hunt.stdout
    assert f"0 passed, {len(files)} failed, 0 skipped" in wrong.stdout
    assert f"({files[0]}:" in wrong.stdout
    assert f"{len(files)} passed, 0 failed, 0 skipped" in right.stdout


def own(folder: Path, cases: str) -> Path:
    file = folder / "own.yaml"
    head = "about: Mine.\ndefaults: {source: us, date: undated, evidence: policy, live: safe}\n"
    file.write_text(f"{head}cases:\n{cases}", "utf-8")
    return file


def test_one_case_is_no_cases(tmp_path: Path) -> None:
    done = check("--cases", str(own(tmp_path, "  - {id: a, accepted: true}\n")), "--now", DAY)

    assert done.exit_code == 0
    assert done.stdout.startswith("The contract suite on a fresh mock: 1 case, strict, seed ")


def test_cases_of_a_user_run_on_the_live_api_where_they_are_safe(tmp_path: Path) -> None:
    file = own(tmp_path, "  - {id: a, accepted: true}\n  - {id: b, accepted: true, live: 'no'}\n")
    with live() as url:
        environment = {"ANTHROPIC_API_KEY": SECRET, "ANTHROPIC_BASE_URL": url}
        done = check("--live", "--cases", str(file), "--case", "own/*", "--now", DAY, **environment)

    assert "2 cases, tolerant" in done.stdout
    assert "1 skipped: not for the live API" in done.stdout
    assert "no stop_details [message.keys; recorded" in done.stdout


@pytest.mark.parametrize(
    ("cases", "message"),
    [
        pytest.param("  - {id: a, acepted: true}\n", "own.yaml:4: cases.0: unknown key 'acepted'; did you mean 'accepted'?", id="key"),
        pytest.param('  - {id: a, accepted: true, set: {system: "${x}"}}\n', "own.yaml:4: ${x}: there is no 'x' here", id="value"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_case_file_is_wrong_usage(tmp_path: Path, cases: str, message: str) -> None:
    done = check("--cases", str(own(tmp_path, cases)))

    assert done.exit_code == 2
    assert f"Error: {tmp_path}/{message}" in done.output
