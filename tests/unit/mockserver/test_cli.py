"""The command: what it prints, and the codes with which it exits."""

from __future__ import annotations

import json
import re

import pytest
from click.testing import CliRunner, Result

from mockserver import __version__
from mockserver.cli import BatchEnds, main
from mockserver.rules import RULES


def ran(*words: str) -> Result:
    return CliRunner().invoke(main, list(words), prog_name="messages-mock")


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
        pytest.param(
            ["serve", "--jitter", "0.5"],
            "Error: --jitter: there is no pace that it could vary; give --ttft or --tokens-per-second",
            id="jitter_of_no_pace",
        ),
        pytest.param(
            ["serve", "--control-token", "t", "--no-control"],
            "Error: --control-token: there is no control API that it could open; leave out --no-control",
            id="token_of_no_control",
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
