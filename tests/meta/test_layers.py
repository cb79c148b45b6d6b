"""Imports go down only: who may import whom is part of the design."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# From the top down; a module imports nothing above its own layer.
LAYERS = (
    ("cli", "__main__"),
    ("checking", "hunting", "upgrading"),
    ("days",),
    ("cassette_commands",),
    ("amounts", "filled"),
    ("converting", "running"),
    ("drift", "recording"),
    ("pytest_plugin",),
    ("testing",),
    ("driving", "serving"),
    ("connections", "refusals", "migration"),
    ("app",),
    ("guard",),
    ("cassettes", "control", "endpoints"),
    ("breaking",),
    ("pacing",),
    ("exchange",),
    ("diagnostics",),
    ("promptcache",),
    ("recorded", "replies", "streaming"),
    ("rules",),
    ("clearing", "fallback_credit", "fallbacks"),
    ("tokens", "tool_input"),
    ("media_tokens", "tool_tokens"),
    ("text_tokens",),
    ("binding",),
    ("prefix",),
    ("edits", "thoughts"),
    ("workspace",),
    ("verdict", "quotas"),
    ("rate_limits",),
    ("redaction",),
    ("journal", "scripts"),
    ("examples", "request"),
    ("shelves",),
    ("skills",),
    (
        "skill_bundles",
        "batches",
        "batch_bodies",
        "cachestore",
        "costs",
        "threads",
        "files",
        "uploads",
        "model_info",
    ),
    ("cors", "incoming"),
    ("contract", "intake", "offered"),
    ("batch", "deltas"),
    ("store",),
    ("catalogue", "images", "pdfs", "signing", "betas", "cuts", "redemption", "turns", "wire"),
    ("cycle",),
    ("blocks", "headers", "heads", "idle", "ids", "json_size", "recent", "rounds", "upgrades"),
    ("steps",),
    ("clock", "descriptors", "faults", "settings", "errors"),
)
RANK = {name: rank for rank, names in enumerate(LAYERS) for name in names}
# Both import on use: the plugin's fixtures give SDK clients to those who ask for them, and record mode
# alone has an HTTP client.
EXCEPTED = ("pytest_plugin.py", "upstream.py")
MODULES = sorted((ROOT / "mockserver").rglob("*.py"))


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(path: Path) -> str:
    return path.relative_to(ROOT / "mockserver").parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_module_imports_nothing_above_its_layer(path: Path) -> None:
    own = part(path)
    if own == "__init__":
        return
    names = [name.split(".")[1] for name in imported(path) if name.startswith("mockserver.")]
    above = {name for name in names if name in RANK and RANK[name] < RANK[own]}

    assert above == set()


def test_every_module_has_a_layer() -> None:
    assert {part(path) for path in MODULES} - {"__init__"} == set(RANK)


@pytest.mark.parametrize(
    ("package", "forbidden"),
    [
        pytest.param("contracts", {"mockserver", "clients"}, id="contracts"),
        pytest.param("clients", {"mockserver", "contracts"}, id="clients"),
        pytest.param(
            "mockserver",
            {"clients", "anthropic", "hypothesis", "jsonschema", "httpx2"},
            id="mockserver",
        ),
    ],
)
def test_package_does_not_import(package: str, forbidden: set[str]) -> None:
    names = {
        name.split(".")[0]
        for path in (ROOT / package).rglob("*.py")
        if path.name not in EXCEPTED
        for name in imported(path)
    }

    assert names & forbidden == set()


def test_running_server_has_not_loaded_the_suite() -> None:
    code = (
        "import sys, urllib.request, urllib.error\n"
        "from mockserver.testing import MockServer\n"
        "with MockServer() as server:\n"
        "    try: urllib.request.urlopen(server.url + '/v1/messages', b'{}')\n"
        "    except urllib.error.HTTPError as error: assert error.code == 401\n"
        "print(sorted({'anthropic', 'httpx2', 'hypothesis', 'jsonschema', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    "path",
    [
        p
        for package in ("mockserver", "contracts", "clients")
        for p in (ROOT / package).rglob("*.py")
    ],
    ids=lambda p: str(p.relative_to(ROOT)),
)
def test_module_and_its_functions_are_short(path: Path) -> None:
    text = path.read_text("utf-8")
    long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        # A table of rules is a list of functions inside one, and as long as the list.
        and node.name != "register"
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= 40
    ]

    assert len(text.splitlines()) <= 300
    assert long == []
