"""Conformance cases: read from YAML, checked, and spread over models, versions and rows.

contracts/cases/README.md tells the format.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from contracts import models
from contracts.derive import VERSIONS
from contracts.findings import Json
from contracts.suite import checking
from contracts.suite.errors import CaseError
from contracts.suite.marked import Marked
from contracts.suite.precedence import pairs
from contracts.suite.values import resolved

FOLDER = Path(__file__).parents[1] / "cases"
BASES = "bases.yaml"
TAILS = {"messages": "", "count_tokens": "/count", "batch": "/batch"}


class Case(NamedTuple):
    """One written case: its fields as in the file, after the file's defaults."""

    topic: str
    fields: Json
    place: str

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


def load(folder: Path = FOLDER) -> list[Case]:
    """Every case of every file. Raises CaseError, which names file, line and key."""
    bases = bases_of(folder)
    found: dict[str, Case] = {}
    for file in sorted(folder.glob("*.yaml")):
        if file.name == BASES:
            continue
        marked = Marked(file)
        for case in _cases(marked, bases):
            if case.id in found:
                first = found[case.id].place
                raise CaseError(f"{case.place}: {case.id} is there already, at {first}")
            found[case.id] = case
    return list(found.values())


def bases_of(folder: Path = FOLDER) -> Json:
    """The named base requests. Raises CaseError."""
    marked = Marked(folder / BASES)
    checking.check_bases(marked)
    found: Json = marked.value["bases"]
    return found


def expanded(case: Case, day: dt.date) -> Iterator[Trial]:
    """The trials of a case, its models judged by `day`."""
    fields = case.fields
    spread = product(
        fields.get("endpoints", ["messages"]),
        fields.get("versions", VERSIONS),
        _models(fields, day),
        fields.get("each", [{}]),
    )
    for endpoint, version, model, row in spread:
        marks = [model["id"]] if "models" in fields else []
        marks += [row["id"]] if "id" in row else [str(value) for value in row.values()]
        title = f"{case.id}[{','.join(marks)}]" if marks else case.id
        tail = f"{TAILS[endpoint]}@{version}"
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
        yield Case(marked.file.stem, fields, f"{marked.file.name}:{marked.line(place)}")
