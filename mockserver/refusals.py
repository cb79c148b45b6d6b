"""Requests that broke the contract: which of a journal they are, and how a person is told of them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mockserver.recorded import Json, Recorded
from mockserver.rules import RULES

REFUSED = frozenset((400, 404, 413))
# The official clients answer it by sending the whole conversation: no request of the test's was wrong.
ASKED_AGAIN = "thread_unsupported_request"
_PLACE = re.compile(r"([A-Za-z_][\w-]*(?:\.[\w-]+)*): ")


def refusals(requests: Iterable[Recorded], allowed: Sequence[str] = ()) -> list[Recorded]:
    """The requests that a rule refused, but for those rules that are allowed to."""
    return [each for each in requests if _is_refusal(each) and each.rule not in allowed]


def _is_refusal(request: Recorded) -> bool:
    """Whether the request is at fault: no script or fault asked for the error."""
    if request.rule is None or request.script is not None or request.status not in REFUSED:
        return False
    details: Json = request.answer["error"].get("details") or {}
    return details.get("error_code") != ASKED_AGAIN


def place_of(message: str) -> str | None:
    """The place that an error's message blames, where it begins with one."""
    found = _PLACE.match(message)
    return found and found[1]


def told(refused: Sequence[Recorded]) -> str:
    """A paragraph for each refused request: what was said, by which rule, and where that is known from."""
    return "\n".join(map(_paragraph, refused))


def _paragraph(request: Recorded) -> str:
    rule, message = RULES.named(request.rule or ""), request.error or ""
    lines = {
        "said": message,
        "place": place_of(message) or "the request",
        "rule": f"{rule.id}: {rule.title}",
        "source": f"{rule.source} ({rule.evidence})",
        "look up": f"messages-mock rules {rule.id}",
    }
    asked = f"{request.method} {request.path} was refused with {request.status}"
    shown = "\n".join(f"  {name:8} {text}" for name, text in lines.items())
    return f"request {request.number}: {asked}\n{shown}"
