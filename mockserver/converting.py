"""What the kinds of values of our options are made from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import click

if TYPE_CHECKING:
    Converter: TypeAlias = click.ParamType[Any]
else:  # only newer versions of click than the lowest that we take can be subscripted
    Converter = click.ParamType
