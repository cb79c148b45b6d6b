"""Values of cases that are better said than written out.

{$text: 1000}                    a text of 1000 characters; {$text: 1000, of: "é"} repeats another one
{$image: {width: 8001, height: 1, format: png, bytes: N}}
                                 the base64 text of an image; with `bytes` padded to N bytes before encoding
{$pdf: {pages: 3, password: x}}  the base64 text of a PDF
{$base64: text}                  the base64 text of a text
{$list: 21, of: {name: "t${i}"}} 21 copies, `${i}` their numbers from 0
{$object: 17, key: "p${i}", of: {type: string}}
                                 an object with 17 members
{$nested: 500, key: items, of: X, in: {type: array}}
                                 X inside 500 objects, each the member `items` of one with the members of `in`

${name.part + 1} stands for a variable: `model` (a row of models.json), the columns of `each`, `i`, and what
earlier steps gave. Alone in a text it keeps its type; in a longer text a list is joined in alphabetical order.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from contracts.findings import Json, is_array, is_object
from contracts.suite.errors import CaseError

Variables = Mapping[str, Any]
VARIABLE = re.compile(r"\$\{([a-z_0-9.]+)(?:\s*([+-])\s*(\d+))?\}")


def resolved(value: Any, variables: Variables) -> Any:
    """The value with its variables and helpers filled in. Raises CaseError where one can't be."""
    if isinstance(value, str):
        return _text(value, variables)
    if is_array(value):
        return [resolved(item, variables) for item in value]
    if not is_object(value):
        return value
    helper = next(iter(value), "")
    if helper in HELPERS:
        return _helped(helper, value, variables)
    return {str(_text(k, variables)): resolved(v, variables) for k, v in value.items()}


def _helped(helper: str, value: Json, variables: Variables) -> Any:
    try:
        return HELPERS[helper](value, variables)
    except CaseError:
        raise
    except KeyError as error:
        raise CaseError(f"{helper}: {error} is missing, or of no known kind") from error
    except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
        raise CaseError(f"{helper}: can't be made: {error}") from error


def _text(text: str, variables: Variables) -> Any:
    alone = VARIABLE.fullmatch(text)
    if alone:
        return _variable(alone, variables)
    return VARIABLE.sub(lambda found: _shown(_variable(found, variables)), text)


def _variable(found: re.Match[str], variables: Variables) -> Any:
    value: Any = variables
    for part in found[1].split("."):
        value = _member(value, part, found[0])
    if found[2]:
        if not isinstance(value, int | float):
            raise CaseError(f"{found[0]}: {value!r} is no number")
        number = int(found[3])
        value += number if found[2] == "+" else -number
    return value


def _member(value: Any, part: str, shown: str) -> Any:
    try:
        return value[int(part) if is_array(value) else part]
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise CaseError(f"{shown}: there is no {part!r} here") from error


def _shown(value: Any) -> str:
    return ", ".join(sorted(str(item) for item in value)) if is_array(value) else str(value)


def _long_text(value: Json, variables: Variables) -> str:
    length, part = resolved(value["$text"], variables), value.get("of", "a")
    return str((part * (length // len(part) + 1))[:length])


def _image(value: Json, variables: Variables) -> str:
    wish = resolved(value["$image"], variables)
    return picture(wish["width"], wish["height"], wish.get("format", "png"), wish.get("bytes", 0))


@cache
def picture(width: int, height: int, form: str = "png", size: int = 0) -> str:
    """The base64 text of a one-coloured image, padded with zeros behind its end to `size` bytes."""
    from PIL import Image  # noqa: PLC0415 # most cases need none

    buffer = io.BytesIO()
    Image.new("L", (width, height)).save(buffer, form)
    return base64.b64encode(buffer.getvalue().ljust(size, b"\0")).decode()


def _pdf(value: Json, variables: Variables) -> str:
    wish = resolved(value["$pdf"], variables)
    return document(wish["pages"], wish.get("password"))


@cache
def document(pages: int, password: str | None = None) -> str:
    """The base64 text of a PDF with blank pages."""
    from pypdf import PdfWriter  # noqa: PLC0415 # most cases need none

    writer, buffer = PdfWriter(), io.BytesIO()
    for _ in range(pages):
        writer.add_blank_page(100, 100)
    if password is not None:
        writer.encrypt(password, algorithm="RC4-128")
    writer.write(buffer)
    return base64.b64encode(buffer.getvalue()).decode()


def _base64(value: Json, variables: Variables) -> str:
    return base64.b64encode(str(resolved(value["$base64"], variables)).encode()).decode()


def _list(value: Json, variables: Variables) -> list[Any]:
    count = resolved(value["$list"], variables)
    return [resolved(value["of"], {**variables, "i": i}) for i in range(count)]


def _object(value: Json, variables: Variables) -> Json:
    numbered = [{**variables, "i": i} for i in range(resolved(value["$object"], variables))]
    return {str(_text(value["key"], v)): resolved(value["of"], v) for v in numbered}


def _nested(value: Json, variables: Variables) -> Any:
    inner, around = resolved(value["of"], variables), resolved(value.get("in", {}), variables)
    for _ in range(resolved(value["$nested"], variables)):
        inner = {**around, value["key"]: inner}
    return inner


HELPERS: Mapping[str, Callable[[Json, Variables], Any]] = {
    "$text": _long_text,
    "$image": _image,
    "$pdf": _pdf,
    "$base64": _base64,
    "$list": _list,
    "$object": _object,
    "$nested": _nested,
}
