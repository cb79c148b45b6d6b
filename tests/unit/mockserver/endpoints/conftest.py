"""An application of its own for each test."""

from __future__ import annotations

import pytest
from starlette.types import ASGIApp

from mockserver.app import create_app
from mockserver.settings import Settings


@pytest.fixture
def app() -> ASGIApp:
    """The whole application with its default settings."""
    return create_app(Settings())
