from __future__ import annotations

import base64
import io
from pathlib import Path

import anthropic
import pytest
from PIL import Image

from clients import vision
from tests.clients.bodies import answer, document
from tests.clients.stand_in import StandIn

FILE = {
    "id": "file_01ABCDEFGHIJKLMNOPQRSTUV",
    "type": "file",
    "filename": "photo.png",
    "mime_type": "image/jpeg",
    "size_bytes": 1,
    "created_at": "2026-11-22T12:00:00Z",
    "downloadable": False,
}


def image(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, format=kind)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_media_type_comes_from_the_bytes(kind: str) -> None:
    assert vision.media_type_of(image(kind)) == f"image/{kind.lower()}"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"\x89PNG", id="cut_signature"),
        pytest.param(b"RIFF\x24\x00\x00\x00WAVEfmt ", id="riff_that_is_sound"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", id="svg"),
        pytest.param(b"%PDF-1.7", id="pdf"),
    ],
)
def test_bytes_of_another_format_are_refused_before_sending(data: bytes) -> None:
    with pytest.raises(vision.UnsupportedImageError):
        vision.inline(data)


def test_describe_sends_an_inline_image_before_the_question(
    client: anthropic.Anthropic, stand_in: StandIn
) -> None:
    data = image("JPEG")
    stand_in.answers(answer("A red square."))

    vision.describe(client, vision.inline(data), "What is it?")

    [request] = stand_in.received
    source = {
        "type": "base64",
        "media_type": "image/jpeg",
        "data": base64.b64encode(data).decode(),
    }
    assert request.json["messages"][0]["content"] == [
        {"type": "image", "source": source},
        {"type": "text", "text": "What is it?"},
    ]


def test_describe_sends_a_link_as_it_is(client: anthropic.Anthropic, stand_in: StandIn) -> None:
    stand_in.answers(answer("A red square."))

    vision.describe(client, vision.linked("https://example.com/photo.jpg"), "What is it?")

    block = stand_in.received[0].json["messages"][0]["content"][0]
    assert block["source"] == {"type": "url", "url": "https://example.com/photo.jpg"}


def test_program_uploads_under_the_type_of_the_bytes_and_refers_to_the_file(
    stand_in: StandIn, tmp_path: Path
) -> None:
    path = tmp_path / "photo.png"  # a name that lies
    path.write_bytes(image("JPEG"))
    stand_in.answers(document(FILE), answer("A red square."))

    status = vision.main(["--base-url", stand_in.url, "--api-key", "k", "--upload", str(path)])

    assert status == 0
    upload, request = stand_in.received
    assert upload.path.partition("?")[0] == "/v1/files"
    assert b'filename="photo.png"\r\nContent-Type: image/jpeg' in upload.body
    assert image("JPEG") in upload.body
    block = request.json["messages"][0]["content"][0]
    assert block["source"] == {"type": "file", "file_id": FILE["id"]}
