"""Case files as texts, written to a folder of their own and read back."""

from __future__ import annotations

from pathlib import Path

from contracts.models import as_of
from contracts.suite.cases import Case, Trial, expanded, load

BASES = """
bases:
  hello: {model: claude-haiku-4-5, max_tokens: 5, messages: [{role: user, content: Hi}]}
  many: {model: claude-haiku-4-5, max_tokens: 5, messages: {$list: 3, of: {role: user, content: Hi}}}
"""
HEAD = """about: A topic.
defaults: {source: s, date: "2026-01-31", evidence: policy, live: "no"}
cases:
"""


def read(folder: Path, cases: str, head: str = HEAD, bases: str = BASES) -> list[Case]:
    """Load a folder with one topic, `topic.yaml`."""
    (folder / "bases.yaml").write_text(bases, "utf-8")
    (folder / "topic.yaml").write_text(head + cases, "utf-8")
    return load([folder])


def trials(folder: Path, case: str) -> list[Trial]:
    """The trials of one case, written as a flow mapping without its id."""
    (found,) = read(folder, f"  - {{id: one, {case}}}\n")
    return list(expanded(found, as_of()))
