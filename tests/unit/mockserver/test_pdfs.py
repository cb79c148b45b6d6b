"""PDF documents: counted as viewers count them, refused in bounded time otherwise."""

from __future__ import annotations

import base64
import io
import logging
import subprocess
import sys
import zlib
from contextlib import suppress
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from mockserver import pdfs
from mockserver.pdfs import EncryptedPdf, Fault, NotAPdf, SlowPdf, finding, page_count

pytestmark = pytest.mark.filterwarnings("error")


@cache
def written(pages: int, user: str | None = None, owner: str | None = None) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    if user is not None:
        writer.encrypt(user, owner, algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()


def sketched(pages: str, trailer: str = "/Root 1 0 R") -> bytes:
    """Write a document without a cross-reference table, of the given entries of its page tree."""
    return (
        "%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n"
        f"2 0 obj <</Type/Pages {pages}>> endobj\n"
        "3 0 obj <</Type/Page/Parent 2 0 R>> endobj\n"
        "4 0 obj <</Type/Pages/Parent 2 0 R/Count 2/Kids[3 0 R 3 0 R]>> endobj\n"
        f"trailer <<{trailer}>>"
    ).encode()


def packed(padding: int) -> bytes:
    """Write a document of one page whose objects are in a compressed stream, behind padding."""
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]>>",
        b"<</Type/Page>>",
    )
    starts = [sum(len(each) + 1 for each in objects[:index]) for index in range(3)]
    index = b" ".join(b"%d %d" % (number + 1, start) for number, start in enumerate(starts)) + b" "
    stream = zlib.compress(index + b" ".join(objects) + b" " * padding)
    return (
        b"%%PDF-1.5\n4 0 obj <</Type/ObjStm/N 3/First %d/Filter/FlateDecode/Length %d>>\n"
        b"stream\n%b\nendstream endobj\ntrailer <</Root 1 0 R>>"
    ) % (len(index), len(stream), stream)


COUNTED = [
    pytest.param(written(1), 1, id="one_page"),
    pytest.param(written(101), 101, id="101_pages"),
    pytest.param(b"\n\nleading bytes\n" + written(2), 2, id="late_header"),
    pytest.param(written(2) + b"\n" * 50, 2, id="trailing_bytes"),
    pytest.param(written(2).replace(b"startxref\n", b"startxref\n9"), 2, id="wrong_table_offset"),
    pytest.param(sketched("/Count 1/Kids[3 0 R]"), 1, id="no_table"),
    pytest.param(sketched("/Count 3/Kids[3 0 R 4 0 R]"), 3, id="nested_tree"),
    pytest.param(sketched("/Count 7/Kids[3 0 R]"), 1, id="wrong_count"),
    pytest.param(sketched("/Kids[3 0 R]"), 1, id="no_count"),
    pytest.param(sketched("/Count 10000/Kids[3 0 R]"), 1, id="count_of_the_walkable"),
    pytest.param(sketched("/Count 10001/Kids[3 0 R]"), 10_001, id="count_beyond_the_walkable"),
    pytest.param(packed(0), 1, id="object_stream"),
    pytest.param(sketched("/Kids[3 0 R]") + b"% /Encrypt", 1, id="mentions_encryption"),
]


@pytest.mark.parametrize(("data", "pages"), COUNTED)
def test_page_count(data: bytes, pages: int) -> None:
    assert page_count(data) == pages


REFUSED = [
    pytest.param(b"", id="empty"),
    pytest.param(b"hello", id="text"),
    pytest.param(b"\x89PNG\r\n\x1a\n", id="png"),
    pytest.param(b"%PDF-1.4", id="header_only"),
    pytest.param(b"%PDF-1.4\nfake content", id="fake"),
    pytest.param(b" " * 1020 + written(1), id="header_too_late"),
    pytest.param(written(5)[:300], id="truncated"),
    pytest.param(sketched("/Kids[3 0 R]", trailer=""), id="no_root"),
    pytest.param(sketched("/Count 0/Kids[]"), id="no_pages"),
    pytest.param(sketched("/Kids[9 0 R]"), id="missing_page"),
    pytest.param(sketched("/Kids[2 0 R]"), id="endless_tree"),
    pytest.param(sketched("/Kids[" + "3 0 R " * 10_001 + "]"), id="more_pages_than_declared"),
    pytest.param(sketched("/Kids 3"), id="kids_are_a_number"),
    pytest.param(packed(8_000_000), id="object_stream_of_8_megabytes"),
    pytest.param(sketched("/Kids " + "[" * 100_000), id="deep_nesting"),
]


@pytest.mark.parametrize("data", REFUSED)
def test_page_count_refuses(data: bytes) -> None:
    with pytest.raises(NotAPdf):
        page_count(data)


