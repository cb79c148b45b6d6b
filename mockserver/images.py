"""Pictures: what base64 text holds, whether a decoder can read it, and what it costs in tokens.

Work on hostile input is bounded: pixels are decoded up to `DECODED_PIXELS`, of larger pictures
only the header (and a PNG's checksums) is read, and no file is parsed beyond `_PIECES` pieces.
"""

from __future__ import annotations

import base64
import hashlib
import io
import struct
from bisect import bisect_left
from functools import cache
from threading import Lock
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

Size = tuple[int, int]
Tier = Literal["standard", "high"]

# policy: a screenshot of 2560 x 1600 is still decoded, in some 50 ms.
DECODED_PIXELS = 4_194_304
REMEMBERED_PICTURES = 256
PICTURE_TYPES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})

# Chunks, segments or sub-blocks; real files have hundreds, a megabyte of junk has a million.
_PIECES = 100_000
# A progressive JPEG may repeat its scans, each over all pixels; encoders write about ten.
_SCANS = 100


class InvalidBase64(ValueError):
    """The text is not base64."""


class NotAnImage(ValueError):
    """The bytes are not a JPEG, PNG, GIF or WebP picture that a decoder can read."""


class Picture(NamedTuple):
    """What a picture's bytes say of themselves."""

    media_type: str
    width: int
    height: int


def decoded(data: str) -> bytes:
    """Decode base64 of the standard alphabet, with its padding and nothing else in it.

    Unused bits of the last character may have any value, as in most decoders (policy).
    """
    # Python's own check overlooks surplus padding, more or less of it by version.
    if len(data) % 4 or data.endswith("==="):
        raise InvalidBase64("wrong padding")
    try:
        return base64.b64decode(data, validate=True)
    except ValueError as error:
        raise InvalidBase64(str(error)) from error


_SIGNATURES = (
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", "application/pdf"),
)
_HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
_SVG_STARTS = (b"<svg", b"<?xml", b"<!--", b"<!doctype svg")


def sniffed_media_type(data: bytes) -> str | None:
    """Name the media type that the first bytes announce, or None if they announce none we know."""
    for signature, media_type in _SIGNATURES:
        if data.startswith(signature):
            return media_type
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    if data[4:8] == b"ftyp":
        return _iso_media_type(data)
    text = data[:1024].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return "image/svg+xml" if text.startswith(_SVG_STARTS) and b"<svg" in text else None


def _iso_media_type(data: bytes) -> str | None:
    box = data[8 : min(int.from_bytes(data[:4], "big"), 256)]
    brands = {box[start : start + 4] for start in range(0, len(box), 4)}
    if brands & {b"avif", b"avis"}:
        return "image/avif"
    return "image/heic" if brands & _HEIF_BRANDS else None


def inspected(data: bytes) -> Picture:
    """Identify a picture by its bytes and check, within bounds, that it can be decoded.

    Of an animation the first frame counts. Dimensions are returned however large they are.
    """
    media_type = sniffed_media_type(data)
    if media_type not in PICTURE_TYPES:
        raise NotAnImage(f"{media_type or 'unknown bytes'} instead of a picture")
    try:
        width, height = _checked_size(media_type, data)
    except Exception as error:
        # A corrupt file makes Pillow's parsers trip over anything, from KeyError to MemoryError.
        raise NotAnImage(f"{media_type}: {error}") from error
    return Picture(media_type, width, height)


def _checked_size(media_type: str, data: bytes) -> Size:
    # The readers of GIF and WebP allocate the canvas at once: look at its size before they do.
    if media_type == "image/gif" and not _is_decoded(size := _gif_size(data)):
        return size
    if media_type == "image/webp" and not _is_decoded(size := _webp_size(data)):
        return size
    if media_type == "image/png":
        data = _critical_chunks(data)
        image = _opened(media_type, data)
        with image:
            image.verify()
    image = _opened(media_type, data)
    with image:
        size = image.size
        is_slow = media_type == "image/jpeg" and data.count(b"\xff\xda") > _SCANS
        if _is_decoded(size) and not is_slow:
            image.draft("L", (1, 1))  # makes JPEG compute one pixel of 64, of the whole file
            image.load()
    return size


def _is_decoded(size: Size) -> bool:
    return size[0] * size[1] <= DECODED_PIXELS


def _opened(media_type: str, data: bytes) -> ImageFile:
    return _readers()[media_type](_MeteredFile(data))


class _MeteredFile(io.BytesIO):
    # Pillow looks for markers byte by byte, so that junk would keep it busy for seconds.
    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        self.reads += 1
        if self.reads > _PIECES:
            raise ValueError("too many pieces")
        return super().read(size)


