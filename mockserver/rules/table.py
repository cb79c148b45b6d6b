"""The rules as a person or a program reads them: a table, Markdown, JSON, or one rule in full."""

from __future__ import annotations

import json
from collections.abc import Iterable

from tabulate import tabulate

from mockserver.rules.registry import Rule

FORMATS = {"plain": "simple", "markdown": "github"}


def rendered(rules: Iterable[Rule], form: str) -> str:
    """All rules as `plain`, `markdown` or `json`."""
    if form == "json":
        return json.dumps([_columns(rule) for rule in rules], indent=1)
    rows = [[f"`{r.id}`" if form == "markdown" else r.id, r.title, r.evidence] for r in rules]
    return tabulate(rows, headers=["rule", "what it asks", "evidence"], tablefmt=FORMATS[form])


def card(rule: Rule) -> str:
    """One rule in full."""
    return "\n".join(f"{name:9} {value}" for name, value in _columns(rule).items())


def _columns(rule: Rule) -> dict[str, str]:
    return {"id": rule.id, "asks": rule.title, "evidence": rule.evidence, "source": rule.source}
