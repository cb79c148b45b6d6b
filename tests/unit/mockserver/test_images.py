"""Pictures: identified by their bytes, refused when broken, never decoded when huge."""

from __future__ import annotations

import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import ImageFile, WebPImagePlugin

from mockserver.images import (
    DECODED_PIXELS,
    NotAnImage,
    Picture,
    inspected,
    sniffed_media_type,
)
from tests.unit.mockserver.pictures import (
    PNG_START,
    SIZE,
    animated,
    chunk,
    gif,
    png,
    png_header,
    resized_jpeg,
    saved,
    webp,
    with_chunk,
    with_exif,
)

pytestmark = pytest.mark.filterwarnings("error")


READABLE = [
    pytest.param(saved("PNG"), "image/png", SIZE, id="png"),
    pytest.param(saved("PNG", "P"), "image/png", SIZE, id="png_palette"),
    pytest.param(saved("PNG", "1"), "image/png", SIZE, id="png_one_bit"),
    pytest.param(saved("PNG", "RGBA"), "image/png", SIZE, id="png_alpha"),
    pytest.param(saved("PNG", size=(1, 1)), "image/png", (1, 1), id="png_1x1"),
    pytest.param(animated("PNG"), "image/png", SIZE, id="png_animated"),
    pytest.param(
        with_chunk(saved("PNG"), chunk(b"acTL", bytes(8))),
        "image/png",
        SIZE,
        id="png_malformed_animation_header",
    ),
    pytest.param(
        with_chunk(saved("PNG"), chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(2_000_000)))),
        "image/png",
        SIZE,
        id="png_with_inflating_text",
    ),
    pytest.param(saved("PNG") + b"trailing bytes", "image/png", SIZE, id="png_trailing_bytes"),
    pytest.param(saved("JPEG"), "image/jpeg", SIZE, id="jpeg"),
    pytest.param(saved("JPEG", "L"), "image/jpeg", SIZE, id="jpeg_grey"),
    pytest.param(saved("JPEG", "CMYK"), "image/jpeg", SIZE, id="jpeg_cmyk"),
    pytest.param(saved("JPEG", progressive=True), "image/jpeg", SIZE, id="jpeg_progressive"),
    pytest.param(saved("JPEG", size=(1, 1)), "image/jpeg", (1, 1), id="jpeg_1x1"),
    pytest.param(with_exif(b"II*\0\x08\0\0\0\xff\xff"), "image/jpeg", SIZE, id="jpeg_bad_exif"),
    pytest.param(saved("GIF", "P"), "image/gif", SIZE, id="gif"),
    pytest.param(saved("GIF", "L", transparency=3), "image/gif", SIZE, id="gif_transparent"),
    pytest.param(saved("GIF", size=(1, 1)), "image/gif", (1, 1), id="gif_1x1"),
    pytest.param(animated("GIF", loop=0, disposal=2), "image/gif", SIZE, id="gif_animated"),
    pytest.param(gif((10, 10), SIZE), "image/gif", SIZE, id="gif_frame_exceeds_screen"),
    pytest.param(gif((99, 10), SIZE), "image/gif", (99, 23), id="gif_frame_higher_than_screen"),
    pytest.param(
        gif(SIZE, SIZE, b"\0!\xfe\1a\2,,\0"),
        "image/gif",
        SIZE,
        id="gif_stray_byte_and_comment",
    ),
    pytest.param(
        b"GIF89a\1\0\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;",
        "image/gif",
        (1, 1),
        id="gif_without_palette",
    ),
    pytest.param(saved("WEBP"), "image/webp", SIZE, id="webp_lossy"),
    pytest.param(saved("WEBP", lossless=True), "image/webp", SIZE, id="webp_lossless"),
    pytest.param(saved("WEBP", "RGBA", exif=b"Exif\0\0"), "image/webp", SIZE, id="webp_extended"),
    pytest.param(saved("WEBP", size=(1, 1)), "image/webp", (1, 1), id="webp_1x1"),
    pytest.param(animated("WEBP"), "image/webp", SIZE, id="webp_animated"),
]


@pytest.mark.parametrize(("data", "media_type", "size"), READABLE)
def test_inspected_identifies(data: bytes, media_type: str, size: tuple[int, int]) -> None:
    assert inspected(data) == Picture(media_type, *size)


