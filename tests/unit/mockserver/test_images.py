"""Pictures: identified by their bytes, refused when broken, never decoded when huge."""

from __future__ import annotations

import base64
import io
import struct
import subprocess
import sys
import zlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from PIL import Image, ImageFile, WebPImagePlugin

from mockserver import images
from mockserver.images import (
    DECODED_PIXELS,
    InvalidBase64,
    NotAnImage,
    Picture,
    Tier,
    decoded,
    fitted,
    inspected,
    picture,
    sniffed_media_type,
    visual_tokens,
)

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.filterwarnings("error")

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


BASE64 = [
    pytest.param("", b"", id="accept_empty"),
    pytest.param("AAAA", bytes(3), id="accept_unpadded_triple"),
    pytest.param("AAA=", bytes(2), id="accept_one_pad"),
    pytest.param("AA==", bytes(1), id="accept_two_pads"),
    pytest.param("+/+/", b"\xfb\xff\xbf", id="accept_standard_alphabet"),
    pytest.param("AB==", bytes(1), id="accept_unused_bits"),
]
NOT_BASE64 = [
    pytest.param("AAA", id="reject_missing_padding"),
    pytest.param("A===", id="reject_three_pads"),
    pytest.param("AAAA====", id="reject_surplus_padding"),
    pytest.param("AAAA=", id="reject_pad_after_whole_group"),
    pytest.param("AA==AAAA", id="reject_data_after_padding"),
    pytest.param("=AAA", id="reject_leading_padding"),
    pytest.param("-_-_", id="reject_url_alphabet"),
    pytest.param("AAAA\n", id="reject_newline"),
    pytest.param("AA AA===", id="reject_space"),
    pytest.param("data:image/png;base64,AAAA", id="reject_data_url"),
    pytest.param("AAA\u0661", id="reject_foreign_digit"),
    pytest.param("AAA\ud800", id="reject_lone_surrogate"),
]


@pytest.mark.parametrize(("text", "data"), BASE64)
def test_decoded_accepts(text: str, data: bytes) -> None:
    assert decoded(text) == data


@pytest.mark.parametrize("text", NOT_BASE64)
@pytest.mark.parametrize("read", [decoded, picture])
def test_decoded_rejects(read: Callable[[str], object], text: str) -> None:
    with pytest.raises(InvalidBase64):
        read(text)


@given(st.binary())
def test_decoded_inverts_encoding(data: bytes) -> None:
    assert decoded(base64.b64encode(data).decode()) == data


@given(st.binary(), st.characters(exclude_characters="+/="), st.data())
def test_decoded_rejects_one_foreign_character(
    data: bytes, foreign: str, draw: st.DataObject
) -> None:
    assume(not (foreign.isascii() and foreign.isalnum()))
    text = base64.b64encode(data).decode()
    place = draw.draw(st.integers(0, len(text)))
    with pytest.raises(InvalidBase64):
        decoded(text[:place] + foreign + text[place:])


