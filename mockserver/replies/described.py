r"""Keywords that stand in a schema's description: the SDKs write there what structured output does not compile.

SDK 2.12, lib/_parse/_transform.py: `{pattern: ^\d{5}$, minLength: 5}` ends the description. A model may follow it,
and `messages.parse` judges the answer by it.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from mockserver.rules.strict import Schema

_COUNTS = "minLength|maxLength|minItems|maxItems|minProperties|maxProperties"
_BOUNDS = "minimum|maximum|exclusiveMinimum|exclusiveMaximum|multipleOf"
_WORDS = f"pattern|format|uniqueItems|{_COUNTS}|{_BOUNDS}"
_END = re.compile(r"\{((?:\w|\$)+: .*)\}\Z", re.DOTALL)
_NEXT = re.compile(r"(?:\A|, )(\w+): ")
_TEXTS = ("pattern", "format")


def described(schema: Schema) -> Schema:
    """The schema with the keywords of its description, unless it has them itself."""
    description = schema.get("description")
    if not isinstance(description, str) or not description.endswith("}"):
        return schema
    found = _END.search(description)
    return schema if found is None else {**_keywords(found[1]), **schema}


def _keywords(text: str) -> dict[str, Any]:
    parts = _NEXT.split(text)
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    made = {word: _value(word, said) for word, said in pairs if re.fullmatch(_WORDS, word)}
    return {word: value for word, value in made.items() if value is not None}


def _value(word: str, said: str) -> Any:
    if word in _TEXTS:
        return said
    try:
        return orjson.loads(said.lower())  # Python's True is JSON's true
    except ValueError:
        return None
