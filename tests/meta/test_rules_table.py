"""RULES.md is what the command prints."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from mockserver.cli import main

ROOT = Path(__file__).parents[2]


def test_table_of_rules_is_what_the_command_prints() -> None:
    printed = CliRunner().invoke(main, ["rules", "--markdown"]).output
    written = (ROOT / "RULES.md").read_text("utf-8")

    assert written == printed, "write it anew: messages-mock rules --markdown > RULES.md"


def test_readme_leads_to_the_table() -> None:
    assert "(RULES.md)" in (ROOT / "README.md").read_text("utf-8")
