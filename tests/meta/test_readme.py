"""The README's examples run, and print what it says."""

import re
import shlex
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver.cli import main
from mockserver.testing import MockServer

README = Path(__file__).parents[2] / "README.md"
BLOCK = re.compile(r"```(\w+)\n(.*?)```", re.DOTALL)
BLOCKS = BLOCK.findall(README.read_text("utf-8"))
EXAMPLES = [
    pytest.param(code, text, id=f"example_{number}")
    for number, ((kind, code), (next_kind, text)) in enumerate(pairwise(BLOCKS))
    if (kind, next_kind) == ("python", "text")
]


@pytest.mark.parametrize(("code", "printed"), EXAMPLES)
def test_python_block_prints_what_the_next_block_says(code: str, printed: str) -> None:
    with MockServer() as server:
        program = code.replace("http://127.0.0.1:8080", server.url)
        shown = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            cwd=README.parent,
            check=False,
        )

    assert (shown.stdout, shown.stderr) == (printed, "")


def test_every_python_block_is_followed_by_what_it_prints() -> None:
    assert len(EXAMPLES) == sum(kind == "python" for kind, _ in BLOCKS)


def test_commands_of_the_readme_exist() -> None:
    shell = [code for kind, code in BLOCKS if kind == "sh"]
    words = shlex.split(next(code for code in shell if code.startswith("messages-mock")))

    assert CliRunner().invoke(main, words[1:]).exit_code == 0
    assert any("messages-mock serve" in code for code in shell)
    assert any("python -m pytest" in code for code in shell)
