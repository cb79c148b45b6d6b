"""Settings: frozen, safe by default, with the documented limits."""

from __future__ import annotations

import dataclasses

import pytest

from mockserver.settings import Settings


def test_defaults_are_loopback_and_strict() -> None:
    settings = Settings()
    assert settings.is_loopback
    assert not settings.lenient
    assert settings.allowed_rules == settings.allowed_hosts == settings.keys == ()
    assert settings.now is None


def test_limits_are_the_documented_ones() -> None:
    assert Settings().max_message_bytes == 32 * 1024 * 1024
    assert Settings().max_file_bytes == 500 * 1024 * 1024


def test_settings_are_frozen() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Settings().port = 1  # type: ignore[misc] # that is the point


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("127.0.0.1", True, id="loopback_v4"),
        pytest.param("127.9.9.9", True, id="loopback_block"),
        pytest.param("::1", True, id="loopback_v6"),
        pytest.param("localhost", True, id="loopback_name"),
        pytest.param("0.0.0.0", False, id="exposed_everywhere"),  # noqa: S104 # a value, not bound
        pytest.param("192.0.2.1", False, id="exposed_address"),
        pytest.param("::", False, id="exposed_everywhere_v6"),
        pytest.param("127.evil.example", False, id="exposed_name_that_looks_like_loopback"),
    ],
)
def test_is_loopback_judges_the_host(host: str, *, expected: bool) -> None:
    assert Settings(host=host).is_loopback is expected
