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
# How many cases there are changes with every case.
NUMBERS, RULES = re.compile(r"\d+"), re.compile(r"[- ]+")
IS_TEST = re.compile(r"^def test_", re.MULTILINE)
SCRIPTS = [code for kind, code in BLOCKS if kind == "yaml"]
CASES = "".join(code for kind, code in BLOCKS if kind == "yml")
EXAMPLES = [
    pytest.param(code, text, id=f"example_{number}")
    for number, ((kind, code), (next_kind, text)) in enumerate(pairwise(BLOCKS))
    if (kind, next_kind) == ("python", "text")
]


@pytest.mark.parametrize(("code", "printed"), EXAMPLES)
def test_python_block_prints_what_the_next_block_says(
    code: str, printed: str, tmp_path: Path
) -> None:
    script = tmp_path / "script.yaml"
    script.write_text("".join(SCRIPTS), "utf-8")
    with MockServer(script=script) as server:
        program = code.replace("http://127.0.0.1:8080", server.url)
        shown = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            cwd=README.parent,
            check=False,
        )

    assert (shown.stdout, shown.stderr) == (printed, "")


@pytest.mark.parametrize(
    ("command", "printed"),
    [
        pytest.param(code, text, id=code.split()[1])
        for (kind, code), (next_kind, text) in pairwise(BLOCKS)
        if (kind, next_kind) == ("sh", "text")
    ],
)
def test_shell_block_prints_what_the_next_block_says(
    command: str, printed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my-cases").mkdir()
    (tmp_path / "my-cases" / "greeting.yaml").write_text(CASES, "utf-8")
    monkeypatch.chdir(tmp_path)
    program, *arguments = shlex.split(command)
    done = CliRunner().invoke(main, arguments)

    assert (program, done.exit_code) == ("messages-mock", 0)
    assert in_words(done.stdout) == in_words(printed)


def in_words(text: str) -> str:
    return NUMBERS.sub("0", RULES.sub(" ", text))


def test_every_python_block_is_followed_by_what_it_prints() -> None:
    programs = [c for kind, c in BLOCKS if kind == "python" and not IS_TEST.search(c)]
    assert len(EXAMPLES) == len(programs)


def test_test_blocks_pass_beside_the_program_before_them(tmp_path: Path) -> None:
    python = [code for kind, code in BLOCKS if kind == "python"]
    tests = [pair for pair in pairwise(python) if IS_TEST.search(pair[1])]
    for number, (program, code) in enumerate(tests):
        (tmp_path / "weather.py").write_text(program, "utf-8")
        (tmp_path / f"test_{number}.py").write_text(code, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)

    assert tests
    assert (done.returncode, done.stdout[-20:].count("passed")) == (0, 1), done.stdout


def test_scripts_are_as_short_as_promised() -> None:
    assert SCRIPTS
    assert all(len(script.splitlines()) <= 10 for script in SCRIPTS)


def test_commands_of_the_readme_exist() -> None:
    shell = [code for kind, code in BLOCKS if kind == "sh"]
    words = shlex.split(next(code for code in shell if code.startswith("messages-mock")))

    assert CliRunner().invoke(main, words[1:]).exit_code == 0
    assert any("messages-mock serve" in code for code in shell)
    assert any("python -m pytest" in code for code in shell)
