"""JSON as JSONTestSuite has it: each case is the body of a request, and the content of a message."""

from __future__ import annotations

import pytest

from tests.wire import raw
from tests.wire.json_suite import ACCEPT, REJECT

NOT_JSON = "The request body is not valid JSON: "


def cases(table: dict[str, bytes]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        "body", [pytest.param(body, id=f"C16_{name}") for name, body in table.items()]
    )


def wrapped(body: bytes) -> bytes:
    """The case as an input of a tool, deep inside a request."""
    return raw.BODY.replace(b'"Hello, wire"', b'[{"type":"text","text":"a","a":%b}]' % body)


@cases(REJECT)
def test_what_no_parser_may_accept_is_refused(port: int, body: bytes, parts: raw.Parts) -> None:
    for request in (raw.post(body), raw.post(wrapped(body))):
        status, kind, message = raw.only(port, parts(request)).error
        assert (status, kind) == (400, "invalid_request_error")
        assert message.startswith(NOT_JSON)


@cases(ACCEPT)
def test_what_every_parser_must_accept_is_read(port: int, body: bytes, parts: raw.Parts) -> None:
    for request in (raw.post(body), raw.post(wrapped(body))):
        response = raw.only(port, parts(request))
        assert response.error[:2] == (400, "invalid_request_error")
        assert not response.error[2].startswith(NOT_JSON)
        assert response.header("x-mock-rule") == "shape"


def test_the_suite_is_whole() -> None:
    assert len(ACCEPT) == 95
    assert len(REJECT) == 193
