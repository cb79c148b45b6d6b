"""A day as an option of a command."""

from __future__ import annotations

from typing import Any

import click

from mockserver.clock import day
from mockserver.converting import Converter


class Day(Converter):
    """A day in the form YYYY-MM-DD."""

    name = "YYYY-MM-DD"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            return day(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(str(error), param, ctx)
