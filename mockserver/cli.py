"""The command `messages-mock`. Exit codes: 0 stopped on request, 2 wrong usage, 3 could not start."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from mockserver import __version__, descriptors
from mockserver.amounts import Amount
from mockserver.cassette_commands import check_replay, drift, record, replay_options
from mockserver.checking import check
from mockserver.converting import Converter
from mockserver.days import Day
from mockserver.filled import Filled, Folder
from mockserver.hunting import fuzz
from mockserver.running import COULD_NOT_START, run, stoppable
from mockserver.settings import Settings
from mockserver.upgrading import upgrade

EVIDENCE = ("documented", "recorded", "reported", "policy")
DEFAULTS = Settings()
PREFIX = "MESSAGES_MOCK"


class BatchEnds(Converter):
    """`poll`, `step` or a number of seconds."""

    name = "poll|step|SECONDS"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if value in ("poll", "step"):
            return value
        try:
            seconds = float(value)
        except ValueError:
            seconds = -1.0
        if not 0 <= seconds < float("inf"):
            self.fail(f"{value!r} is neither poll nor step nor a number of seconds", param, ctx)
        return seconds


@click.group(
    context_settings={
        "auto_envvar_prefix": PREFIX,
        "help_option_names": ["-h", "--help"],
        "show_default": True,
    }
)
@click.version_option(__version__, prog_name="messages-mock")
def main() -> None:
    """An offline server that answers like the Claude Messages API.

    Every option of a command can also be set in the environment, for instance
    MESSAGES_MOCK_SERVE_PORT=9000 for `serve --port 9000`; values of a repeatable one stand apart by blanks.
    """


main.add_command(check)
main.add_command(fuzz)
main.add_command(upgrade)


@main.command()
@click.option("--host", default=DEFAULTS.host, type=Filled(), help="Address to listen on.")
@click.option(
    "--port", default=DEFAULTS.port, type=click.IntRange(0, 65535), help="0 takes a free port."
)
@click.option(
    "--seed", default=DEFAULTS.seed, help="Ids and answers follow from it and the requests."
)
@click.option(
    "--now", type=Day(), help="The day by which retired models are judged (default: today)."
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    type=Filled(),
    help="Let in only this key; repeatable (default: any key).",
)
@click.option(
    "--allow-host",
    "allowed_hosts",
    multiple=True,
    type=Filled(),
    help="Another name that Host and Origin may carry; repeatable.",
)
@click.option(
    "--allow", "allowed_rules", multiple=True, metavar="RULE", help="Switch a rule off; repeatable."
)
@click.option(
    "--script",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A YAML file that says what to answer when; read again when it changes.",
)
@click.option(
    "--control-token",
    type=Filled(),
    help="What calls of the control API must carry (default: none on loopback, else made and printed).",
)
@click.option("--control/--no-control", default=True, help="Whether to have a control API.")
@click.option(
    "--batch-ends",
    default=DEFAULTS.batch_ends,
    type=BatchEnds(),
    help="When a batch has ended: at the next poll, when a test steps through it, or after so many seconds.",
)
@click.option(
    "--data-dir",
    type=Folder(),
    help="Keep files, batches and skills in this folder (default: in memory, until the server stops).",
)
@click.option(
    "--rpm", type=click.IntRange(min=1), help="Requests per minute of a key (default: no quota)."
)
@click.option(
    "--itpm",
    type=click.IntRange(min=1),
    help="Input tokens per minute of a key (default: no quota).",
)
@click.option(
    "--otpm",
    type=click.IntRange(min=1),
    help="Output tokens per minute of a key (default: no quota).",
)
@click.option("--lenient", is_flag=True, help="Switch off every rule that is not about shape.")
@click.option(
    "--example",
    is_flag=True,
    help="Answer every request of good shape, whatever ids, models, cursors and betas it names.",
)
@click.option(
    "--ttft",
    default=DEFAULTS.ttft,
    type=Amount(0),
    help="Seconds to the first token of each answer.",
)
@click.option(
    "--tokens-per-second",
    type=Amount(0, min_open=True),
    help="How fast an answer comes (default: at once).",
)
@click.option(
    "--jitter",
    default=DEFAULTS.jitter,
    type=Amount(0, 1),
    help="By which share both vary, seeded.",
)
@replay_options
def serve(**options: Any) -> None:
    """Start the server and serve until Ctrl+C.

    Exit codes: 0 stopped on request, 2 wrong usage, 3 could not start.
    """
    check_replay(options)
    _check_company(options)
    stoppable()
    # Imported here, because it costs most of the start: --help and --version do without.
    from mockserver.cassettes import CassetteError  # noqa: PLC0415 # on use
    from mockserver.contract import ForeignPackageError  # noqa: PLC0415 # on use
    from mockserver.rules import FixedRuleError, UnknownRuleError  # noqa: PLC0415 # on use
    from mockserver.scripts.files import ScriptFileError  # noqa: PLC0415 # on use
    from mockserver.serving import StartError, bound, server_for, url_of  # noqa: PLC0415 # on use
    from mockserver.store import StoreError  # noqa: PLC0415 # on use

    descriptors.raise_limit()
    try:
        settings = with_token(Settings(**options))
        server = server_for(settings)
        listener = bound(settings)
    except (UnknownRuleError, FixedRuleError) as error:
        raise click.BadParameter(str(error), param_hint="--allow") from error
    except (
        StartError,
        StoreError,
        ForeignPackageError,
        ScriptFileError,
        CassetteError,
    ) as error:
        click.echo(f"messages-mock: {error}", err=True)
        sys.exit(COULD_NOT_START)

    stoppable(server)
    click.echo(f"messages-mock {__version__} listens on {url_of(listener)} (Ctrl+C stops it)")
    run(server, listener)


def _check_company(options: Mapping[str, Any]) -> None:
    """Say what does nothing without another option, or beside one. Raises click's usage error."""
    if options["jitter"] and not (options["ttft"] or options["tokens_per_second"]):
        raise click.UsageError(
            "--jitter: there is no pace that it could vary; give --ttft or --tokens-per-second"
        )
    if options["control_token"] is not None and not options["control"]:
        raise click.UsageError(
            "--control-token: there is no control API that it could open; leave out --no-control"
        )


