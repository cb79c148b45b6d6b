"""JSON Schemas that are satisfiable by construction: each is drawn around a value that is valid under it."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Schema = Any
WORDS = ["alpha", "beta", "gamma", "Delta", "x-9", "eta_1"]
PATTERNS = [
    ("^[A-Z]{2}-\\d{4}$", "QX-0417"),
    ("^(foo|bar)-[a-z]+$", "bar-q"),
    ("\\d", "a1"),
    ("^[^@\\s]+@[^@\\s]+$", "a@b"),
    ("^(?=.*[A-Z])(?=.*\\d)[A-Za-z\\d]{8,}$", "Passw0rd"),
    ("^#([0-9a-f]{3}|[0-9a-f]{6})$", "#0af"),
    ("^(\\w)\\w*\\1$", "abca"),
]
FORMATTED = [
    ("date-time", "2020-02-29T12:00:00Z"),
    ("date", "2020-02-29"),
    ("time", "12:00:00Z"),
    ("duration", "PT5M"),
    ("email", "x@example.com"),
    ("hostname", "example.com"),
    ("uri", "https://example.com/a"),
    ("ipv4", "198.51.100.7"),
    ("ipv6", "::1"),
    ("uuid", "00000000-0000-4000-8000-000000000000"),
    ("regex", "a+"),
    ("unheard-of", "?"),
]

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-1_000, 1_000)
    | st.floats(-100, 100).map(lambda n: round(n, 2))
    | st.text("ab cÄ9-", max_size=8)
    | st.sampled_from([value for _, value in (*PATTERNS, *FORMATTED)]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=3)
    ),
    max_leaves=6,
)


def kind(value: Any) -> str:
    names = {type(None): "null", bool: "boolean", int: "integer", float: "number", str: "string"}
    return {**names, list: "array", dict: "object"}[type(value)]


@st.composite
def around(draw: st.DrawFn, value: Any, depth: int = 0) -> Schema:
    """A schema under which the value is valid."""
    schema: dict[str, Any] = draw(_BY_KIND[kind(value)](value, depth))
    if draw(st.booleans()) and "enum" not in schema:
        schema["type"] = draw(st.sampled_from([kind(value), sorted({kind(value), "null"})]))
    if depth < 2 and draw(st.integers(0, 3)) == 0:
        schema = draw(combined(schema, value, depth))
    return schema


@st.composite
def combined(draw: st.DrawFn, schema: Schema, value: Any, depth: int) -> Schema:
    other = draw(around(value, depth + 1))
    others = [{"type": k} for k in ("null", "boolean", "string", "array") if k != kind(value)]
    wrong = draw(st.sampled_from(others))
    return draw(
        st.sampled_from(
            [
                {"allOf": [schema, other]},
                {"anyOf": draw(st.permutations([schema, wrong]))},
                {"anyOf": [schema, other]},
                {"oneOf": draw(st.permutations([{**schema, "type": kind(value)}, wrong]))},
                {"not": wrong, **schema},
                {"allOf": [{"not": wrong}, schema]},
                {"if": {"type": kind(value)}, "then": schema, "else": False},
                {"if": wrong, "then": False, "else": {"allOf": [schema, other]}},
                {"if": wrong, "then": {"const": 1}, "else": schema},
                {"allOf": [{"anyOf": [schema, wrong]}, {"anyOf": [wrong, other]}]},
                {"anyOf": [wrong, {"anyOf": [wrong, {"allOf": [schema, other]}]}]},
                {"oneOf": [{"allOf": [schema, other]}, {"not": {}}]},
                {**schema, "allOf": [other]},
                {"not": {"not": schema}},
                {"not": {"anyOf": [wrong, {"not": other}]}},
                {"not": {"allOf": [wrong, other]}, **schema},
            ]
        )
    )


def _constant(value: Any) -> st.SearchStrategy[Schema]:
    return st.sampled_from([{}, {"const": value}, {"enum": [value]}, {"enum": ["zz", value, None]}])


def _scalar(value: Any, _depth: int) -> st.SearchStrategy[Schema]:
    return _constant(value)


@st.composite
def _number(draw: st.DrawFn, value: float, _depth: int) -> Schema:
    below, above = draw(st.integers(1, 5)), draw(st.integers(1, 5))
    choices: dict[str, Any] = {
        "minimum": value - below,
        "exclusiveMaximum": value + above,
        "maximum": value,
        "exclusiveMinimum": value - below,
    }
    if isinstance(value, int) and value:
        choices["multipleOf"] = draw(st.sampled_from([1, abs(value), 0.5]))
    kept = draw(st.sets(st.sampled_from(sorted(choices))))
    bounds = {word: choices[word] for word in choices if word in kept}
    return draw(st.sampled_from([bounds, {"type": "number", **bounds}, draw(_constant(value))]))


@st.composite
def _string(draw: st.DrawFn, value: str, _depth: int) -> Schema:
    choices: list[dict[str, Any]] = [
        {"minLength": max(0, len(value) - draw(st.integers(0, 3)))},
        {"maxLength": len(value) + draw(st.integers(0, 3))},
        {"minLength": len(value), "maxLength": len(value)},
        draw(_constant(value)),
    ]
    choices += [{"pattern": pattern} for pattern, found in PATTERNS if found == value]
    choices += [{"format": form} for form, found in FORMATTED if found == value]
    return draw(st.sampled_from([{"type": "string"}, *choices, choices[-1]]))


@st.composite
def _array(draw: st.DrawFn, value: list[Any], depth: int) -> Schema:
    schema: dict[str, Any] = {"type": "array"}
    if draw(st.booleans()):
        schema["minItems"] = draw(st.integers(0, len(value)))
    if draw(st.booleans()):
        schema["maxItems"] = len(value) + draw(st.integers(0, 2))
    texts = [repr(each) for each in value]
    if len(set(texts)) == len(texts) and draw(st.booleans()):
        # 1, 1.0 and True are told apart here and not by every validator: only texts and nulls
        schema["uniqueItems"] = all(isinstance(each, str) or each is None for each in value)
    if value and draw(st.booleans()):
        parts = [draw(around(each, depth + 1)) for each in value]
        if draw(st.booleans()):
            schema["prefixItems"] = parts
            schema["items"] = draw(st.sampled_from([True, False, {"type": "string"}]))
        else:
            schema["items"] = {"anyOf": parts}
    elif value and draw(st.booleans()):
        schema["contains"] = draw(around(value[0], depth + 1))
        if draw(st.booleans()):
            schema["minContains"] = draw(st.integers(0, 1))
    return schema


@st.composite
def _object(draw: st.DrawFn, value: dict[str, Any], depth: int) -> Schema:
    inner = {name: draw(around(each, depth + 1)) for name, each in value.items()}
    names = list(value)
    schema: dict[str, Any] = {"type": "object", "properties": inner}
    schema["required"] = draw(st.lists(st.sampled_from(names), unique=True)) if names else []
    extras: list[dict[str, Any]] = [
        {"additionalProperties": False},
        {"additionalProperties": {"type": "string"}},
        {"unevaluatedProperties": False},
        {"minProperties": len(names)},
        {"maxProperties": len(names)},
        {"propertyNames": {"enum": [*names, "spare"]}},
        {"propertyNames": {"maxLength": 9}},
        {"patternProperties": {"^zz": False}},
        {"dependentRequired": dict.fromkeys(names[:1], names)},
        {"dependentSchemas": {name: {"required": names} for name in names[:1]}},
        {"additionalProperties": False, "patternProperties": {"^n\\d": {"type": "integer"}}},
        {},
    ]
    return {**schema, **draw(st.sampled_from(extras)), **draw(st.sampled_from(extras))}


_BY_KIND = {
    "null": _scalar,
    "boolean": _scalar,
    "integer": _number,
    "number": _number,
    "string": _string,
    "array": _array,
    "object": _object,
}


@st.composite
def schemas(draw: st.DrawFn) -> Schema:
    """Any schema of the family, its parts sometimes behind references."""
    schema = draw(values.flatmap(around))
    if draw(st.integers(0, 3)) == 0:
        schema = {"$ref": "#/$defs/a~1b", "$defs": {"a/b": {"$ref": "#/$defs/c"}, "c": schema}}
    return schema
