"""The server against a bare endpoint on the same stack: `python -m tests.bench`."""
