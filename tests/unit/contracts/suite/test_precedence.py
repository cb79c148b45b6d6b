"""Tables of faults become a case for every pair, refused as the first fault alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.models import as_of
from contracts.suite.cases import expanded
from contracts.suite.errors import CaseError
from contracts.suite.requests import request
from tests.unit.contracts.suite.folder import read

HEAD = """about: A topic.
tables:
  - id: t
    source: s
    date: undated
    evidence: policy
    live: safe
    faults:
"""
KEY = "      - {id: key, headers: {x-api-key: null}, status: 401, refused: no key}\n"
BETA = "      - {id: beta, headers: {a: b}, betas: [x], refused: no beta}\n"
SHAPE = "      - {id: shape, set: {x: 1}, cut: 1, betas: [y], refused: no shape, source: mine}\n"


def test_every_pair_is_a_case(tmp_path: Path) -> None:
    first, second, third = read(tmp_path, KEY + BETA + SHAPE, head=HEAD)

    assert first.id == "topic/t.key-before-beta"
    assert first.fields["headers"] == {"x-api-key": None, "a": "b"}
    assert (first.fields["status"], first.fields["refused"]) == (401, "no key")
    assert first.place == f"{tmp_path}/topic.yaml:9"
    assert second.id == "topic/t.key-before-shape"
    assert (third.fields["betas"], third.fields["source"]) == (["x", "y"], "s")


def test_a_pair_is_one_request(tmp_path: Path) -> None:
    *_, pair = read(tmp_path, KEY + BETA + SHAPE, head=HEAD)
    sent = request(next(expanded(pair, as_of())), "key")

    assert json.loads(sent.body + b"}")["x"] == 1
    assert sent.headers["anthropic-beta"] == "x,y"


@pytest.mark.parametrize(
    ("fault", "key"),
    [
        pytest.param("{id: other, headers: {x-api-key: b}, refused: r}", "headers", id="headers"),
        pytest.param("{id: other, cut: 2, refused: r}", "cut", id="cut"),
    ],
)
def test_faults_that_exclude_each_other_are_told(tmp_path: Path, fault: str, key: str) -> None:
    first = KEY.replace("status", "cut: 1, status")
    with pytest.raises(CaseError, match=f"topic.yaml:9: .*key and other have both '{key}'"):
        read(tmp_path, f"{first}      - {fault}\n", head=HEAD)
