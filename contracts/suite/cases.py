"""Conformance cases: read from YAML, checked, and spread over models, versions and rows.

load()                      the cases of contracts/cases
load([Path("my-cases")])    those of other folders and files

contracts/cases/README.md tells the format.
"""

from __future__ import annotations

import datetime as dt
import shlex
from collections.abc import Iterable, Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from contracts import models
from contracts.derive import VERSIONS
from contracts.findings import Json
from contracts.suite import checking
from contracts.suite.errors import CaseError, told_of
from contracts.suite.marked import Marked
from contracts.suite.precedence import pairs
from contracts.suite.values import resolved

FOLDER = Path(__file__).parents[1] / "cases"
BASES = "bases.yaml"
ENDINGS = (".yaml", ".yml")
TAILS = {"messages": "", "count_tokens": "/count", "batch": "/batch"}


class Case(NamedTuple):
    """One written case: its fields as in the file, after the file's defaults.

    `base` is the request that it edits, not filled in yet, `place` its file and line, `file` the file when it is
    not one of contracts/cases.
    """

    topic: str
    fields: Json
    place: str
    base: Json
    file: Path | None = None

    @property
    def id(self) -> str:
        """Its name, unique among all files."""
        return f"{self.topic}/{self.fields['id']}"

    @property
    def rule(self) -> str | None:
        """The rule that it shows at work."""
        return self.fields.get("rule")

    @property
    def is_accepting(self) -> bool:
        """Whether the request is to be answered, not refused."""
        return "accepted" in self.fields

    @property
    def needs_clock(self) -> bool:
        """Whether time must pass in it, which takes a target whose clock can be set."""
        return any("forward" in step for step in self.fields.get("steps", ()))

    @property
    def origin(self) -> str:
        """Where the expectation comes from."""
        fields = self.fields
        return f"{fields['evidence']} {fields['date']}: {fields['source']}"


class Trial(NamedTuple):
    """One request that a case makes: a case for one endpoint, version, model and row."""

    case: Case
    id: str
    endpoint: str
    version: str
    variables: Mapping[str, Any]

    @property
    def printing(self) -> str:
        """The command that prints the body of its request."""
        file = self.case.file
        words = ["python", "-m", "contracts.suite"]
        words += ["--cases", str(file)] if file else []
        return shlex.join([*words, self.id])


def load(places: Iterable[Path] = (FOLDER,)) -> list[Case]:
    """Every case of some files, and of the files of some folders. Raises CaseError, which names file, line and key."""
    found: dict[str, Case] = {}
    for file, bases in _files(places).items():
        for case in _cases(Marked(file, _shown(file)), bases):
            if case.id in found:
                first = found[case.id].place
                raise CaseError(
                    f"{case.place}: {case.id} is there already, at {first}: rename one of them"
                )
            found[case.id] = case
    return list(found.values())


def bases_of(folder: Path = FOLDER) -> Json:
    """The named base requests for the cases of a folder: its own, and those of contracts/cases. Raises CaseError."""
    common = {} if folder == FOLDER else bases_of()
    file = folder / BASES
    if not file.exists():
        return common
    marked = Marked(file, _shown(file))
    checking.check_bases(marked)
    return {**common, **marked.value["bases"]}


def _files(places: Iterable[Path]) -> dict[Path, Json]:
    """Every case file once, with the bases of its folder."""
    found: dict[Path, Json] = {}
    for place in places:
        files = _files_at(place)
        found |= dict.fromkeys(files, bases_of(files[0].parent))
    return found


def _files_at(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    if not place.is_dir():
        raise CaseError(f"{place}: there is no such folder or file of cases")
    files = (file for ending in ENDINGS for file in place.glob(f"*{ending}"))
    found = sorted(file for file in files if file.name != BASES)
    if not found:
        raise CaseError(f"{place}: there is no case file in this folder (*.yaml, *.yml)")
    return found


def _shown(file: Path) -> str:
    return file.name if file.parent == FOLDER else str(file)


def expanded(case: Case, day: dt.date) -> Iterator[Trial]:
    """The trials of a case, its models judged by `day`. Raises CaseError."""
    fields = case.fields
    spread = product(
        fields.get("endpoints", ["messages"]),
        fields.get("versions", VERSIONS),
        _models(fields, day),
        fields.get("each", [{}]),
    )
    for endpoint, version, model, row in spread:
        marks = [model["id"]] if "models" in fields else []
        marks += [str(row["id"])] if "id" in row else [str(value) for value in row.values()]
        title = f"{case.id}[{','.join(marks)}]" if marks else case.id
        tail = f"{TAILS[endpoint]}@{version}"
        with told_of(case.place):
            values = {name: resolved(value, {"model": model}) for name, value in row.items()}
        yield Trial(case, title + tail, endpoint, version, {**values, "model": model})


def _models(fields: Json, day: dt.date) -> list[Json]:
    if "models" not in fields:
        return [models.named(fields["model"])] if "model" in fields else [{}]
    rows = models.chosen(fields["models"], day)
    return [{**row, "last_day": models.last_day(row)} for row in rows]


def _cases(marked: Marked, bases: Json) -> Iterator[Case]:
    checking.check_file(marked)
    defaults: Json = marked.value.get("defaults", {})
    written = [(("cases", n), case) for n, case in enumerate(marked.value.get("cases", ()))]
    paired = pairs(marked) if "tables" in marked.value else ()
    for place, own in (*written, *paired):
        fields = {**defaults, **own}
        checking.check_case(marked, place, fields, bases)
        base: Json = bases[fields.get("base", "hello")]
        at = f"{marked.shown}:{marked.line(place)}"
        own_file = None if marked.file.parent == FOLDER else marked.file
        yield Case(marked.file.stem, fields, at, base, own_file)
