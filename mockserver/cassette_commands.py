"""The commands about cassettes: `record` and `drift`, and the options of `serve --replay`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from mockserver import __version__, descriptors
from mockserver.amounts import Amount
from mockserver.filled import Filled
from mockserver.running import COULD_NOT_START, run, stoppable
from mockserver.settings import Settings

LIVE = "https://api.anthropic.com"


REPLAY_OPTIONS = (
    click.option(
        "--replay",
        multiple=True,
        type=Filled(),
        metavar="FILE",
        help="Answer from a cassette, or from all that a pattern means; repeatable. A request that none answers gets a 400.",
    ),
    click.option(
        "--ignore",
        "ignored",
        multiple=True,
        type=Filled(),
        metavar="PATH",
        default=Settings().ignored,
        help="A member of the body that does not count for --replay, such as messages.*.id; repeatable.",
    ),
    click.option(
        "--mask",
        "masks",
        multiple=True,
        type=Filled(),
        metavar="REGEX",
        help="Parts of the body's texts that do not count for --replay; repeatable.",
    ),
    click.option(
        "--replay-speed",
        type=Amount(0, min_open=True),
        help="How many times as fast as recorded; 1 is the original timing (default: at once).",
    ),
    click.option(
        "--strict-replay", is_flag=True, help="Let the rules judge requests that are replayed."
    ),
)


def replay_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options of `serve` about cassettes."""
    for option in reversed(REPLAY_OPTIONS):
        command = option(command)
    return command


def check_replay(options: Mapping[str, Any]) -> None:
    """Say what does nothing without a cassette. Raises click's usage error."""
    usual = Settings()
    names = {
        "--ignore": options["ignored"] != usual.ignored,
        "--mask": options["masks"] != usual.masks,
        "--replay-speed": options["replay_speed"] != usual.replay_speed,
        "--strict-replay": options["strict_replay"] != usual.strict_replay,
    }
    idle = ", ".join(name for name, is_given in names.items() if is_given)
    if idle and not options["replay"]:
        raise click.UsageError(f"{idle}: there is nothing to replay; name a cassette with --replay")


@click.command(short_help="Record an API's answers to a cassette, as a proxy.")
@click.option("--upstream", default=LIVE, type=Filled(), help="Base URL of the API to record.")
@click.option(
    "--out",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The cassette; lines are appended to one that is there.",
)
@click.option("--host", default=Settings().host, type=Filled(), help="Address to listen on.")
@click.option(
    "--port", default=Settings().port, type=click.IntRange(0, 65535), help="0 takes a free port."
)
@click.option(
    "--allow-host",
    "allowed_hosts",
    multiple=True,
    type=Filled(),
    help="Another name that Host and Origin may carry; repeatable.",
)
def record(upstream: str, out: Path, **options: Any) -> None:
    """Pass requests on to an API, and write them with its answers to a cassette, until Ctrl+C.

    A client's own key goes to the API. A client without one, or with one that begins with sk-ant-mock, is lent
    the key in ANTHROPIC_API_KEY, on loopback only. No key is ever written. Exit codes: 0 stopped on request, 2 wrong usage, 3 could not start.
    """
    # On use, as in `serve`.
    from mockserver.cassettes.model import CassetteError  # noqa: PLC0415 # on use
    from mockserver.cassettes.writing import Cassette  # noqa: PLC0415 # on use
    from mockserver.recording.proxy import recorder  # noqa: PLC0415 # on use
    from mockserver.recording.upstream import Upstream, UpstreamError  # noqa: PLC0415 # on use
    from mockserver.serving import StartError, bound, serving, url_of  # noqa: PLC0415 # on use

    descriptors.raise_limit()
    settings = Settings(**options)
    key = os.environ.get("ANTHROPIC_API_KEY") if settings.is_local else None
    try:
        api = Upstream(upstream, key)
        listener = bound(settings)
        cassette = Cassette(out)
    except (UpstreamError, StartError, CassetteError) as error:
        click.echo(f"messages-mock: {error}", err=True)
        sys.exit(COULD_NOT_START)
    if cassette.is_cut:
        click.echo(
            f"messages-mock: {out}: the last line is cut off; it was left as it is", err=True
        )
    server = serving(recorder(settings, api, cassette), settings, has_end=True)
    stoppable(server)
    click.echo(
        f"messages-mock {__version__} records {api.url} to {out} on {url_of(listener)} (Ctrl+C stops it)"
    )
    run(server, listener)


@click.command(short_help="Compare recordings with what the mock answers.")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--json", "is_json", is_flag=True, help="One JSON object.")
@click.option(
    "--check", "with_oracle", is_flag=True, help="Also judge the recorded answers by the contract."
)
@click.option(
    "--max-token-error",
    type=Amount(0),
    help="How far off input tokens may be, such as 0.1 (default: only told).",
)
def drift(
    *, files: tuple[str, ...], is_json: bool, with_oracle: bool, max_token_error: float | None
) -> None:
    """Compare recordings with what the mock answers to the same requests, on the day of each.

    Exit code 1 when a status or the type of an error differs, or what else was asked for is not as it should be,
    2 for wrong usage, 3 when there is nothing to compare or a package is missing.
    """
    from mockserver.cassettes.model import CassetteError, load  # noqa: PLC0415 # on use
    from mockserver.drift import comparing, report  # noqa: PLC0415 # on use

    try:
        outcomes = list(comparing.compared(load(files), Settings(), with_oracle=with_oracle))
    except CassetteError as error:
        click.echo(f"messages-mock: {error}", err=True)
        sys.exit(COULD_NOT_START)
    except ImportError as error:
        click.echo(
            f"messages-mock: --check needs {error.name}: install it with `pip install 'jsonschema[format]'`",
            err=True,
        )
        sys.exit(COULD_NOT_START)
    shown = report.as_json(outcomes) if is_json else report.as_table(outcomes, max_token_error)
    click.echo(shown)
    sys.exit(int(report.failed(outcomes, max_token_error)))
