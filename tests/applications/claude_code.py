"""Claude Code without a terminal: a plain prompt, a file that it reads, a command that it runs, a schema."""

import json
import os
import subprocess
import sys
from pathlib import Path

CLAUDE = sys.argv[1]
# Nothing but the server on loopback is to be talked to.
ENVIRONMENT = {
    **os.environ,
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "DISABLE_AUTOUPDATER": "1",
    "DISABLE_TELEMETRY": "1",
}
PET = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
}


def asked(prompt: str, *options: str) -> dict:
    done = subprocess.run(
        [CLAUDE, "-p", prompt, "--output-format", "json", *options],
        env=ENVIRONMENT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    try:
        result = json.loads(done.stdout)
    except ValueError:
        sys.exit(f"claude ended with {done.returncode}: {done.stdout[:500]} {done.stderr[:500]}")
    if result["is_error"]:
        sys.exit(f"claude: {result['result'][:500]}")
    return result


note = Path("note.txt").resolve()
note.write_text("the anchor is aweigh\n")
plain = asked("Say ahoy")
assert "Say ahoy" in plain["result"], plain
read = asked(f"Use the Read tool on '{note}'", "--allowedTools", "Read")
assert "the anchor is aweigh" in read["result"], read["result"]
bash = asked("Use the Bash tool to run 'echo all hands on deck'", "--allowedTools", "Bash")
assert "all hands on deck" in bash["result"].replace("echo all hands on deck", ""), bash["result"]
pet = asked("A pet called 'Rex' of age 7", "--json-schema", json.dumps(PET))
assert set(pet["structured_output"]) == {"name", "age"}, pet
print(
    f"plain prompt, Read in {read['num_turns']} turns, Bash in {bash['num_turns']} turns, "
    f"JSON schema {pet['structured_output']}"
)
