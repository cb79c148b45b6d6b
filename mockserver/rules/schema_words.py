"""The words of a compiled schema: which keywords, formats and patterns the grammar has no place for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

from mockserver.request import Request
from mockserver.rules.registry import Check, Evidence, Refusal, Registry
from mockserver.rules.strict import Schema, compiled_schemas, is_list, subschemas

DOCS = "docs: Structured outputs, JSON Schema limitations"
NUMERIC = ("exclusiveMaximum", "exclusiveMinimum", "maximum", "minimum", "multipleOf")
UNSUPPORTED: Mapping[str, tuple[str, ...]] = {
    "array": ("contains", "maxContains", "maxItems", "minContains", "prefixItems", "uniqueItems"),
    "integer": NUMERIC,
    "number": NUMERIC,
    "object": ("maxProperties", "minProperties", "patternProperties", "propertyNames"),
    "string": ("maxLength", "minLength"),
}
FORMATS = frozenset(
    ("date", "date-time", "duration", "email", "hostname", "ipv4", "ipv6", "time", "uri", "uuid")
)
COMBINING = ("oneOf", "not", "if")
# A lookaround, a reference back, a word boundary; an escaped character is passed over.
REGEX = re.compile(r"(?:[^\\(]|\\[^1-9bB]|\((?!\?<?[=!]))*")
JSON_TYPES: Mapping[type, tuple[str, ...]] = {
    str: ("string",),
    bool: ("boolean",),
    int: ("integer", "number"),
    float: ("number",),
    type(None): ("null",),
    list: ("array",),
    dict: ("object",),
}


def unsupported_words(node: Schema) -> str | None:
    """What the API says of the first keywords of a schema that it can't compile."""
    kind = node.get("type")
    if not isinstance(kind, str):
        return None
    words = [word for word in UNSUPPORTED.get(kind, ()) if word in node]
    if len(words) == 1:
        return f"For '{kind}' type, property '{words[0]}' is not supported"
    if words:
        return f"For '{kind}' type, properties {', '.join(words)} are not supported"
    least = node.get("minItems", 0)
    if kind == "array" and least not in (0, 1):
        return (
            "For 'array' type, 'minItems' values other than 0 or 1 are not supported "
            f"(got: [{least}, \u221e])"
        )
    return None


def wrong_enum(node: Schema) -> str | None:
    """What the API says of an enum value that is not of the declared type; a list of types matches none."""
    declared, values = node.get("type"), node.get("enum")
    if declared is None or not is_list(values):
        return None
    for value in values:
        if is_list(declared) or declared not in JSON_TYPES[type(value)]:
            return f"Invalid schema: Enum value '{value}' does not match declared type '{declared}'"
    return None


def wrong_combination(node: Schema) -> str | None:
    """What the API says of a way to combine schemas that it can't compile."""
    word = next((word for word in COMBINING if word in node), None)
    return None if word is None else f"Schema type '{word}' is not supported"


def wrong_pattern(node: Schema) -> str | None:
    """What the API says of a pattern that can't be a grammar. How the sentence ends is not known in general."""
    pattern = node.get("pattern")
    if not isinstance(pattern, str) or REGEX.fullmatch(pattern):
        return None
    return (
        "Unsupported regex feature in pattern field: lookaround, backreferences and word boundaries "
        "are not supported"
    )


def wrong_format(node: Schema) -> str | None:
    """What is said of a format that is not in the documented list."""
    name = node.get("format")
    is_known = name is None or (isinstance(name, str) and name in FORMATS)
    if is_known or node.get("type") != "string":
        return None
    return f"For 'string' type, format '{name}' is not supported"


def wrong_reference(node: Schema) -> str | None:
    """What is said of a reference out of the schema."""
    target = node.get("$ref")
    if not isinstance(target, str) or target.startswith("#"):
        return None
    return f"Invalid schema: external reference '{target}' is not supported"


def wrong_member(node: Schema) -> str | None:
    """What is said of an enum with objects or arrays."""
    values = node.get("enum")
    if not is_list(values) or not any(isinstance(value, (dict, list)) for value in values):
        return None
    return "Invalid schema: enum values must be strings, numbers, booleans or null"


class Look(NamedTuple):
    """A rule about every part of a compiled schema, and what finds its fault."""

    id: str
    title: str
    evidence: Evidence
    source: str
    fault: Callable[[Schema], str | None]


LOOKS = (
    Look(
        "schema.keywords",
        "A compiled schema has no keywords for ranges, lengths and counts",
        "reported",
        f"{DOCS}; live refusals of 2026-04-26 and 2026-09-04 (req_011CeiPWeKkAjSeaPDzHB2z9). The order of "
        "several keywords is taken from those for numbers",
        unsupported_words,
    ),
    Look(
        "schema.combination",
        "A compiled schema combines by anyOf and allOf only",
        "reported",
        f"{DOCS}; for oneOf live refusals of 2026 (req_011Cew2sDM1vPmb5oaXW52VE), for the others inferred",
        wrong_combination,
    ),
    Look(
        "schema.enum",
        "The values of an enum are of the declared type",
        "reported",
        "live refusals of 2026, one with req_011CePkN: with a list of types no value matches",
        wrong_enum,
    ),
    Look(
        "schema.pattern",
        "A pattern has no lookaround, no reference back and no word boundary",
        "documented",
        "docs: Troubleshooting tool use, with the beginning of the text; its end is ours",
        wrong_pattern,
    ),
    Look(
        "schema.format",
        "A string has one of ten formats",
        "policy",
        f"{DOCS} list them; the text is ours",
        wrong_format,
    ),
    Look(
        "schema.reference",
        "A compiled schema refers to its own definitions only",
        "policy",
        f"{DOCS}; the text is ours",
        wrong_reference,
    ),
    Look(
        "schema.enum-members",
        "An enum holds no objects and no arrays",
        "policy",
        f"{DOCS}; the text is ours",
        wrong_member,
    ),
)


def register(registry: Registry) -> None:
    """Add the rules of this module."""
    for look in LOOKS:
        registry.rule(
            look.id,
            look.title,
            evidence=look.evidence,
            source=look.source,
            keys=["strict", "format", "output_format"],
        )(_check(look.fault))


def _check(fault: Callable[[Schema], str | None]) -> Check:
    def check(request: Request) -> Refusal | None:
        for path, schema in compiled_schemas(request):
            for node in subschemas(schema):
                said = fault(node)
                if said is not None:
                    return Refusal(f"{path}: {said}")
        return None

    return check
