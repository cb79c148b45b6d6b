"""The command `upgrade`: which requests of the past another version or model would refuse or answer otherwise.

Exit codes: 0 none, 1 some, 2 wrong usage, a file that can't be read, or one in which nothing is to be looked at.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from mockserver import contract
from mockserver.days import Day
from mockserver.migration import (
    Ask,
    Finding,
    RecordingError,
    Report,
    Target,
    migrated,
    past_requests,
)

VERSIONS = ("2023-06-01", "2026-10-21")
KEY = "sk-ant-upgrade"


@click.command(short_help="List what another API version or model would refuse.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--from",
    "version",
    type=click.Choice(VERSIONS),
    help="The API version that requests had (default: as recorded).",
)
@click.option(
    "--to", "to_version", type=click.Choice(VERSIONS), help="The one that they are to have."
)
@click.option("--model", help="Look only at requests to this model.")
@click.option("--to-model", help="The model that they are to go to.")
@click.option("--now", type=Day(), help="The day by which models are judged (default: today).")
def upgrade(
    file: Path,
    version: str | None,
    to_version: str | None,
    model: str | None,
    to_model: str | None,
    now: dt.date | None,
) -> None:
    """List which requests in FILE would now be refused, or answered otherwise, by rule.

    FILE is the journal of a mock (`curl $URL/_mock/requests`), a cassette, or has one request body a line, in JSON.
    Exit codes: 0 none, 1 some, 2 wrong usage, a file that can't be read, or one without such requests.
    """
    if to_version is None and to_model is None:
        raise click.UsageError("say where to: --to VERSION, --to-model MODEL, or both")
    try:
        requests = past_requests(file, model)
    except RecordingError as error:
        raise click.UsageError(str(error)) from error
    with _mock(now) as ask:
        report = migrated(requests, Target(version, to_version, to_model), ask)
    _print(report)
    sys.exit(1 if report.findings else 0)


@contextmanager
def _mock(now: dt.date | None) -> Generator[Ask, None, None]:
    """The server itself, in this process."""
    contract.check()
    from contracts.suite.transports import InProcess, Sent  # noqa: PLC0415 # only after the check
    from mockserver.app import create_app  # noqa: PLC0415 # on use
    from mockserver.settings import Settings  # noqa: PLC0415 # on use

    send = InProcess(create_app(Settings(now=now)))

    def ask(path: str, headers: Mapping[str, str], body: Any) -> tuple[int, Mapping[str, str], Any]:
        common = {"x-api-key": KEY, "content-type": "application/json", **headers}
        received = send(Sent("POST", path, common, json.dumps(body).encode()))
        return received.status, received.headers, json.loads(received.body)

    yield ask
    send.close()


def _print(report: Report) -> None:
    refusals = [each for each in report.findings if each.is_refusal]
    changes = [each for each in report.findings if not each.is_refusal]
    _table("would be refused by", refusals)
    _table("would change in", changes)
    click.echo(
        f"{report.requests} requests: {len(refusals)} would be refused, {len({c.place for c in changes})} answered otherwise"
    )
    if report.refused_before:
        click.echo(f"{report.refused_before} were refused before already and are not counted")


def _table(title: str, findings: Iterable[Finding]) -> None:
    from tabulate import tabulate  # noqa: PLC0415 # on use

    by_what: dict[str, list[Finding]] = {}
    for each in findings:
        by_what.setdefault(each.what, []).append(each)
    rows = [
        [what, len(each), each[0].place, each[0].text[:100]]
        for what, each in sorted(by_what.items(), key=lambda item: -len(item[1]))
    ]
    if rows:
        click.echo(tabulate(rows, headers=[title, "requests", "first", "which says"]) + "\n")
