"""`messages-mock fuzz`: requests on which a target and the contract disagree. Exit code 1 when there are any."""

from __future__ import annotations

import os
import random
import sys
from pathlib import Path
from typing import Any

import click

from mockserver import contract
from mockserver.amounts import Amount
from mockserver.filled import Folder
from mockserver.running import COULD_NOT_START

FOUND = 1
DEFAULT_EXAMPLES = 2_000
UNBOUNDED = 10**9


@click.command(short_help="Find requests on which an endpoint and the contract disagree.")
@click.option("--target", required=True, metavar="URL", help="Base URL of the endpoint to compare.")
@click.option(
    "--key",
    envvar="ANTHROPIC_API_KEY",
    default="sk-ant-fuzz",
    show_default=False,
    help="The key to send (default: ANTHROPIC_API_KEY).",
)
@click.option(
    "--seed", type=int, help="The same examples again (default: a new one, which is printed)."
)
@click.option(
    "--examples",
    type=click.IntRange(1),
    help=f"How many (default: {DEFAULT_EXAMPLES}, with --minutes unbounded).",
)
@click.option("--minutes", type=Amount(0, min_open=True), help="Stop after so long.")
@click.option(
    "--corpus",
    type=Folder(),
    help="Keep what was found in this folder and try it first the next time.",
)
@click.option(
    "--redis", "redis_url", metavar="URL", help="The same for several machines, in a Redis server."
)
@click.option(
    "--out",
    default="disagreements",
    type=Folder(),
    help="Where case files go.",
)
def fuzz(
    target: str,
    key: str,
    seed: int | None,
    examples: int | None,
    minutes: float | None,
    corpus: Path | None,
    redis_url: str | None,
    out: Path,
) -> None:
    """Find requests that TARGET accepts and the contract refuses, or the other way round.

    Generated requests, valid ones and such with one fault or edit, go to the target and to the mock. Each kind of
    disagreement is shrunk and written as a case that says what the contract expects. Exit codes: 0 no
    disagreement, 1 some, 2 wrong usage, 3 the target, the corpus or the Redis server can't be used, or a
    package is missing.
    """
    number = random.randrange(10**6) if seed is None else seed  # noqa: S311 # no secret
    most = examples or (UNBOUNDED if minutes else DEFAULT_EXAMPLES)
    suite = _suite()
    kept = _database(corpus, redis_url)
    _check_out(out)
    click.echo(f"seed {number}")
    try:
        hunt = _hunt(suite, target, key, number, most, minutes, kept)
    except (suite.TargetError, OSError, ValueError) as error:
        click.echo(f"messages-mock: {target}: {error}", err=True)
        sys.exit(COULD_NOT_START)
    origin = f"messages-mock fuzz, seed {number}"
    paths: list[Path] = _written(hunt, out, origin) if hunt.found else []
    _report(hunt, paths)
    sys.exit(FOUND if paths else 0)


def _database(corpus: Path | None, redis_url: str | None) -> Any:
    from contracts.suite.keeping import KeepingError, database  # noqa: PLC0415 # on use

    try:
        return database(corpus, redis_url, _warn)
    except KeepingError as error:
        _warn(str(error))
        sys.exit(COULD_NOT_START)


def _warn(text: str) -> None:
    click.echo(f"messages-mock: {text}", err=True)


def _check_out(out: Path) -> None:
    """Say now that case files can't be written, not when the search is over."""
    nearest = next(each for each in (out, *out.absolute().parents) if each.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK):
        raise click.UsageError(f"--out {out}: {nearest} is no folder that can be written")


def _written(hunt: Any, out: Path, origin: str) -> list[Path]:
    from contracts.suite.writing import written  # noqa: PLC0415 # on use

    try:
        return written(hunt.found.values(), out, origin)
    except OSError as error:
        for found in hunt.found.values():  # it may have taken hours to find
            click.echo(f"{found}\n")
        raise click.UsageError(f"--out {out}: {error.strerror}") from error


def _suite() -> Any:
    contract.check()
    try:
        from contracts.suite import disagreeing  # noqa: PLC0415 # on use
    except ModuleNotFoundError as error:
        click.echo(
            f"messages-mock: fuzzing needs {error.name}: pip install 'messages-mock[suite]'",
            err=True,
        )
        sys.exit(COULD_NOT_START)
    return disagreeing


def _hunt(
    suite: Any, url: str, key: str, number: int, most: int, minutes: float | None, kept: Any
) -> Any:
    from contracts.models import as_of  # noqa: PLC0415 # on use
    from contracts.suite.running import Target  # noqa: PLC0415 # on use
    from contracts.suite.transports import Http, InProcess  # noqa: PLC0415 # on use
    from mockserver.app import create_app  # noqa: PLC0415 # on use
    from mockserver.settings import Settings  # noqa: PLC0415 # on use

    transport = Http(url)
    reference = InProcess(create_app(Settings(now=as_of())))
    try:
        seconds = None if minutes is None else 60 * minutes
        return suite.hunted(
            Target(reference, "sk-ant-reference"),
            Target(transport, key),
            number,
            examples=most,
            seconds=seconds,
            kept=kept,
        )
    finally:
        reference.close()
        transport.close()


def _report(hunt: Any, paths: list[Path]) -> None:
    from tabulate import tabulate  # noqa: PLC0415 # on use

    click.echo(tabulate(hunt.rules.most_common(), headers=["rule", "refused"]))
    share = 100 * hunt.accepted / (hunt.valid or 1)
    click.echo(
        f"{hunt.examples} requests; {len(hunt.rules)} rules hit; {share:.1f} % of {hunt.valid} valid ones accepted by the contract"
    )
    if hunt.unanswered:
        click.echo(f"{hunt.unanswered} got no verdict from the target (408, 429 or 5xx)")
    for found, path in zip(hunt.found.values(), paths, strict=True):
        click.echo(f"\n{found}\n  case      {path}")
    click.echo(f"\n{len(paths)} kinds of disagreement" if paths else "no disagreement")
