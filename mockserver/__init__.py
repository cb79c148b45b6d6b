"""An offline server that answers like the Claude Messages API.

from mockserver.testing import MockServer

with MockServer() as server:
    client = anthropic.Anthropic(base_url=server.url, api_key=server.api_key)
"""

__version__ = "0.1.0"
