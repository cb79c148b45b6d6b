"""`python -m mockserver` is the command `messages-mock`."""

from mockserver.cli import main

main(prog_name="messages-mock")
