"""The command `check`: the contract suite on this mock, on any Messages endpoint, or on the live API.

Exit codes: 0 everything that was run passed, 1 something failed, 2 wrong usage or a mistake in a case file, 3 the
target is not reachable or a package is missing.
"""

from __future__ import annotations

import datetime as dt
import math
import os
import random
import sys
from collections import Counter
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from mockserver.amounts import Amount
from mockserver.days import Day
from mockserver.running import COULD_NOT_START

if TYPE_CHECKING:
    from contracts.suite.plan import Choice
    from contracts.suite.results import Report, Result
    from contracts.suite.session import Part
    from contracts.suite.transports import Http

FAILURES = 1
LIVE = "https://api.anthropic.com"
KEY, BASE_URL = "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"
ANY_KEY = "sk-ant-messages-mock-check"
LIVE_REQUESTS, LIVE_USD = 300, 0.25
EXAMPLES = 100
LINES_EVERY = 50


class Place(NamedTuple):
    """Where the suite runs, and with which key."""

    url: str
    key: str
    title: str


@click.command()
@click.option(
    "--target",
    metavar="URL",
    help=f"Base URL of an endpoint; {KEY} is sent (default: a fresh mock).",
)
@click.option(
    "--live",
    is_flag=True,
    help=f"The live API, or what {BASE_URL} names, with the key in {KEY}: cases that are safe there, "
    "small models, few tokens.",
)
@click.option(
    "--profile",
    type=click.Choice(["strict", "tolerant"]),
    help="Whether unknown fields are failures or drift (default: strict, tolerant with --live).",
)
@click.option("--topic", "topics", multiple=True, help="Only this topic; repeatable.")
@click.option(
    "--case",
    "ids",
    multiple=True,
    metavar="ID",
    help="Only this case, with * as in file names; repeatable.",
)
@click.option(
    "--cases",
    multiple=True,
    metavar="PATH",
    type=click.Path(exists=True, path_type=Path),
    help="Run the case files of this folder, or this file, and nothing else; repeatable.",
)
@click.option(
    "--examples",
    type=click.IntRange(0),
    help=f"Generated requests of each kind (default: {EXAMPLES}, 0 with --live and --cases).",
)
@click.option(
    "--seed", type=int, help="Of the generated requests (default: a new one, which is printed)."
)
@click.option(
    "--max-requests",
    type=click.IntRange(1),
    help=f"Stop after so many requests (default: no ceiling, {LIVE_REQUESTS} with --live).",
)
@click.option(
    "--max-cost",
    type=Amount(0),
    metavar="USD",
    help=f"Stop before more may have been spent (default: no ceiling, {LIVE_USD} with --live).",
)
@click.option("--now", type=Day(), help="The day by which models are judged (default: today).")
@click.option("--fail-fast", "-x", is_flag=True, help="Stop at the first failure.")
@click.option(
    "--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write a JUnit file."
)
@click.option(
    "--json",
    "json_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write a JSON file.",
)
@click.option(
    "--progress/--no-progress", default=None, help="Show progress (default: on a terminal)."
)
def check(**options: Any) -> None:
    """Run the contract suite and print what conforms, topic by topic.

    Without --target and --live it runs on a fresh mock. --cases runs cases of your own, or those that
    `messages-mock fuzz` wrote, in place of the suite's. Exit codes: 0 all that was run passed, 1 something
    failed, 2 wrong usage or a mistake in a case file, 3 the target is not reachable or a package is missing.
    """
    _need_extra()
    from contracts.suite.errors import CaseError  # noqa: PLC0415 # on use
    from contracts.suite.plan import ChoiceError, planned  # noqa: PLC0415 # on use

    if options["target"] and options["live"]:
        raise click.UsageError("--target and --live exclude each other")
    if options["cases"] and options["examples"]:
        raise click.UsageError("--cases runs case files only: there are no --examples with it")
    _check_writable(options["junit"], options["json_file"])
    choice = _choice(options)
    try:
        plan = planned(choice)
    except (ChoiceError, CaseError) as error:
        raise click.UsageError(str(error)) from error
    with _place(options, choice) as place:
        report = _run(options, choice, plan, place)
    _print(report)
    _write(options, report, {"target": place.title, "day": choice.day.isoformat()})
    if report.is_target_lost:
        sys.exit(COULD_NOT_START)
    sys.exit(FAILURES if report.of("failed") else 0)


def _need_extra() -> None:
    missing = [
        name for name in ("hypothesis", "jsonschema", "junitparser") if find_spec(name) is None
    ]
    if missing:
        click.echo(
            f"messages-mock: the suite needs {', '.join(missing)}: pip install 'messages-mock[suite]'",
            err=True,
        )
        sys.exit(COULD_NOT_START)


def _choice(options: Mapping[str, Any]) -> Choice:
    from contracts.models import as_of  # noqa: PLC0415 # on use
    from contracts.suite.plan import Choice  # noqa: PLC0415 # on use

    is_mock = not options["target"] and not options["live"]
    usual = 0 if options["live"] else EXAMPLES
    return Choice(
        options["now"] or (as_of() if is_mock else dt.datetime.now(dt.timezone.utc).date()),
        is_live=options["live"],
        is_mock=is_mock,
        examples=usual if options["examples"] is None else options["examples"],
        topics=options["topics"],
        ids=options["ids"],
        cases=options["cases"],
    )


