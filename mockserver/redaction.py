"""Secrets out of what is kept on a disk: by name, by shape, and by value where one is known.

Cleaner(known)       removes the known values too, wherever they stand
.headers .path .value .text

What is removed is replaced by `[removed]`, so that the same request is cleaned to the same text on every day.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from mockserver.intake import BEARER, CREDENTIAL_HEADERS
from mockserver.scripts.model import is_list, is_object

REMOVED = "[removed]"
# A shorter one stands in too many texts that are no secrets.
SHORTEST_VALUE = 8
HEADER_WORDS = frozenset(
    [
        "key",
        "token",
        "secret",
        "auth",
        "authorization",
        "cookie",
        "password",
        "credential",
        "credentials",
        "session",
    ]
)
# Names of members and of query parameters, without what joins their words.
NAMES = frozenset(
    [
        "apikey",
        "xapikey",
        "authorization",
        "proxyauthorization",
        "authorizationtoken",
        "authtoken",
        "accesstoken",
        "refreshtoken",
        "idtoken",
        "sessiontoken",
        "bearertoken",
        "token",
        "secret",
        "clientsecret",
        "secretkey",
        "secretaccesskey",
        "awssecretaccesskey",
        "password",
        "passwd",
        "passphrase",
        "privatekey",
        "cookie",
        "setcookie",
        "credential",
        "credentials",
    ]
)
_JOINTS = re.compile(r"[-_ .]")
_JOINED = "[-_ .]?"
# What a text must have for a pattern to be looked for, which is dear in a large one, and the pattern.
_SHAPES = (
    ("sk-", r"sk-ant-[\w-]{4,}|\bsk-[\w-]{20,}"),
    ("earer ", r"(?<=[Bb]earer )[\w.~+/-]{8,}=*"),
    ("gh", r"\bgh[pousr]_[A-Za-z0-9]{36,}"),
    ("github_pat_", r"\bgithub_pat_\w{22,}"),
    ("glpat-", r"\bglpat-[\w-]{20,}"),
    ("xox", r"\bxox[abposr]-[\w-]{10,}"),
    ("AKIA", r"(?<![\w+/])AKIA[0-9A-Z]{16}(?![\w+/=])"),
    ("AIza", r"(?<![\w+/])AIza[\w-]{35}(?![\w+/=])"),
    ("eyJ", r"\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+"),
    ("PRIVATE KEY", r"(?s)-----BEGIN [A-Z ]*PRIVATE KEY-----.*?-----END [A-Z ]*PRIVATE KEY-----"),
)


def _spelled(name: str) -> str:
    return _JOINED.join(name)


# A member inside of a text, as JSON or as JSON that is a text in JSON.
_MEMBER = rf'\\*"(?i:{"|".join(map(_spelled, sorted(NAMES)))})\\*"\s*:\s*\\*"(?P<named>[^"\\]+)'


_PATTERNS = [(hint, re.compile(shape)) for hint, shape in (*_SHAPES, ('"', _MEMBER))]


class Cleaner:
    """Removes secrets. `known` are values that are secrets whatever they look like."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known: dict[str, re.Pattern[str]] = {}
        self.learn(known)

    def learn(self, values: Iterable[str]) -> None:
        """Take more values for secrets."""
        self._known.update(
            {v: re.compile(re.escape(v)) for v in values if len(v) >= SHORTEST_VALUE}
        )

    def spans(self, text: str) -> list[tuple[int, int]]:
        """Where the secrets in a text stand; none touches another."""
        found: list[tuple[int, int]] = []
        for span in sorted(self._each(text)):
            if found and span[0] <= found[-1][1]:
                found[-1] = (found[-1][0], max(found[-1][1], span[1]))
            else:
                found.append(span)
        return found

    def _each(self, text: str) -> Iterator[tuple[int, int]]:
        for hint, pattern in (*self._known.items(), *_PATTERNS):
            if hint not in text:
                continue
            for match in pattern.finditer(text):
                span = match.span("named" if "named" in pattern.groupindex else 0)
                if text[slice(*span)] != REMOVED:
                    yield span

    def text(self, text: str) -> str:
        """A text without its secrets; the same object when it has none."""
        parts: list[str] = []
        end = 0
        for start, stop in self.spans(text):
            parts += text[end:start], REMOVED
            end = stop
        return "".join((*parts, text[end:])) if parts else text

    def value(self, value: Any) -> Any:
        """A JSON value without its secrets; the same object when it has none."""
        if isinstance(value, str):
            return self.text(value)
        if is_list(value):
            items = [self.value(item) for item in value]
            return items if _differ(items, value) else value
        if is_object(value):
            members = {self.text(name): self._member(name, held) for name, held in value.items()}
            is_same = list(members) == list(value) and not _differ(members.values(), value.values())
            return value if is_same else members
        return value

    def _member(self, name: str, value: Any) -> Any:
        if not is_secret_name(name) or is_object(value):
            return self.value(value)
        if is_list(value):
            return [self._member(name, item) for item in value]
        return REMOVED if isinstance(value, str | int | float) and value else value

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """Headers without those that carry credentials. Names are in lower case."""
        return {n: self.text(v) for n, v in headers.items() if not is_secret_header(n)}

    def path(self, target: str) -> str:
        """A path with its query."""
        path, mark, query = target.partition("?")
        pairs = parse_qsl(query, keep_blank_values=True)
        if any(is_secret_name(name) for name, _ in pairs):
            query = urlencode([(n, REMOVED if is_secret_name(n) else v) for n, v in pairs])
        return self.text(path) + mark + self.text(query)


def secrets_in(value: Any) -> Iterator[str]:
    """The texts that stand in a JSON value under a secret's name, to be removed elsewhere too."""
    if is_list(value):
        for item in value:
            yield from secrets_in(item)
    elif is_object(value):
        for name, inner in value.items():
            if is_secret_name(name) and isinstance(inner, str):
                yield inner
            else:
                yield from secrets_in(inner)


def is_secret_name(name: str) -> bool:
    """Whether what a member or a parameter of this name holds is a secret."""
    return _JOINTS.sub("", name).lower() in NAMES


def is_secret_header(name: str) -> bool:
    """Whether a request header carries a credential."""
    return name in CREDENTIAL_HEADERS or not HEADER_WORDS.isdisjoint(name.lower().split("-"))


def credentials(headers: Mapping[str, str]) -> Iterator[str]:
    """The secrets that request headers carry, alone and with the scheme before them."""
    for name, value in headers.items():
        if is_secret_header(name):
            yield value
            yield value.partition(" ")[2] if value.startswith(BEARER) else value


def _differ(these: Iterable[Any], those: Iterable[Any]) -> bool:
    return any(one is not other for one, other in zip(these, those, strict=True))
