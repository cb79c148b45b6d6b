"""The least that this stack can do: Starlette and uvicorn parse a body and send an answer that is ready.

Run as `python -m tests.bench.bare FD`: serves on a listening socket that is already open.
"""

import socket
import sys

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

# As long as a short answer of the server.
ANSWER = orjson.dumps({"type": "message", "content": [{"type": "text", "text": "Hello. " * 60}]})
_DELTA = {
    "type": "content_block_delta",
    "index": 0,
    "delta": {"type": "text_delta", "text": "word "},
}
STREAM = b"event: content_block_delta\ndata: %b\n\n" % orjson.dumps(_DELTA) * 200


async def messages(request: Request) -> Response:
    body = orjson.loads(await request.body())
    if body.get("stream"):
        return Response(STREAM, media_type="text/event-stream")
    return Response(ANSWER, media_type="application/json")


app = Starlette(routes=[Route("/v1/messages", messages, methods=["POST"])])

if __name__ == "__main__":
    config = uvicorn.Config(app, log_level="error", access_log=False, lifespan="off")
    uvicorn.Server(config).run([socket.socket(fileno=int(sys.argv[1]))])
