"""Two JSON Schemas as one that takes what both take, as far as keywords can say it: for allOf, $ref with siblings, if.

What can't be merged keyword by keyword stays in an allOf, and the last word has the validator. Where it is plain
that no value can be valid under both, the result is False, so that nobody tries that way.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import zip_longest
from math import lcm
from typing import Any

from mockserver.rules.strict import Schema, is_list, is_schema

# Keywords of which a schema may have several only in an allOf.
APPLIED_LATER = ("anyOf", "oneOf", "$ref", "if")
# No keyword of JSON Schema: all that an array must contain, each with how often.
CONTAINED = "contains and contains"
_SMALLEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties", "maxContains")
_LARGEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties", "minContains")


def merged(first: Any, second: Any) -> Any:
    """A schema that takes no more than either. A boolean schema is taken for what it means."""
    for one, other in ((first, second), (second, first)):
        if one is False:
            return False
        if not is_schema(one):
            return other
    if "const" in first and "const" in second and first["const"] != second["const"]:
        return False
    result: dict[str, Any] = dict(first)
    if any(word in first and word in second for word in APPLIED_LATER):
        later = {k: v for k, v in second.items() if k in (*APPLIED_LATER, "then", "else")}
        second = {k: v for k, v in second.items() if k not in later}
        result["allOf"] = [*_list(first.get("allOf")), later]
    if "contains" in first and "contains" in second:
        result[CONTAINED] = [*contained(first), *contained(second)]
    for word, value in second.items():
        result[word] = _word(word, result[word], value) if word in result else value
    if "properties" in result:
        # Members that only one of the two names are bound by what the other says of all further ones.
        said = first.get("properties"), second.get("properties")
        result["properties"] = _members(*said, (_further(first), _further(second)))
    if "prefixItems" in result:
        result["prefixItems"] = _tuple(first, second)
    return False if _is_empty(result) else result


def contained(schema: Schema) -> list[tuple[Any, Any]]:
    """What an array must contain, each with how often at least."""
    if "contains" not in schema:
        return []
    own = [(schema["contains"], schema.get("minContains", 1))]
    found: list[tuple[Any, Any]] = schema.get(CONTAINED, own)
    return found


def _further(schema: Schema) -> Any:
    return True if "patternProperties" in schema else schema.get("additionalProperties", True)


def _is_empty(schema: Schema) -> bool:
    if schema.get("type") == [] or schema.get("enum") == [] or schema.get("not") in ({}, True):
        return True
    if schema.get("type") not in ("object", ["object"]):
        return False
    said, further = _schema(schema.get("properties")), _further(schema)
    return any(
        said.get(k, further) is False for k in _list(schema.get("required")) if isinstance(k, str)
    )


def _word(word: str, old: Any, new: Any) -> Any:
    if word in _SMALLEST or word in _LARGEST:
        return _bound(word, old, new)
    rule = _RULES.get(word)
    return old if rule is None else rule(old, new)


def _bound(word: str, old: Any, new: Any) -> Any:
    if not is_number(old) or not is_number(new):
        return old
    return min(old, new) if word in _SMALLEST else max(old, new)


def is_number(value: Any) -> bool:
    """Whether a value is a JSON number."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _list(value: Any) -> list[Any]:
    return value if is_list(value) else []


def _schema(value: Any) -> Schema:
    return value if is_schema(value) else {}


def _types(old: Any, new: Any) -> Any:
    olds, news = ([value] if isinstance(value, str) else _list(value) for value in (old, new))
    kept = [kind for kind in olds if kind in news or (kind == "integer" and "number" in news)]
    kept += [kind for kind in news if kind == "integer" and "number" in olds and kind not in olds]
    return kept


def _common(old: Any, new: Any) -> Any:
    return [value for value in _list(old) if value in _list(new)]


def _united(old: Any, new: Any) -> Any:
    return [*_list(old), *(value for value in _list(new) if value not in _list(old))]


def _members(old: Any, new: Any, further: tuple[Any, Any] = (True, True)) -> Schema:
    olds, news = _schema(old), _schema(new)
    names = dict.fromkeys([*olds, *news])
    return {n: merged(olds.get(n, further[0]), news.get(n, further[1])) for n in names}


def _step(old: Any, new: Any) -> Any:
    if not is_number(old) or not is_number(new) or old <= 0 or new <= 0:
        return old
    one, other = Fraction(str(old)), Fraction(str(new))
    scale = lcm(one.denominator, other.denominator)
    step = Fraction(lcm(int(one * scale), int(other * scale)), scale)
    return step.numerator if step.denominator == 1 else float(step)


def _tuple(first: Schema, second: Schema) -> list[Any]:
    """Where one tuple ends, the other's items are bound by what the first says of all further ones."""
    pairs = zip_longest(_list(first.get("prefixItems")), _list(second.get("prefixItems")))
    further = first.get("items", True), second.get("items", True)
    return [
        merged(*(last if each is None else each for each, last in zip(pair, further, strict=True)))
        for pair in pairs
    ]


def _neither(old: Any, new: Any) -> Schema:
    return {"anyOf": [old, new]}


def _both(old: Any, new: Any) -> Any:
    return old if old == new else f"(?=.*(?:{new})){old}"


_RULES: dict[str, Callable[[Any, Any], Any]] = {
    "type": _types,
    "enum": _common,
    "required": _united,
    "allOf": lambda old, new: [*_list(old), *_list(new)],
    "patternProperties": _members,
    "dependentRequired": lambda old, new: {**new, **old},
    "dependentSchemas": _members,
    "items": merged,
    "additionalProperties": merged,
    "unevaluatedProperties": merged,
    "propertyNames": merged,
    "multipleOf": _step,
    "not": _neither,
    "pattern": _both,
    "uniqueItems": lambda old, new: bool(old) or bool(new),
}