AES_256 = "/Root 1 0 R/Encrypt<</Filter/Standard/V 5/R 6/Length 256/P -4/O()/U()/OE()/UE()>>"
ENCRYPTED = [
    pytest.param(written(1, user="secret"), id="user_password"),
    pytest.param(written(1, user="", owner="secret"), id="owner_password"),
    pytest.param(sketched("/Kids[3 0 R]", trailer=AES_256), id="aes"),
    pytest.param(
        sketched("/Kids[3 0 R]", trailer="/Root 1 0 R/Encrypt<</Filter/Other>>"),
        id="unknown_handler",
    ),
]


@pytest.mark.parametrize("data", ENCRYPTED)
def test_page_count_refuses_encryption(data: bytes) -> None:
    with pytest.raises(EncryptedPdf):
        page_count(data)


@pytest.mark.parametrize("data", [written(1), sketched("/Kids[3 0 R]")])
def test_page_count_stops_when_time_is_up(data: bytes) -> None:
    with pytest.raises(NotAPdf, match="out of time"):
        page_count(data, seconds=-1)


def test_page_count_does_not_trust_what_was_read_late(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]

    def late_count(reader: PdfReader) -> int:
        # pypdf passes over pages that it fails to read, whatever the reason.
        now[0] = 9.0
        with suppress(TimeoutError):
            reader.stream.read(1)
        return 1

    monkeypatch.setattr("mockserver.pdfs.thread_time", lambda: now[0])
    monkeypatch.setattr(PdfReader, "get_num_pages", late_count)
    with pytest.raises(NotAPdf, match="out of time"):
        page_count(written(1), seconds=5)


def test_page_count_prints_no_repairs(capfd: pytest.CaptureFixture[str]) -> None:
    program = (
        "from mockserver.pdfs import page_count; import sys; page_count(sys.stdin.buffer.read())"
    )
    broken = sketched("/Kids[3 0 R]")
    subprocess.run([sys.executable, "-c", program], input=broken, check=True)
    assert capfd.readouterr() == ("", "")


def test_page_count_reports_repairs_to_the_application(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING, "pypdf"):
        page_count(sketched("/Kids[3 0 R]"))
    assert caplog.records


def test_pypdf_is_imported_at_first_use() -> None:
    program = "import sys, mockserver.pdfs; sys.exit('pypdf' in sys.modules)"
    subprocess.run([sys.executable, "-c", program], check=True)


@given(st.binary(max_size=300))
def test_page_count_raises_nothing_else_on_random_bytes(rest: bytes) -> None:
    assert_verdict(b"%PDF-1.4\n" + rest)


@given(st.sampled_from([written(3), sketched("/Count 3/Kids[3 0 R 4 0 R]")]), st.data())
def test_page_count_raises_nothing_else_on_damaged_files(whole: bytes, draw: st.DataObject) -> None:
    data = bytearray(whole)
    for position in draw.draw(st.lists(st.integers(0, len(data) - 1), max_size=4)):
        data[position] = draw.draw(st.integers(0, 255))
    assert_verdict(bytes(data[: draw.draw(st.integers(0, len(data)))]))


def assert_verdict(data: bytes) -> None:
    with suppress(NotAPdf, EncryptedPdf):
        assert page_count(data) > 0


@pytest.mark.parametrize(
    ("data", "found"),
    [
        pytest.param(written(2), 2, id="pages"),
        pytest.param(written(1, "secret"), Fault.ENCRYPTED, id="encrypted"),
        pytest.param(b"noise", Fault.INVALID, id="noise"),
        pytest.param(b"", Fault.INVALID, id="empty"),
    ],
)
def test_finding(data: bytes, found: int | Fault) -> None:
    assert finding(data) == found
    assert finding(base64.b64encode(data).decode()) == found


@pytest.mark.parametrize("text", ["a*b=", "a", "\ud800"])
def test_finding_of_what_is_not_base64(text: str) -> None:
    assert finding(text) is Fault.NOT_BASE64


def test_finding_does_not_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "LOOKING_SECONDS", -1.0)
    data = written(3)
    with pytest.raises(SlowPdf):
        page_count(data, -1.0)
    assert finding(b"x" + data) is Fault.SLOW


def test_finding_is_remembered_within_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdfs, "_findings", {})
    monkeypatch.setattr(pdfs, "REMEMBERED_PDFS", 2)
    for pages in (1, 2, 3):
        finding(written(pages))
    assert list(pdfs._findings.values()) == [2, 3]
    monkeypatch.setattr(pdfs, "_found", lambda _: pytest.fail("looked at again"))
    assert finding(written(3)) == 3
