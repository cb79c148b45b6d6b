"""Settings: frozen, safe by default, with the documented limits."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from mockserver.settings import Settings


def test_defaults_are_loopback_and_strict() -> None:
    settings = Settings()
    assert settings.host == "127.0.0.1"
    assert not settings.lenient
    assert settings.allowed_rules == settings.allowed_hosts == settings.keys == ()
    assert settings.now is None


def test_limits_are_the_documented_ones() -> None:
    assert Settings().max_message_bytes == 32 * 1024 * 1024
    assert Settings().max_file_bytes == 500 * 1024 * 1024
    assert Settings().max_batch_bytes == 256 * 1024 * 1024
    assert Settings().body_limit("/v1/messages/batches") == 256 * 1024 * 1024


@pytest.mark.parametrize(
    ("settings", "blamed"),
    [
        ({"host": ""}, "host"),
        ({"keys": ("a", "")}, "keys"),
        ({"allowed_hosts": ("",), "control_token": ""}, "allowed_hosts and control_token"),
    ],
)
def test_empty_texts_are_refused(settings: dict[str, Any], blamed: str) -> None:
    with pytest.raises(ValueError, match=f"^{blamed}: an empty text; give one, or leave it out$"):
        Settings(**settings)


def test_settings_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc] # that is the point


@pytest.mark.parametrize(
    ("path", "most"),
    [
        pytest.param("/v1/messages", 32, id="messages"),
        pytest.param("/v1/messages/count_tokens", 32, id="count_tokens"),
        pytest.param("/v1/files", 500, id="files"),
    ],
)
def test_body_limit_is_that_of_the_endpoint(path: str, most: int) -> None:
    assert Settings().body_limit(path) == most * 1024 * 1024