def with_token(settings: Settings) -> Settings:
    """The settings with a control token, which is printed, where other machines can call and none was given."""
    if settings.is_local or settings.control_token is not None or not settings.control:
        return settings
    token = secrets.token_urlsafe(24)
    click.echo(f"The control API needs the header x-mock-token: {token}")
    return replace(settings, control_token=token)


@main.command(short_help="List the rules by which requests are refused, or show one.")
@click.argument("rule_id", required=False, metavar="[RULE]")
@click.option(
    "--evidence", type=click.Choice(EVIDENCE), help="Only rules with this kind of evidence."
)
@click.option("--json", "form", flag_value="json", help="One JSON array.")
@click.option("--markdown", "form", flag_value="markdown", help="A Markdown table.")
def rules(rule_id: str | None, evidence: str | None, form: str | None) -> None:
    """List the rules by which requests are refused, or show RULE with its source.

    A refused request carries the rule's id in the header x-mock-rule. `policy` marks what nobody knows of
    the live API and is ours.
    """
    from mockserver.rules import RULES, UnknownRuleError, table  # noqa: PLC0415 # as in `serve`

    try:
        chosen = [RULES.named(rule_id)] if rule_id else list(RULES)
    except UnknownRuleError as error:
        raise click.BadParameter(str(error), param_hint="RULE") from error
    found = [rule for rule in chosen if evidence in (None, rule.evidence)]
    if not found:
        raise click.BadParameter(
            f"{rule_id} is {chosen[0].evidence}, not {evidence}; leave the option out to see the rule",
            param_hint="--evidence",
        )
    if rule_id and form is None:
        click.echo(table.card(found[0]))
    else:
        click.echo(table.rendered(found, form or "plain"))


def _name_in_environment(option: click.Option, command: str) -> None:
    """Let an option be set by its own name. click goes by that of the parameter, which is `keys` for `--key`."""
    own = max(option.opts, key=len).lstrip("-").replace("-", "_")
    if own != option.name and not option.is_flag and option.envvar is None:
        option.envvar = f"{PREFIX}_{command}_{own}".upper()


main.add_command(record)
main.add_command(drift)
for _command in main.commands.values():
    for _option in _command.params:
        if isinstance(_option, click.Option):
            _name_in_environment(_option, str(_command.name))
