"""The routes of the API, as plain ASGI endpoints."""
