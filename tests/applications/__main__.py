"""Install real applications into a folder of their own, run each against a fresh server, and print what was seen.

    python -m tests.applications [--folder DIR] [NAME ...]

Needs the package registries, and Node for `vercel` and `claude-code`. With --folder the packages stay for the
next run. Traffic goes to the server on loopback only.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from tabulate import tabulate

from mockserver.testing import MockServer

HERE = Path(__file__).parent
SECONDS = 600


class Application(NamedTuple):
    """What to install, from where, what to run, and whose version to name."""

    program: str
    packages: tuple[str, ...]
    of_node: bool = False


# The oldest whose streams have today's events, the last of each line, and the newest.
SDKS = {
    "sdk-0.39": ("anthropic==0.39.0", "httpx<0.28"),
    "sdk-0.75": ("anthropic==0.75.0",),
    "sdk-0.x": ("anthropic<1",),
    "sdk-1.x": ("anthropic<2",),
    "sdk-2.0": ("anthropic==2.0.0",),
    "sdk-newest": ("anthropic",),
}
APPLICATIONS = {
    **{name: Application("sdk_basics.py", packages) for name, packages in SDKS.items()},
    "typescript": Application("typescript_basics.mjs", ("@anthropic-ai/sdk",), of_node=True),
    "langchain": Application("langchain_agent.py", ("langchain-anthropic",)),
    "pydantic-ai": Application("pydantic_ai_agent.py", ("pydantic-ai-slim[anthropic]",)),
    "litellm": Application("litellm_calls.py", ("litellm",)),
    "instructor": Application("instructor_models.py", ("instructor", "anthropic")),
    "vercel": Application("vercel.mjs", ("ai", "@ai-sdk/anthropic", "zod"), of_node=True),
    "claude-code": Application("claude_code.py", ("@anthropic-ai/claude-code",), of_node=True),
}


def ran(command: list[str | Path], folder: Path, environment: dict[str, str]) -> str:
    """Run a command to its end and give what it printed. Raises CalledProcessError."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=environment,
        text=True,
        timeout=SECONDS,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    return done.stdout.strip()


def installed(application: Application, folder: Path) -> str:
    """Install the newest packages; give the version of the first."""
    environment = dict(os.environ)
    folder.mkdir(parents=True, exist_ok=True)
    first = application.packages[0]
    if application.of_node:
        wanted = [f"{name}@latest" for name in application.packages]
        ran(["npm", "install", "--no-audit", "--no-fund", *wanted], folder, environment)
        listed = ran(["npm", "list", "--depth=0", first], folder, environment)
        return listed.split(f"{first}@")[-1].split()[0]
    if not (folder / "venv").exists():
        ran([sys.executable, "-m", "venv", "venv"], folder, environment)
    pip = [folder / "venv/bin/python", "-m", "pip"]
    ran([*pip, "install", "--quiet", "--upgrade", *application.packages], folder, environment)
    shown = ran([*pip, "show", re.split(r"[\[<=]", first)[0]], folder, environment)
    return next(line.split()[1] for line in shown.splitlines() if line.startswith("Version:"))


def command(name: str, application: Application, folder: Path) -> list[str | Path]:
    """How to run the program of an application."""
    program = HERE / application.program
    if name == "claude-code":
        return [
            sys.executable,
            program,
            *folder.glob("node_modules/@anthropic-ai/*-linux-*64/claude"),
        ]
    if application.of_node:
        # Modules are looked for beside the program, not beside the folder it runs in.
        copy = folder / program.name
        copy.write_bytes(program.read_bytes())
        return ["node", copy]
    return [folder / "venv/bin/python", program]


def tried(name: str, folder: Path, server: MockServer) -> tuple[str, str, str]:
    """A row of the table: the application, its version, what was seen."""
    application = APPLICATIONS[name]
    version = "-"
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("ANTHROPIC_", "CLAUDE"))},
        "ANTHROPIC_BASE_URL": server.url,
        "ANTHROPIC_API_KEY": server.fresh_key(),
        "HOME": str(folder),
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # or it asks another host for its price list
    }
    try:
        version = installed(application, folder)
        said = ran(command(name, application, folder), folder, environment)
    except subprocess.CalledProcessError as error:
        return name, version, f"FAILED: {error.stdout.strip()[-1500:]}"
    return name, version, said.splitlines()[-1]


def main() -> None:
    """Try the named applications, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.applications")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(APPLICATIONS))
    parser.add_argument("--folder", type=Path, help="where packages are installed, and kept")
    options = parser.parse_args()
    unknown = set(options.names) - set(APPLICATIONS)
    if unknown:
        parser.error(f"there is no {', '.join(unknown)}; there are {', '.join(APPLICATIONS)}")
    with tempfile.TemporaryDirectory() as temporary, MockServer() as server:
        folder = (options.folder or Path(temporary)).resolve()
        names = options.names or APPLICATIONS
        rows = [tried(name, folder / name, server) for name in names]
    print(
        tabulate(rows, headers=["application", "version", "seen"], maxcolwidths=[None, None, 120])
    )
    sys.exit(any(seen.startswith("FAILED") for _, _, seen in rows))


if __name__ == "__main__":
    main()
