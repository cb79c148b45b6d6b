"""Whether a value is valid under a JSON Schema of a user. Nothing outside the schema is ever fetched.

The library is loaded when the first schema is met: most requests have none.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson

from mockserver.replies.library_formats import LIBRARY_FORMATS, reads
from mockserver.rules.strict import is_schema

if TYPE_CHECKING:
    from jsonschema_rs import Validator

REMEMBERED = 128


def validator(schema: Any) -> Validator | None:
    """The compiled schema, formats asserted; None for one that is no JSON Schema or refers outside itself."""
    return _compiled(orjson.dumps(schema))


@lru_cache(maxsize=REMEMBERED)
def _compiled(data: bytes) -> Validator | None:
    import jsonschema_rs  # noqa: PLC0415 # see above

    schema = orjson.loads(data)
    try:
        kind = jsonschema_rs.validator_cls_for(schema)
        return kind(schema, validate_formats=True, offline=True)
    except (ValueError, TypeError, jsonschema_rs.ReferencingError):
        return None


def fits_format(name: str, text: str) -> bool:
    """Whether a text has a format. Formats that nobody knows fit everything."""
    if name in LIBRARY_FORMATS:
        return reads(name, text)
    found = validator({"format": name})
    return found is None or found.is_valid(text)


def canonical(schema: Any) -> Any:
    """The same schema written so that its parts don't contradict each other; itself if that can't be done."""
    import jsonschema_rs  # noqa: PLC0415 # see above

    try:
        form = jsonschema_rs.canonicalize(schema, validate_formats=True, offline=True)
        found = form.to_json_schema()
    except (ValueError, jsonschema_rs.ReferencingError):
        return schema
    return found if is_schema(found) else schema
