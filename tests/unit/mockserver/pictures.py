"""Pictures for tests, made or spoilt by hand."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image

SIZE = (37, 23)
PNG_START = b"\x89PNG\r\n\x1a\n"


def saved(kind: str, mode: str = "RGB", size: tuple[int, int] = SIZE, **options: object) -> bytes:
    file = io.BytesIO()
    noise = Image.effect_noise(size, 40)
    noise.convert("RGB" if mode in ("CMYK", "P") else mode).convert(mode).save(
        file, kind, **options
    )
    return file.getvalue()


def animated(kind: str, **options: object) -> bytes:
    file = io.BytesIO()
    first, second = Image.new("RGB", SIZE, "red"), Image.new("RGB", SIZE, "blue")
    first.save(file, kind, save_all=True, append_images=[second], duration=40, **options)
    return file.getvalue()


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_header(width: int, height: int) -> bytes:
    return PNG_START + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))


def png(width: int, height: int, pixels: bytes) -> bytes:
    return png_header(width, height) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def with_chunk(data: bytes, extra: bytes) -> bytes:
    after_header = len(png_header(1, 1))
    return data[:after_header] + extra + data[after_header:]


def with_exif(exif: bytes) -> bytes:
    # Without the JFIF segment's density, a reader looks for one in the EXIF data.
    data = saved("JPEG")
    body = b"Exif\0\0" + exif
    return b"\xff\xd8\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[20:]


def gif(screen: tuple[int, int], frame: tuple[int, int], before_frame: bytes = b"") -> bytes:
    source = saved("GIF", size=frame)
    head = 13 + (6 << (source[10] & 7))
    return source[:6] + struct.pack("<HH", *screen) + source[10:head] + before_frame + source[head:]


def webp(kind: bytes, body: bytes) -> bytes:
    piece = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(piece) + 4) + b"WEBP" + piece


def resized_jpeg(width: int, height: int) -> bytes:
    data = saved("JPEG")
    frame = data.index(b"\xff\xc0")
    return data[: frame + 5] + struct.pack(">HH", height, width) + data[frame + 9 :]
