"""The API behind the proxy, and the one HTTP client there is in the server: it is imported in record mode only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mockserver.errors import ApiError
from mockserver.intake import BEARER_HEADER, KEY_HEADER, credential

if TYPE_CHECKING:
    import httpx2
    from httpx2 import Response as Response  # noqa: PLC0414 # for the proxy

CONNECT_SECONDS = 10.0
# SDK: how long the official clients wait for an answer
ANSWER_SECONDS = 600.0
MOCK_KEY = "sk-ant-mock"
# RFC 9110, 7.6.1, and what is the matter of this connection alone. The body is sent on unpacked, and
# what comes back is to be read.
NOT_PASSED_ON = frozenset(
    [
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "host",
        "content-length",
        "content-encoding",
        "accept-encoding",
        "expect",
    ]
)


class UpstreamError(Exception):
    """Record mode can't begin; the message says why and what to do."""


class Upstream:
    """Where requests go. `key` is lent to clients that have none or a mock's own.

    Raises UpstreamError for what is no URL, and where the HTTP client is not installed.
    """

    def __init__(self, url: str, key: str | None = None) -> None:
        self.url = _checked(url)
        self.key = key or None
        try:
            import httpx2  # noqa: PLC0415 # in record mode only
        except ImportError as error:
            raise UpstreamError(
                "record mode needs httpx2: install it with `pip install 'messages-mock[record]'`"
            ) from error
        self._library = httpx2

    @property
    def errors(self) -> type[Exception]:
        """What a broken answer raises as it is read."""
        return self._library.HTTPError

    async def open(self) -> None:
        """Make the client, in the event loop in which it is used."""
        self._client: httpx2.AsyncClient = self._library.AsyncClient(
            timeout=self._library.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
            limits=self._library.Limits(max_connections=None),
            follow_redirects=False,
        )

    async def close(self) -> None:
        """Close the client's connections."""
        await self._client.aclose()

    def headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        """A client's headers as they go on. Its own key does too, unless there is a better one to lend."""
        passed = {name: value for name, value in headers.items() if name not in NOT_PASSED_ON}
        own, _ = credential(headers)
        if self.key is not None and (not own or own.startswith(MOCK_KEY)):
            passed.pop(BEARER_HEADER, None)
            passed[KEY_HEADER] = self.key
        return {**passed, "accept-encoding": "identity"}

    async def send(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes
    ) -> Response:
        """Send a request and return with the answer's head. Raises the 502, or the 504 after a long silence."""
        request = self._client.build_request(
            method, self.url + target, headers=self.headers(headers), content=body
        )
        try:
            return await self._client.send(request, stream=True)
        except self._library.HTTPError as error:
            raise self.failed(error) from error

    def failed(self, error: Exception) -> ApiError:
        """What a client of the proxy is told of an upstream that does not answer."""
        is_late = isinstance(error, self._library.ReadTimeout)
        said = str(error) or type(error).__name__
        return ApiError(504 if is_late else 502, f"The upstream {self.url} did not answer: {said}")


def _checked(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise UpstreamError(f"{url!r} is no http or https URL, such as https://api.anthropic.com")
    if parts.username is not None or parts.query or parts.fragment:
        raise UpstreamError(
            f"{parts.hostname}: give the URL without credentials, query and fragment"
        )
    return url.rstrip("/")