@cache
def _readers() -> dict[str, type[ImageFile]]:
    # Called directly because Image.open raises or warns on dimensions that are ours to report,
    # and imported late because a server that gets no pictures should start without Pillow.
    from PIL import GifImagePlugin, Image, JpegImagePlugin, PngImagePlugin, WebPImagePlugin  # noqa: PLC0415 # on use

    class JpegWithoutExif(JpegImagePlugin.JpegImageFile):
        # Pillow warns of malformed EXIF data, which the API ignores (docs: vision).
        def getexif(self) -> Image.Exif:
            return Image.Exif()

    return {
        "image/gif": GifImagePlugin.GifImageFile,
        "image/jpeg": JpegWithoutExif,
        "image/png": PngImagePlugin.PngImageFile,
        "image/webp": WebPImagePlugin.WebPImageFile,
    }


def _critical_chunks(data: bytes) -> bytes:
    # Ancillary chunks (fifth bit of the name set: PNG specification, 5.4) do not matter to the
    # pixels, but may inflate to megabytes of text or make Pillow warn about an animation.
    kept = [data[:8]]
    start = 8
    for _ in range(_PIECES):
        length, kind = struct.unpack_from(">I4s", data, start)
        end = start + length + 12
        if not kind[0] & 0x20:
            kept.append(data[start:end])
        if kind == b"IEND":
            break
        start = end
    return b"".join(kept)


def _gif_size(data: bytes) -> Size:
    # The first frame may exceed the screen; decoders then enlarge the screen.
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    start = 13 + (6 << (flags & 7) if flags & 0x80 else 0)
    is_extension = False
    for _ in range(_PIECES):
        byte = data[start]
        if is_extension:
            is_extension = byte > 0
            start += byte + 1
        elif byte == ord("!"):
            is_extension = True
            start += 2
        elif byte == ord(","):
            left, top, columns, rows = struct.unpack_from("<4H", data, start + 1)
            return max(width, left + columns), max(height, top + rows)
        else:
            start += 1
    raise ValueError("no frame within reach")


def _webp_size(data: bytes) -> Size:
    def little(start: int, end: int) -> int:
        return int.from_bytes(data[start:end], "little")

    if data[12:16] == b"VP8X":
        return little(24, 27) + 1, little(27, 30) + 1
    if data[12:16] == b"VP8L":
        return (little(21, 23) & 0x3FFF) + 1, (little(21, 25) >> 14 & 0x3FFF) + 1
    return little(26, 28) & 0x3FFF, little(28, 30) & 0x3FFF


# Oldest use first: what was found of a picture by the digest of its text, never its bytes.
_findings: dict[bytes, Picture | str] = {}
_lock = Lock()


def picture(data: str) -> Picture:
    """Inspect the picture in base64 text, for the price of a digest if it was inspected lately.

    Agents send their whole history with every turn, and with it the same pictures.
    """
    key = hashlib.sha256(data.encode("utf-8", "surrogatepass")).digest()
    with _lock:
        finding = _findings.pop(key, None)
    if finding is None:
        try:
            finding = inspected(decoded(data))
        except NotAnImage as error:
            finding = str(error)
    with _lock:
        _findings[key] = finding
        if len(_findings) > REMEMBERED_PICTURES:
            del _findings[next(iter(_findings))]
    if isinstance(finding, str):
        raise NotAnImage(finding)
    return finding


class _Limits(NamedTuple):
    edge: int
    tokens: int


_PATCH = 28
# docs: vision, "Resolution and token cost"
_TIERS: dict[Tier, _Limits] = {"standard": _Limits(1568, 1568), "high": _Limits(2576, 4784)}


def visual_tokens(width: int, height: int, tier: Tier) -> int:
    """Count the 28-pixel patches that cover a picture once it is fitted to the tier."""
    return _patches(*fitted(width, height, tier))


def fitted(width: int, height: int, tier: Tier) -> Size:
    """Scale a picture down to the largest size of its shape within the tier's two limits.

    The long edge is the largest whole number for which the short edge, rounded to the nearest
    pixel, still fits; a picture that fits as it is stays as it is (docs: vision coordinates).
    """
    limits = _TIERS[tier]
    if _fits(width, height, limits):
        return width, height
    if height > width:
        long, short = fitted(height, width, tier)
        return short, long

    def is_too_long(long: int) -> bool:
        return not _fits(long, _short_edge(long, width, height), limits)

    # Candidates start at 1, so that the index of the first misfit is the last that fits.
    long = bisect_left(range(1, width), x=True, key=is_too_long)
    return long, _short_edge(long, width, height)


def _fits(width: int, height: int, limits: _Limits) -> bool:
    return max(width, height) <= limits.edge and _patches(width, height) <= limits.tokens


def _patches(width: int, height: int) -> int:
    return -(-width // _PATCH) * -(-height // _PATCH)


def _short_edge(long: int, width: int, height: int) -> int:
    # Halves go up, as in the documented 2000x1500 -> 1269x952 (docs: vision). The reference code
    # on the coordinates page takes them to the even side and finds 1270x952, for as many tokens.
    return max(1, (2 * long * height + width) // (2 * width))
