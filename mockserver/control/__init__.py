"""The control API under /_mock/: how a test, or a person, drives the server and looks at what happened."""
