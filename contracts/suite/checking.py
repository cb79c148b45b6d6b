"""Checks of case files: every mistake is told with file, line, key and what was probably meant."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from contracts import models
from contracts.derive import VERSIONS
from contracts.findings import Json, is_array, is_object
from contracts.models import WishError, nearest
from contracts.suite.edits import put, take
from contracts.suite.errors import CaseError
from contracts.suite.marked import Marked, Place

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator, ValidationError

SCHEMA = Path(__file__).with_name("case_file.json")
NEEDED = ("id", "source", "evidence", "date", "live")
OUTCOMES = ("accepted", "refused", "refused_like")
BESIDE = {
    "upload": ("body", "set", "remove", "path", "form"),
    "form": ("body", "set", "remove"),
}
OF_REFUSALS = ("status", "error", "details")


def check_file(marked: Marked) -> None:
    """Check a file of cases against the schema. Raises CaseError."""
    error = _first_error(marked.value)
    if error is not None:
        raise marked.error(tuple(error.absolute_path), _told(error))


def check_bases(marked: Marked) -> None:
    """Check the file of the base requests. Raises CaseError."""
    value = marked.value
    bases = value.get("bases") if is_object(value) else None
    if not is_object(bases):
        raise marked.error((), "must have `bases`, an object of request bodies by name")
    for name, body in bases.items():
        if not is_object(body):
            raise marked.error(("bases", name), "a base is a request body, an object")


def check_case(marked: Marked, place: Place, fields: Json, bases: Json) -> None:
    """Check what the schema can't say of a case with its file's defaults. Raises CaseError."""
    missing = [key for key in NEEDED if key not in fields]
    if missing:
        raise marked.error(place, f"{missing[0]!r} is missing, here and in the file's defaults")
    outcomes = [key for key in OUTCOMES if key in fields]
    if len(outcomes) != 1:
        raise marked.error(place, f"needs exactly one of {', '.join(OUTCOMES)}; has {outcomes}")
    stray = [key for key in OF_REFUSALS if key in fields and "accepted" in fields]
    if stray:
        raise marked.error((*place, stray[0]), "only a refusal has it")
    if "shape" in fields and "accepted" not in fields:
        raise marked.error((*place, "shape"), "only an accepted answer has it")
    for key, others in BESIDE.items():
        beside = [other for other in others if other in fields and key in fields]
        if beside:
            raise marked.error((*place, beside[0]), f"{key!r} has none beside it")
    if "form" in fields and "path" not in fields:
        raise marked.error((*place, "form"), "needs a path")
    if fields.get("base", "hello") not in bases:
        hint = nearest(fields["base"], list(bases))
        raise marked.error((*place, "base"), f"there is no base {fields['base']!r}{hint}")
    _check_versions(marked, place, fields)
    _check_models(marked, place, fields)
    _check_edits(marked, place, fields, bases)


def _check_versions(marked: Marked, place: Place, fields: Json) -> None:
    for version in fields.get("versions", ()):
        if version not in VERSIONS:
            hint = nearest(version, list(VERSIONS))
            raise marked.error((*place, "versions"), f"there is no API version {version!r}{hint}")


def _check_models(marked: Marked, place: Place, fields: Json) -> None:
    try:
        if "models" in fields and not models.chosen(fields["models"], models.as_of()):
            raise marked.error((*place, "models"), "no model is like that")
        if "model" in fields:
            models.named(fields["model"])
    except WishError as error:
        key = "models" if "models" in fields else "model"
        raise marked.error((*place, key), str(error)) from error


def _check_edits(marked: Marked, place: Place, fields: Json, bases: Json) -> None:
    body = json.loads(json.dumps(bases[fields.get("base", "hello")]))
    for path in fields.get("remove", ()):
        with _told_at(marked, (*place, "remove")):
            take(body, path)
    for path, value in fields.get("set", {}).items():
        if "$" not in path and not _is_filled_later(body, path):
            with _told_at(marked, (*place, "set", path)):
                put(body, path, value)


@contextmanager
def _told_at(marked: Marked, place: Place) -> Generator[None, None, None]:
    try:
        yield
    except CaseError as error:
        raise marked.error(place, str(error)) from error


def _is_filled_later(body: Any, path: str) -> bool:
    """Whether a path leads into a helper or a variable, which is only known when the request is made."""
    value: Any = body
    for part in path.split(".")[:-1]:
        if is_array(value) and part.lstrip("-").isdigit():
            value = next(iter(value[int(part) :]), None)
        else:
            value = value.get(part) if is_object(value) else None
        first: Any = next(iter(value), "") if is_object(value) else value
        if isinstance(first, str) and first.startswith("$"):
            return True
    return False


def _first_error(value: Any) -> ValidationError | None:
    from jsonschema import exceptions  # noqa: PLC0415 # only who loads cases has it

    errors: Iterable[ValidationError] = _validator().iter_errors(value)  # pyright: ignore[reportUnknownMemberType] - a deprecated overload in the stub has no types
    return cast("ValidationError | None", exceptions.best_match(errors))  # pyright: ignore[reportUnknownMemberType] - no types in the package


@cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator  # noqa: PLC0415 # as above

    return Draft202012Validator(
        json.loads(SCHEMA.read_text("utf-8")), format_checker=Draft202012Validator.FORMAT_CHECKER
    )


def _told(error: ValidationError) -> str:
    schema: Any = error.schema
    if error.validator == "additionalProperties" and is_object(error.instance):
        known = list(schema["properties"])
        stray = next(key for key in error.instance if key not in known)
        return f"unknown key {stray!r}{nearest(stray, known)}"
    return error.message[:300]
