"""Keys and tokens that are refused: what the SDK raises, and that some refusals have no request id."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest

from mockserver.testing import MockServer

HELLO: Any = [{"role": "user", "content": "Hello"}]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with MockServer() as server:
        yield server.url


@pytest.mark.parametrize(
    ("credentials", "text", "has_id"),
    [
        pytest.param(
            {"default_headers": {"x-api-key": "sk-ant-invalid"}, "auth_token": "any"},
            "API key is invalid.",
            False,
            id="key",
        ),
        pytest.param(
            {"auth_token": "sk-ant-oat01-invalid"},
            "OAuth access token is invalid.",
            False,
            id="token",
        ),
        pytest.param(
            {"auth_token": "sk-ant-invalid"}, "Invalid bearer token", True, id="key_as_bearer"
        ),
    ],
)
def test_a_refused_credential_is_an_authentication_error(
    url: str, credentials: dict[str, Any], text: str, *, has_id: bool
) -> None:
    with (
        anthropic.Anthropic(base_url=url, max_retries=0, **credentials) as client,
        pytest.raises(anthropic.AuthenticationError) as caught,
    ):
        client.messages.create(model="claude-opus-5", max_tokens=9, messages=HELLO)

    error = caught.value
    assert error.body == {
        "type": "error",
        "error": {"type": "authentication_error", "message": text},
        "request_id": error.request_id,
    }
    assert (error.request_id is not None) == has_id
