"""Headers -> who is asking and under which version; bytes -> a JSON value."""

from __future__ import annotations

import datetime as dt
import re
import zlib
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from mockserver.betas import KNOWN
from mockserver.clock import Clock, day
from mockserver.errors import INVALID_KEY, INVALID_TOKEN, ApiError, invalid
from mockserver.json_size import has_more_values
from mockserver.settings import Settings

# docs: Versions. 2023-01-01 is served as 2023-06-01 (policy: what else it changes is not documented)
VERSIONS = {"2023-01-01": "2023-06-01", "2023-06-01": "2023-06-01", "2026-10-21": "2026-10-21"}
CHARSETS = ("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "latin-1")
LONGEST_KEY = 1024
MOST_VALUES = 1_000_000
INFLATED_BYTES = 4 * 1024 * 1024  # at once
WORKSPACE_ID = re.compile(r"wrkspc_[A-Za-z0-9]+")
BEARER = "Bearer "
# Keys that let nobody in, so that a refusal can be had without configured keys: one of every form.
PROVOKING = ("sk-ant-invalid", "sk-ant-api03-invalid", "sk-ant-oat01-invalid")
# reported: the first day on which credentials of these forms were refused in today's words
RECENT_WORDS = dt.date(2026, 8, 12)
KEY_FORM, TOKEN_FORM = "sk-", "sk-ant-oat"
PRESENT = Clock()
BROWSER = "anthropic-dangerous-direct-browser-access"
JSON = "application/json"

# Where credentials come from, and what no journal, log or cassette may hold: the first two let in.
CREDENTIAL_HEADERS = (
    "x-api-key",
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-mock-token",
)
KEY_HEADER, BEARER_HEADER, *_ = CREDENTIAL_HEADERS

Headers = Mapping[str, str]


class Caller(NamedTuple):
    """What the headers of a request say."""

    key: str
    version: str
    betas: frozenset[str]
    day: dt.date | None
    user_profile: str | None = None


def credential(headers: Headers) -> tuple[str, bool]:
    """The key of a request and whether it came as a bearer token. x-api-key wins (recorded)."""
    key = headers.get(KEY_HEADER)
    if key is not None:
        return key, False
    value = headers.get(BEARER_HEADER, "")
    return (value[len(BEARER) :].strip(), True) if value[:7].lower() == "bearer " else ("", False)


def caller(headers: Headers, settings: Settings, clock: Clock = PRESENT) -> Caller:
    """Check the headers in the order in which the live API does: key, version, betas; then the workspace (policy).

    The clock says the day where the headers do not; the words of some refusals hang on it.
    """
    key, version, betas = _key(headers, settings, clock), _version(headers), _betas(headers)
    if not settings.example:
        _check_betas(betas)
        _check_workspace(headers)
    return Caller(
        key, version, frozenset(betas), _day(headers), headers.get("anthropic-user-profile-id")
    )


def _key(headers: Headers, settings: Settings, clock: Clock) -> str:
    key, is_bearer = credential(headers)
    if not key:
        raise ApiError(401, "x-api-key header is required", rule="header.key")
    if not is_good_key(key, settings):
        is_recent = (_day(headers) or clock.today()) >= RECENT_WORDS
        message = _refusal(key, is_bearer=is_bearer, is_recent=is_recent)
        raise ApiError(401, message, rule="header.key")
    if "origin" in headers and BROWSER not in headers:
        raise ApiError(401, f"CORS requests must set '{BROWSER}' header", rule="header.origin")
    return key


def _refusal(key: str, *, is_bearer: bool, is_recent: bool) -> str:
    # That the form of a credential decides is inferred from the keys of which both form and answer are known; a key
    # sent as Bearer was refused as it always had been when other words were in use for the two (2026-08-19).
    if is_bearer:
        is_known = is_recent and key.startswith(TOKEN_FORM)
        return INVALID_TOKEN if is_known else "Invalid bearer token"
    return INVALID_KEY if is_recent and key.startswith(KEY_FORM) else "invalid x-api-key"


def is_good_key(key: str, settings: Settings) -> bool:
    """Whether a key lets in: one of the configured ones or, with none configured, any but the provoking ones."""
    if settings.keys:
        return key in settings.keys
    provoked = key in ("", "invalid") or key.startswith(PROVOKING)
    return not provoked and len(key) <= LONGEST_KEY and key.isascii() and "," not in key


def _version(headers: Headers) -> str:
    value = headers.get("anthropic-version")
    if value is None:
        raise invalid("anthropic-version: header is required", rule="header.version")
    if value not in VERSIONS:
        raise invalid(f'anthropic-version: "{value}" is not a valid version', rule="header.version")
    return VERSIONS[value]


def _betas(headers: Headers) -> list[str]:
    value = headers.get("anthropic-beta")
    return [] if value is None else [part.strip() for part in value.split(",")]


def _check_betas(betas: list[str]) -> None:
    unknown = [beta for beta in betas if beta not in KNOWN]
    if unknown:
        shown = ", ".join(f"`{beta}`" for beta in unknown)
        raise invalid(
            f"Unexpected value(s) {shown} for the `anthropic-beta` header. Please consult our "
            "documentation at platform.claude.com/docs or try again without the header.",
            rule="header.beta",
        )


def _check_workspace(headers: Headers) -> None:
    value = headers.get("anthropic-workspace-id")
    if value is not None and not WORKSPACE_ID.fullmatch(value):
        raise invalid(
            f"anthropic-workspace-id: {value!r} is not the id of a workspace",
            rule="header.workspace",
        )


def _day(headers: Headers) -> dt.date | None:
    value = headers.get("x-mock-now")
    if value is None:
        return None
    try:
        return day(value)
    except ValueError as error:
        raise invalid(f"x-mock-now: {error}") from error


def check_content_type(headers: Headers) -> None:
    """Refuse a body that is not announced as JSON (policy), or in a charset that the API does not read (SDK)."""
    announced = headers.get("content-type", "")
    if announced == JSON:
        return
    kind, _, parameters = announced.partition(";")
    if kind.strip().lower() != JSON:
        raise invalid(f"content-type: must be {JSON}", rule="header.content-type")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        charset = value.strip().strip('"').lower()
        if name.strip().lower() == "charset" and charset not in CHARSETS:
            raise invalid(
                f"content-type: charset {charset} is not supported",
                details={"error_code": "unsupported_charset"},
                rule="header.content-type",
            )


def json_value(raw: bytes | memoryview) -> Any:
    """Parse a body. Raises the live 400; its reasons are those of the parser that the live API uses (recorded)."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise invalid(f"The request body is not valid JSON: {error}", rule="body.json") from error


def check_values(raw: bytes) -> None:
    """Refuse a body with so many values that parsing it takes long, in which nobody else is answered (policy)."""
    if len(raw) > MOST_VALUES and has_more_values(raw, MOST_VALUES):
        text = f"The request body has more than {MOST_VALUES} values"
        raise invalid(text, rule="body.values")


def unpacked(raw: bytes, announced: str | None, limit: int) -> bytes:
    """Undo the content-encoding. Raises the documented 400 or, past the limit, 413."""
    if announced is None:
        return raw
    encoding = announced.strip().lower()
    if encoding == "identity":
        return raw
    if encoding not in ("gzip", "deflate"):
        raise _encoding_error("unsupported", f"content-encoding {encoding} is not supported")
    try:
        return _inflated(raw, encoding, limit)
    except zlib.error as error:
        raise _encoding_error("invalid", f"the body is not valid {encoding}") from error


def _inflated(raw: bytes, encoding: str, limit: int) -> bytes:
    stream = zlib.decompressobj(wbits=31 if encoding == "gzip" else 15)
    parts: list[bytes] = []
    size = 0
    while part := stream.decompress(raw, INFLATED_BYTES):
        size += len(part)
        if size > limit:
            raise too_large(details={"error_code": "request_body_too_large_after_decoding"})
        parts.append(part)
        raw = stream.unconsumed_tail
    if not stream.eof or stream.unused_data:
        raise _encoding_error("invalid", f"the body is not one whole {encoding} stream")
    return b"".join(parts)


def _encoding_error(what: str, message: str) -> ApiError:
    details = {"error_code": f"request_body_encoding_{what}"}
    return invalid(message, details=details, rule="body.encoding")


def too_large(**more: Any) -> ApiError:
    """The live 413; the connection ends with it, because the rest of the body is not read."""
    return ApiError(413, "Request exceeds the maximum size", closes=True, rule="body.size", **more)
