"""Images from three sources: bytes in the request, a URL the API fetches, an uploaded file.

python -m clients.vision photo.png --question "What is in this image?"
python -m clients.vision https://example.com/photo.jpg
python -m clients.vision photo.png --upload
"""

from __future__ import annotations

import argparse
import base64
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import anthropic
from anthropic.types import ImageBlockParam, Message
from anthropic.types.message_create_params import MessageCreateParamsBase

from clients import connection
from clients.quickstart import text_of, whole

MediaType = Literal["image/jpeg", "image/png", "image/gif", "image/webp"]


class UnsupportedImageError(ValueError):
    """Raised for bytes that are none of the four formats the API reads."""


def media_type_of(data: bytes) -> MediaType:
    """Return the media type the bytes themselves show; a file name may lie, and the API looks."""
    if data.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if data.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "image/webp"
    raise UnsupportedImageError(f"neither JPEG, PNG, GIF nor WebP: begins with {data[:8]!r}")


def inline(data: bytes) -> ImageBlockParam:
    """Return an image block that holds the bytes."""
    encoded = base64.b64encode(data).decode("ascii")
    return {
        "type": "image",
        "source": {"type": "base64", "media_type": media_type_of(data), "data": encoded},
    }


def linked(url: str) -> ImageBlockParam:
    """Return an image block whose bytes the API fetches itself."""
    return {"type": "image", "source": {"type": "url", "url": url}}


def uploaded(client: anthropic.Anthropic, data: bytes, name: str) -> ImageBlockParam:
    """Upload the bytes and return an image block that names the file, good for many requests."""
    # Files left beta in August 2026; SDKs from before have them in the beta namespace only.
    files = client.files if hasattr(client, "files") else client.beta.files
    file = files.upload(file=(name, data, media_type_of(data)))
    return {"type": "image", "source": {"type": "file", "file_id": file.id}}


def describe(
    client: anthropic.Anthropic,
    image: ImageBlockParam,
    question: str,
    *,
    model: str = connection.DEFAULT_MODEL,
) -> Message:
    """Ask about one image; it goes before the question, as the model reads best."""
    request: MessageCreateParamsBase = {
        "model": model,
        "max_tokens": 1024,
        "messages": [{"role": "user", "content": [image, {"type": "text", "text": question}]}],
    }
    return whole(client, request)


def main(argv: Sequence[str] | None = None) -> int:
    """Ask about the image of the command line and print the answer."""
    parser = connection.arguments("Ask about an image.")
    parser.add_argument("image", help="path, or http(s) URL")
    parser.add_argument("--question", default="Describe this image in detail.")
    parser.add_argument("--upload", action="store_true", help="upload the file, then refer to it")
    return connection.run(_program, parser.parse_args(argv))


def _program(client: anthropic.Anthropic, options: argparse.Namespace) -> None:
    block = _block(client, options.image, upload=options.upload)
    print(text_of(describe(client, block, options.question, model=options.model)))


def _block(client: anthropic.Anthropic, image: str, *, upload: bool) -> ImageBlockParam:
    if image.startswith(("https://", "http://")):
        return linked(image)
    path = Path(image)
    data = path.read_bytes()
    return uploaded(client, data, path.name) if upload else inline(data)


if __name__ == "__main__":
    sys.exit(main())