@contextmanager
def _place(options: Mapping[str, Any], choice: Choice) -> Generator[Place, None, None]:
    if choice.is_mock:
        from mockserver.testing import MockServer  # noqa: PLC0415 # on use

        with MockServer(now=choice.day) as server:
            yield Place(server.url, server.api_key, "a fresh mock")
        return
    key = os.environ.get(KEY, "")
    url = (os.environ.get(BASE_URL) or LIVE) if choice.is_live else str(options["target"])
    if choice.is_live and not key:
        raise click.UsageError(f"--live needs a key in {KEY}")
    yield Place(url, key or ANY_KEY, url)


def _run(options: Mapping[str, Any], choice: Choice, plan: Sequence[Part], place: Place) -> Report:
    from contracts.suite.check import checked  # noqa: PLC0415 # on use
    from contracts.suite.clocks import clock_of  # noqa: PLC0415 # on use
    from contracts.suite.meter import Meter  # noqa: PLC0415 # on use
    from contracts.suite.patience import Patient  # noqa: PLC0415 # on use
    from contracts.suite.session import Session  # noqa: PLC0415 # on use

    transport = _reached(place)
    requests = options["max_requests"] or (LIVE_REQUESTS if choice.is_live else math.inf)
    given = options["max_cost"]
    usd = (LIVE_USD if choice.is_live else math.inf) if given is None else given
    seed = random.randrange(10**6) if options["seed"] is None else options["seed"]  # noqa: S311 # no secret
    profile = options["profile"] or ("tolerant" if choice.is_live else "strict")
    meter = Meter(Patient(transport) if choice.is_live else transport, requests, usd)
    clock = None if choice.is_live else clock_of(transport, place.key)
    session = Session(
        meter, place.key, choice.day, profile, choice.is_live, choice.examples, seed, clock
    )
    cases = "1 case" if len(plan) == 1 else f"{len(plan)} cases"
    click.echo(f"The contract suite on {place.title}: {cases}, {profile}, seed {seed}")
    if choice.is_live:
        click.echo(_estimate(plan, requests, usd))
    report = checked(
        plan, session, _progress(options["progress"], len(plan)), fail_fast=options["fail_fast"]
    )
    transport.close()
    if choice.is_live:
        click.echo(f"{meter.requests} requests were made, for at most ${meter.usd:.4f}")
    return report


def _estimate(plan: Sequence[Part], requests: float, usd: float) -> str:
    run = [part for part in plan if not part.skip]
    return (
        f"estimate: {sum(part.requests for part in run)} requests for at most "
        f"${sum(part.usd for part in run):.2f}; "
        f"it stops at {requests:.0f} requests (--max-requests) or ${usd:g} (--max-cost)"
    )


def _reached(place: Place) -> Http:
    from contracts.suite.transports import Http, Sent  # noqa: PLC0415 # on use

    try:
        transport = Http(place.url)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    headers = {"x-api-key": place.key, "anthropic-version": "2023-06-01"}
    try:
        transport(Sent("GET", "/v1/models?limit=1", headers, b""))
    except (OSError, HTTPException) as error:
        click.echo(f"messages-mock: {place.url} is not reachable: {error}", err=True)
        sys.exit(COULD_NOT_START)
    return transport


def _progress(wish: bool | None, parts: int) -> Callable[[Result], None]:  # noqa: FBT001 # a flag as click has it
    is_terminal = sys.stderr.isatty()
    counts: Counter[str] = Counter()

    def told(result: Result) -> None:
        counts[result.verdict] += 1
        done = counts.total()
        text = f"{done}/{parts} {result.topic}, {counts['failed']} failed"
        if is_terminal:
            click.echo(f"\r\x1b[K{text}", err=True, nl=done == parts)
        elif done % LINES_EVERY == 0 or done == parts:
            click.echo(text, err=True)

    is_shown = is_terminal if wish is None else wish
    return told if is_shown else lambda _: None


def _check_writable(*files: Path | None) -> None:
    """Say now that a report can't be written, not when a long or paid run is over."""
    for file in files:
        if file is not None and not file.absolute().parent.is_dir():
            raise click.UsageError(f"{file}: there is no folder {file.parent}; make it first")


def _write(options: Mapping[str, Any], report: Report, about: Mapping[str, Any]) -> None:
    from contracts.suite.exports import write_json, write_junit  # noqa: PLC0415 # on use

    try:
        if options["junit"]:
            write_junit(report, options["junit"])
        if options["json_file"]:
            write_json(report, options["json_file"], about)
    except OSError as error:
        raise click.UsageError(f"{error.filename}: {error.strerror}") from error


def _print(report: Report) -> None:
    from contracts.suite import reporting  # noqa: PLC0415 # on use

    shown = (
        reporting.failures(report),
        reporting.causes(report),
        reporting.drift(report),
        reporting.table(report),
        reporting.reasons(report),
        reporting.total(report),
    )
    click.echo("\n\n".join(part for part in shown if part))