def flipped(data: bytes, position: int) -> bytes:
    return data[:position] + bytes([data[position] ^ 0xFF]) + data[position + 1 :]


UNREADABLE = [
    pytest.param(b"", id="empty"),
    pytest.param(b"hello", id="text"),
    pytest.param(saved("BMP"), id="bmp"),
    pytest.param(b"%PDF-1.7\n", id="pdf"),
    pytest.param(PNG_START, id="png_signature_only"),
    pytest.param(png_header(1, 1), id="png_header_only"),
    pytest.param(png_header(1, 1) + chunk(b"IEND", b""), id="png_without_pixels"),
    pytest.param(saved("PNG")[:-12], id="png_without_end"),
    pytest.param(flipped(saved("PNG"), -16), id="png_wrong_checksum"),
    pytest.param(flipped(saved("PNG", size=(2100, 2100)), -16), id="png_large_wrong_checksum"),
    pytest.param(png(1, 1, b"not zlib"), id="png_pixels_are_not_zlib"),
    pytest.param(png(9, 9, zlib.compress(b"\0\0")), id="png_too_few_pixels"),
    pytest.param(png(0, 0, zlib.compress(b"")), id="png_0x0"),
    pytest.param(
        png_header(1, 1) + chunk(b"teXt", b"") * 100_001 + png(1, 1, zlib.compress(b"\0\0"))[33:],
        id="png_endless_chunks",
    ),
    pytest.param(saved("JPEG")[:200], id="jpeg_truncated_in_header"),
    pytest.param(saved("JPEG")[:-300], id="jpeg_truncated_in_pixels"),
    pytest.param(b"\xff\xd8" + b"\xff" * 200_000 + saved("JPEG")[2:], id="jpeg_endless_filling"),
    pytest.param(saved("GIF")[:900], id="gif_truncated"),
    pytest.param(b"GIF89a\1\0\1\0\0\0\0;", id="gif_without_frame"),
    pytest.param(
        gif((9999, 9999), SIZE, b"!\xfe" + b"\1a" * 100_001 + b"\0"),
        id="gif_endless_extension",
    ),
    pytest.param(saved("WEBP")[:-10], id="webp_truncated"),
    pytest.param(webp(b"VP8?", bytes(40)), id="webp_of_unknown_kind"),
    pytest.param(webp(b"VP8 ", bytes(40)), id="webp_of_zeros"),
]


@pytest.mark.parametrize("data", UNREADABLE)
def test_inspected_refuses(data: bytes) -> None:
    with pytest.raises(NotAnImage):
        inspected(data)


LONE_FRAME = (
    b"GIF89a\x0a\0\x0a\0\0\0\0"  # a screen of 10 x 10
    b"!\xfe\1a\2,,\0,"  # a comment of two blocks, "a" and ",,"
) + struct.pack("<4H", 5, 7, 50_000, 60_000)
HUGE = [
    pytest.param(png(50_000, 50_001, b""), "image/png", (50_000, 50_001), id="png"),
    pytest.param(resized_jpeg(65_500, 65_400), "image/jpeg", (65_500, 65_400), id="jpeg"),
    pytest.param(gif((65_535, 65_534), (1, 1)), "image/gif", (65_535, 65_534), id="gif"),
    pytest.param(LONE_FRAME, "image/gif", (50_005, 60_007), id="gif_frame_exceeds_screen"),
    pytest.param(
        webp(b"VP8X", bytes(4) + b"\1\2\3\4\5\6"),
        "image/webp",
        (0x030201 + 1, 0x060504 + 1),
        id="webp_extended",
    ),
    pytest.param(
        webp(b"VP8L", b"\x2f" + struct.pack("<I", 3 << 28 | 3333 << 14 | 4999)),
        "image/webp",
        (5000, 3334),
        id="webp_lossless",
    ),
    pytest.param(
        webp(b"VP8 ", bytes(6) + struct.pack("<HH", 1 << 14 | 4999, 3 << 14 | 3333)),
        "image/webp",
        (4999, 3333),
        id="webp_lossy",
    ),
]


