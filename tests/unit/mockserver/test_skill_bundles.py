"""What is taken as a skill: layouts, zips, and what SKILL.md says."""

from __future__ import annotations

import io
import zipfile

import pytest

from mockserver.errors import ApiError
from mockserver.skill_bundles import MOST_FILES, MOST_MANIFEST_BYTES, bundled

GOOD = b"---\nname: red-pen\ndescription: Marks mistakes\n---\n\nMark them.\n"
MANIFEST = ("red-pen/SKILL.md", GOOD)


def zipped(*files: tuple[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as opened:
        for path, content in files:
            opened.writestr(path, content)
    return archive.getvalue()


def described(front: str) -> list[tuple[str, bytes]]:
    return [("red-pen/SKILL.md", f"---\n{front}\n---\nText\n".encode())]


def test_files_become_a_zip_of_their_folder() -> None:
    bundle = bundled([("red-pen/a/b.txt", b"abc"), MANIFEST])

    assert bundle[:3] == ("red-pen", "red-pen", "Marks mistakes")
    with zipfile.ZipFile(io.BytesIO(bundle.archive)) as opened:
        assert opened.namelist() == ["red-pen/a/b.txt", "red-pen/SKILL.md"]
        assert opened.read("red-pen/a/b.txt") == b"abc"


def test_same_files_give_the_same_zip() -> None:
    assert bundled([MANIFEST]) == bundled([MANIFEST])


@pytest.mark.parametrize("name", ["red-pen.zip", "upload"])
def test_zip_is_taken_as_it_is(name: str) -> None:
    archive = zipped(("red-pen/", b""), MANIFEST)

    assert bundled([(name, archive)]) == ("red-pen", "red-pen", "Marks mistakes", archive)


@pytest.mark.parametrize(
    "manifest",
    [
        pytest.param(GOOD.replace(b"\n", b"\r\n"), id="crlf"),
        pytest.param(b"\xef\xbb\xbf" + GOOD, id="byte_order_mark"),
        pytest.param(b"---\ndescription: Marks mistakes\n---\n", id="name_of_the_folder"),
        pytest.param(b"---\ndescription: |\n  Marks mistakes\n---", id="block"),
    ],
)
def test_manifest_is_read(manifest: bytes) -> None:
    assert bundled([("red-pen/SKILL.md", manifest)])[:3] == (
        "red-pen",
        "red-pen",
        "Marks mistakes",
    )


TOP = "SKILL.md file must be exactly in the top-level folder."
ZIP_TOP = "Zip must contain a top-level folder with all files inside it, including SKILL.md"
NAME = "SKILL.md: name must hold lowercase letters, digits and single hyphens alone"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param([], "files: Field required", id="none"),
        pytest.param([("SKILL.md", GOOD)], TOP, id="no_folder"),
        pytest.param([("a/red-pen/SKILL.md", GOOD)], TOP, id="too_deep"),
        pytest.param([MANIFEST, ("b/SKILL.md", GOOD)], TOP, id="two_skills"),
        pytest.param([MANIFEST, ("b.txt", b"")], "All files must be inside the", id="beside"),
        pytest.param([MANIFEST, ("red-pen/../b", b"")], "'red-pen/../b' is not a path", id="up"),
        pytest.param([MANIFEST, ("/red-pen/b", b"")], "'/red-pen/b' is not a path", id="root"),
        pytest.param([MANIFEST, ("red-pen\\b", b"")], "is not a path below", id="backslash"),
        pytest.param([MANIFEST, MANIFEST], "files: a path comes twice", id="twice"),
        pytest.param(
            [MANIFEST, *((f"red-pen/{n}", b"") for n in range(MOST_FILES))],
            "files: a skill has at most 1000 files",
            id="too_many",
        ),
        pytest.param([("x.zip", zipped(("SKILL.md", GOOD)))], ZIP_TOP, id="zip_without_a_folder"),
        pytest.param([("x.zip", b"no zip")], "files: the zip cannot be read: ", id="no_zip"),
        pytest.param(
            [("x.zip", zipped(MANIFEST)[:-30])], "files: the zip cannot be read: ", id="cut_zip"
        ),
        pytest.param(
            [("x.zip", zipped(("red-pen/SKILL.md", bytes(MOST_MANIFEST_BYTES + 1))))],
            "SKILL.md must have at most 1048576 bytes",
            id="large_manifest",
        ),
        pytest.param(
            [("red-pen/SKILL.md", b"\xff---\n---\n")],
            "SKILL.md has malformed YAML",
            id="no_utf8",
        ),
        pytest.param(
            [("red-pen/SKILL.md", b"# Pen")],
            "SKILL.md must start with YAML frontmatter (---)",
            id="no_front_matter",
        ),
        pytest.param(
            [("red-pen/SKILL.md", b"---\nname: red-pen\n")],
            "SKILL.md must start with YAML frontmatter (---)",
            id="no_end",
        ),
        pytest.param(described("a: ["), "SKILL.md has malformed YAML", id="no_yaml"),
        pytest.param(described("- a"), "SKILL.md has malformed YAML", id="no_object"),
        pytest.param(described(""), "SKILL.md has malformed YAML", id="empty"),
        pytest.param(described("name: red-pen"), "description must be a text", id="described"),
        pytest.param(described("name: 5\ndescription: x"), "name must be a text", id="number"),
        pytest.param(
            described(f"description: {'x' * 1025}"), "at most 1024 characters", id="too_long"
        ),
        pytest.param(described("description: <b>x</b>"), "must not hold XML tags", id="tags"),
        pytest.param(described("name: Red\ndescription: x"), NAME, id="capitals"),
        pytest.param(described("name: a--b\ndescription: x"), NAME, id="hyphens"),
        pytest.param(
            described(f"name: {'a' * 65}\ndescription: x"), "at most 64 characters", id="long_name"
        ),
        pytest.param(
            described("name: my-claude\ndescription: x"), "reserved word 'claude'", id="reserved"
        ),
        pytest.param(
            described("name: blue\ndescription: x"),
            "The folder name 'red-pen' must match the skill name 'blue' in SKILL.md.",
            id="another_name",
        ),
    ],
)
def test_what_is_no_skill_is_refused(files: list[tuple[str, bytes]], message: str) -> None:
    with pytest.raises(ApiError) as caught:
        bundled(files)

    assert caught.value.status == 400
    assert message in caught.value.message
