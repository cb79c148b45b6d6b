"""Requests with one edit that the API refuses, and the place that it blames."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from contracts.derive import VERSIONS
from contracts.strategies.asked import Asked
from contracts.strategies.valid import ENDPOINTS, requests

# An edit changes a request's body in place and returns how the refusal begins. It assumes what it needs.
Edit = Callable[[st.DrawFn, Asked], str]


class Way(NamedTuple):
    """An edit, the rule that it breaks, and the requests to which it may apply."""

    rule: str
    edit: Edit
    requests: st.SearchStrategy[Asked]


class Broken(NamedTuple):
    """A request that is refused: the rule that it breaks, and how the message begins."""

    asked: Asked
    rule: str
    begins: str


WAYS: list[Way] = []


def breaks(
    rule: str,
    *,
    models: Mapping[str, Any] | None = None,
    endpoints: Sequence[str] = ENDPOINTS,
    versions: Sequence[str] = VERSIONS,
    betas: Sequence[str] = (),
) -> Callable[[Edit], Edit]:
    """Register an edit that breaks a rule in plain requests to some models, endpoints and versions.

    `betas` are the values of `anthropic-beta` without which the edit would break another rule.
    """
    plain = requests(models=models, endpoints=endpoints, versions=versions, is_plain=True)
    valid = plain.map(lambda asked: asked._replace(betas=tuple(betas)))

    def register(edit: Edit) -> Edit:
        WAYS.append(Way(rule, edit, valid))
        return edit

    return register


@st.composite
def faults(draw: st.DrawFn, ways: Sequence[Way] = WAYS) -> Broken:
    """Requests with one fault, of all ways or of some."""
    way = draw(st.sampled_from(ways))
    valid = draw(way.requests)
    wrong = valid._replace(body=copy.deepcopy(valid.body))
    return Broken(wrong, way.rule, way.edit(draw, wrong))