@pytest.mark.parametrize(("data", "media_type", "size"), HUGE)
def test_inspected_reports_huge_dimensions_without_decoding(
    data: bytes, media_type: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_decoding(monkeypatch)
    assert inspected(data) == Picture(media_type, *size)


def forbid_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object) -> None:
        pytest.fail("decoded")

    monkeypatch.setattr(ImageFile.ImageFile, "load", forbidden)
    monkeypatch.setattr(WebPImagePlugin.WebPImageFile, "__init__", forbidden)


def test_a_huge_png_header_is_small() -> None:
    assert len(png(50_000, 50_000, b"")) < 200


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP"])
def test_inspected_decodes_up_to_its_bound(kind: str) -> None:
    width, height = 2048, DECODED_PIXELS // 2048
    data = saved(kind, "L", (width, height))
    broken = data[:-2000] + bytes(2000) if kind == "PNG" else data[: len(data) // 2]
    assert inspected(data)[1:] == (width, height)
    with pytest.raises(NotAnImage):
        inspected(broken)


@pytest.mark.parametrize(("scans", "is_decoded"), [(100, True), (101, False)])
def test_inspected_leaves_jpegs_of_many_scans_undecoded(
    scans: int, *, is_decoded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    loaded: list[object] = []
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda image: loaded.append(image))  # noqa: PLW0108 # a method needs a function
    data = saved("JPEG")
    inspected(data + b"\xff\xda" * (scans - data.count(b"\xff\xda")))
    assert bool(loaded) == is_decoded


@given(
    st.sampled_from([b"", PNG_START, b"\xff\xd8\xff", b"GIF89a"]),
    st.binary(max_size=400),
)
def test_inspected_raises_nothing_else_on_random_bytes(start: bytes, rest: bytes) -> None:
    assert_verdict(start + rest)


WHOLE = [parameter.values[0] for parameter in READABLE]


@given(st.sampled_from(WHOLE), st.data())
def test_inspected_raises_nothing_else_on_damaged_files(whole: bytes, draw: st.DataObject) -> None:
    data = bytearray(whole)
    for position in draw.draw(st.lists(st.integers(0, len(data) - 1), max_size=4)):
        data[position] = draw.draw(st.integers(0, 255))
    assert_verdict(bytes(data[: draw.draw(st.integers(0, len(data)))]))


def assert_verdict(data: bytes) -> None:
    with suppress(NotAnImage):
        found = inspected(data)
        assert found.media_type == sniffed_media_type(data)
        assert min(found.width, found.height) > 0


MEDIA_TYPES = [
    pytest.param(saved("JPEG"), "image/jpeg", id="jpeg"),
    pytest.param(saved("PNG"), "image/png", id="png"),
    pytest.param(b"GIF87a", "image/gif", id="gif87"),
    pytest.param(saved("GIF"), "image/gif", id="gif89"),
    pytest.param(saved("WEBP"), "image/webp", id="webp"),
    pytest.param(saved("BMP"), "image/bmp", id="bmp"),
    pytest.param(saved("TIFF"), "image/tiff", id="tiff_little_endian"),
    pytest.param(b"MM\0*\0\0\0\x08", "image/tiff", id="tiff_big_endian"),
    pytest.param(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic", id="heic"),
    pytest.param(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "image/heic", id="heic_by_brand"),
    pytest.param(b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf", "image/avif", id="avif"),
    pytest.param(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "image/avif", id="avif_by_brand"),
    pytest.param(b"\0\0\0\x18ftypisom\0\0\0\0isommp42", None, id="mp4"),
    pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"/>', "image/svg+xml", id="svg"),
    pytest.param(b'\xef\xbb\xbf<?xml version="1.0"?>\n<SVG/>', "image/svg+xml", id="svg_prolog"),
    pytest.param(b"<?xml version='1.0'?><note/>", None, id="other_xml"),
    pytest.param(b"<!doctype html><svg/>", None, id="html"),
    pytest.param(b"%PDF-1.7", "application/pdf", id="pdf"),
    pytest.param(b"RIFF\0\0\0\0WAVE", None, id="wave"),
    pytest.param(b"", None, id="empty"),
]


@pytest.mark.parametrize(("data", "media_type"), MEDIA_TYPES)
def test_sniffed_media_type(data: bytes, media_type: str | None) -> None:
    assert sniffed_media_type(data) == media_type
