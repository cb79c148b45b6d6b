"""Texts and folders as options of a command: an empty one, as of an unset shell variable, is a mistake and no wish."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from mockserver.converting import Converter


def _check(kind: Converter, value: Any, param: Any, ctx: Any) -> None:
    if not str(value).strip():
        kind.fail("it is empty; give a value, or leave the option out", param, ctx)


class Filled(Converter):
    """A text with something in it."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The text as it is; raises click's usage error for an empty or blank one."""
        _check(self, value, param, ctx)
        return value


class Folder(click.Path):
    """A folder that need not exist, as a Path. An empty name would mean the current one."""

    def __init__(self) -> None:
        """Take folders only."""
        super().__init__(file_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The folder; raises click's usage error for an empty name, and for a file."""
        _check(self, value, param, ctx)
        return super().convert(value, param, ctx)
