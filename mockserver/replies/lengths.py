"""Texts of the formats that JSON Schema names, of as many characters as are asked for, as far as there are some."""

from __future__ import annotations

from collections.abc import Callable

from mockserver.replies.formats import FORMATS

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
# RFC 1035 for the label of a host, RFC 5321 for the part of an address before the @.
_LONGEST_LABEL = 63
_LONGEST_LOCAL = 64
_DOMAINS = ("@example.com", "@b.co")
# An IPv6 address with `::` in it has at most seven groups besides.
_LONGEST_SHORTENED = 2 + 7 * 4 + 6


def of_length(form: str, length: int, turn: int) -> str | None:
    """A text of the format, of that length or the nearest that there is; None where the length is always the same."""
    make = _MAKERS.get(form)
    return None if make is None else make(length, turn)


def counted(number: int) -> str:
    """The number in as few characters as letters and digits allow."""
    letters = ""
    while number or not letters:
        number, index = divmod(number, len(_DIGITS))
        letters = _DIGITS[index] + letters
    return letters


def _filled(length: int, turn: int) -> str:
    if length <= 0:
        return ""
    return counted(turn).rjust(length, "0")[-length:] if turn else "a" * length


def _around(before: str, after: str, least: int = 1) -> Callable[[int, int], str]:
    fixed = len(before) + len(after)
    return lambda length, turn: before + _filled(max(least, length - fixed), turn) + after


def _fraction(form: str) -> Callable[[int, int], str]:
    def make(length: int, turn: int) -> str:
        whole = FORMATS[form](turn).removesuffix("Z")
        digits = length - len(whole) - len(".Z")
        return f"{whole}.{'0' * digits}Z" if digits > 0 else f"{whole}Z"

    return make


def _duration(length: int, turn: int) -> str:
    return f"P{10 ** max(0, length - 3) + turn}D"


def _host(length: int, turn: int) -> str:
    """Labels of the longest, and one before them that is no shorter than one character."""
    labels, first = divmod(max(1, length), _LONGEST_LABEL + 1)
    if first == 0 and labels:  # no label at all before the dot
        return f"{_filled(1, turn)}.{_host(length - 2, turn)}"
    return ".".join([_filled(first, turn), *["b" * _LONGEST_LABEL] * labels])


def _email(length: int, turn: int) -> str:
    domain = next((d for d in _DOMAINS if len(d) < length), _DOMAINS[-1])
    local = max(1, length - len(domain))
    if local <= _LONGEST_LOCAL:
        return _filled(local, turn) + domain
    return f"{_filled(_LONGEST_LOCAL, turn)}@{_host(length - _LONGEST_LOCAL - 1, 0)}"


def _ipv4(length: int, _turn: int) -> str:
    more = max(0, length - len("1.1.1.1"))
    return ".".join("100"[: 1 + min(2, max(0, more - 2 * place))] for place in range(4))


def _ipv6(length: int, _turn: int) -> str:
    is_whole = length > _LONGEST_SHORTENED
    room = length - (0 if is_whole else len("::"))
    groups = 8 if is_whole else max(1, (room + 5) // 5)
    digits = max(groups, min(4 * groups, room - groups + 1))
    least, more = divmod(digits, groups)
    written = ":".join("1" * (least + (place < more)) for place in range(groups))
    return written if is_whole else f"::{written}"


_MAKERS: dict[str, Callable[[int, int], str]] = {
    "date-time": _fraction("date-time"),
    "time": _fraction("time"),
    "duration": _duration,
    "email": _email,
    "idn-email": _email,
    "hostname": _host,
    "idn-hostname": _host,
    "uri": _around("a:", ""),
    "iri": _around("a:", ""),
    "uri-reference": _around("", ""),
    "iri-reference": _around("", ""),
    "uri-template": _around("", ""),
    "ipv4": _ipv4,
    "ipv6": _ipv6,
    "json-pointer": lambda length, turn: f"/{_filled(length - 1, turn)}" if length > 0 else "",
    "relative-json-pointer": lambda length, turn: f"0/{_filled(length - 2, turn)}"[
        : max(1, length)
    ],
    "regex": _around("", ""),
}
