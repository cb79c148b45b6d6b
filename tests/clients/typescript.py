"""The programs of clients/typescript in a folder with the SDK, for Node.

What needs them is skipped where there is no Node. Where the SDK can't be installed it is skipped too, but not in CI.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from mockserver.testing import Access

SOURCES = Path(__file__).parents[2] / "clients" / "typescript"
DRIVER = Path(__file__).with_name("faults.mjs")
NODE, NPM = shutil.which("node"), shutil.which("npm")
INSTALL_SECONDS, SECONDS = 180, 60
NEEDS_NODE = pytest.mark.skipif(not (NODE and NPM), reason="Node and npm are not installed")


@cache
def folder() -> Path:
    """The programs with the SDK beside them, installed once."""
    temporary = TemporaryDirectory()
    atexit.register(temporary.cleanup)
    found = Path(temporary.name)
    shutil.copytree(SOURCES, found, dirs_exist_ok=True)
    shutil.copy(DRIVER, found)
    command = [NPM, "install", "--no-audit", "--no-fund", "--no-package-lock", "--silent"]
    done = subprocess.run(
        command, cwd=found, capture_output=True, text=True, timeout=INSTALL_SECONDS, check=False
    )
    if done.returncode != 0:
        told = f"npm could not install the SDK: {done.stderr[-500:]}"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(told)
    return found


def node(mock: Access, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
    """Run a program against a mock; `given` is what it reads."""
    keys = {"ANTHROPIC_BASE_URL": mock.url, "ANTHROPIC_API_KEY": mock.api_key}
    environment = {k: v for k, v in os.environ.items() if k != "ANTHROPIC_AUTH_TOKEN"} | keys
    return subprocess.run(
        [NODE, *arguments],
        cwd=folder(),
        env=environment,
        input=given,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