@pytest.fixture
def inspections(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Start with nothing remembered, remember two, and list what gets inspected."""
    seen: list[bytes] = []

    def spy(data: bytes) -> Picture:
        seen.append(data)
        return inspected(data)

    monkeypatch.setattr(images, "inspected", spy)
    monkeypatch.setattr(images, "_findings", {})
    monkeypatch.setattr(images, "REMEMBERED_PICTURES", 2)
    return seen


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def test_picture_inspects_a_repeated_text_once(inspections: list[bytes]) -> None:
    text = encoded(saved("PNG"))
    assert picture(text) == picture(text) == Picture("image/png", *SIZE)
    assert len(inspections) == 1


def test_picture_remembers_refusals(inspections: list[bytes]) -> None:
    refusals = []
    for _ in range(2):
        with pytest.raises(NotAnImage, match="unknown bytes") as caught:
            picture(encoded(b"hello"))
        refusals.append(caught.value)
    assert len(inspections) == 1
    # One exception raised twice would drag along the frames of the first request.
    assert refusals[0] is not refusals[1]


def test_picture_forgets_the_least_recently_used(inspections: list[bytes]) -> None:
    first, second, third = (saved("GIF", size=(side, side)) for side in (1, 2, 3))
    for data in (first, second, first, third, first, second):
        picture(encoded(data))
    assert inspections == [first, second, third, second]


def test_picture_may_be_asked_by_many_threads(inspections: list[bytes]) -> None:
    texts = [encoded(saved("PNG", size=(side, 5))) for side in range(1, 9)] * 20
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(picture, texts))
    assert [each.width for each in found] == list(range(1, 9)) * 20
    assert set(inspections) == {decoded(text) for text in texts}


def test_pillow_is_imported_at_first_use() -> None:
    program = "import sys, mockserver.images; sys.exit('PIL' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


SIZES = [
    # docs: vision, "Resolution and token cost"
    pytest.param(200, 200, "standard", (200, 200), 64, id="200x200_standard"),
    pytest.param(200, 200, "high", (200, 200), 64, id="200x200_high"),
    pytest.param(1000, 1000, "standard", (1000, 1000), 1296, id="1000x1000_standard"),
    pytest.param(1000, 1000, "high", (1000, 1000), 1296, id="1000x1000_high"),
    pytest.param(1092, 1092, "standard", (1092, 1092), 1521, id="1092x1092_standard"),
    pytest.param(1092, 1092, "high", (1092, 1092), 1521, id="1092x1092_high"),
    pytest.param(1920, 1080, "standard", (1456, 819), 1560, id="1920x1080_standard"),
    pytest.param(1920, 1080, "high", (1920, 1080), 2691, id="1920x1080_high"),
    pytest.param(2000, 1500, "standard", (1269, 952), 1564, id="2000x1500_standard"),
    pytest.param(2000, 1500, "high", (2000, 1500), 3888, id="2000x1500_high"),
    pytest.param(3840, 2160, "standard", (1456, 819), 1560, id="3840x2160_standard"),
    pytest.param(3840, 2160, "high", (2576, 1449), 4784, id="3840x2160_high"),
    # docs: vision coordinates
    pytest.param(1075, 1520, "standard", (924, 1307), 1551, id="1075x1520_standard"),
    pytest.param(1075, 1520, "high", (1075, 1520), 2145, id="1075x1520_high"),
    # recorded 2026-09-01 (claude-haiku-4-5, claude-sonnet-5), 2026-09-30 and 2026-10-07
    pytest.param(1593, 2324, "standard", (902, 1316), 1551, id="1593x2324_standard"),
    pytest.param(1593, 2324, "high", (1593, 2324), 4731, id="1593x2324_high"),
    pytest.param(4000, 4000, "standard", (1092, 1092), 1521, id="4000x4000_standard"),
    pytest.param(1191, 1684, "standard", (924, 1307), 1551, id="1191x1684_standard"),
    # by the rule: the edge limit binds, and no side vanishes
    pytest.param(8000, 100, "standard", (1568, 20), 56, id="8000x100_standard"),
    pytest.param(1, 8000, "high", (1, 2576), 92, id="1x8000_high"),
    pytest.param(1, 1, "standard", (1, 1), 1, id="1x1_standard"),
]


@pytest.mark.parametrize(("width", "height", "tier", "size", "tokens"), SIZES)
def test_fitted_and_visual_tokens(
    width: int, height: int, tier: Tier, size: tuple[int, int], tokens: int
) -> None:
    assert fitted(width, height, tier) == size
    assert visual_tokens(width, height, tier) == tokens


sides = st.integers(1, 20_000)
tiers = st.sampled_from(("standard", "high"))
LIMITS: dict[Tier, tuple[int, int]] = {"standard": (1568, 1568), "high": (2576, 4784)}


def fits(width: int, height: int, tier: Tier) -> bool:
    edge, tokens = LIMITS[tier]
    return max(width, height) <= edge and ((width + 27) // 28) * ((height + 27) // 28) <= tokens


@given(sides, sides, tiers)
def test_fitted_never_exceeds_the_limits(width: int, height: int, tier: Tier) -> None:
    assert fits(*fitted(width, height, tier), tier)


@given(sides, sides, tiers)
def test_fitted_changes_only_what_does_not_fit(width: int, height: int, tier: Tier) -> None:
    assert (fitted(width, height, tier) == (width, height)) == fits(width, height, tier)


@given(sides, sides, tiers)
def test_fitted_keeps_the_shape_within_half_a_pixel(width: int, height: int, tier: Tier) -> None:
    short, long = sorted((width, height))
    fitted_short, fitted_long = sorted(fitted(width, height, tier))
    exact = fitted_long * short / long
    assert abs(fitted_short - exact) <= 0.5 or (fitted_short == 1 and exact < 1)


@given(sides, sides, tiers)
def test_fitted_is_the_largest_size_that_fits(width: int, height: int, tier: Tier) -> None:
    assume(not fits(width, height, tier))
    short, long = sorted((width, height))
    larger = max(fitted(width, height, tier)) + 1
    assert not fits(larger, max(1, round(larger * short / long + 1e-9)), tier)


@given(sides, sides, tiers)
def test_fitted_is_indifferent_to_orientation(width: int, height: int, tier: Tier) -> None:
    assert fitted(height, width, tier) == fitted(width, height, tier)[::-1]
    assert visual_tokens(height, width, tier) == visual_tokens(width, height, tier)


@given(sides, sides, tiers, st.integers(2, 9))
def test_fitted_is_indifferent_to_resolution(
    width: int, height: int, tier: Tier, times: int
) -> None:
    assume(not fits(width, height, tier))
    assert fitted(width * times, height * times, tier) == fitted(width, height, tier)


@given(sides, sides)
def test_the_high_tier_sees_at_least_as_much(width: int, height: int) -> None:
    assert visual_tokens(width, height, "high") >= visual_tokens(width, height, "standard")
