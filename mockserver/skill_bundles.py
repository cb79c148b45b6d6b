"""What is uploaded as a skill: files below one folder, or a zip of it, with a SKILL.md that says what the skill is."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple, cast

from mockserver.errors import ApiError, invalid

MANIFEST: Final = "SKILL.md"
# docs: Agent Skills: names and descriptions
NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
RESERVED: Final = ("anthropic", "claude")
TAG = re.compile(r"<[a-zA-Z/][^>]*>")
LONGEST_NAME, LONGEST_DESCRIPTION = 64, 1_024
FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(.*?)^---[ \t]*\r?$", re.DOTALL | re.MULTILINE)
# policy: nothing of a zip is unpacked but its SKILL.md, up to this size
MOST_MANIFEST_BYTES = 1 << 20
MOST_FILES = 1_000
# reported 2026-05-20: anthropics/anthropic-sdk-python#1575
NOT_AT_THE_TOP: Final = "SKILL.md file must be exactly in the top-level folder."
# reported 2026-07-10, from a probe of the live API
NO_FOLDER: Final = (
    "Zip must contain a top-level folder with all files inside it, including SKILL.md"
)
# What else a zip raises that is encrypted, packed in an odd way, cut short or of odd numbers.
UNREADABLE = (RuntimeError, NotImplementedError, EOFError, OSError, ValueError)
EPOCH = (1980, 1, 1, 0, 0, 0)


class Bundle(NamedTuple):
    """A skill that can be kept: `archive` is a zip of its folder."""

    name: str
    directory: str
    description: str
    archive: bytes


def bundled(files: Sequence[tuple[str, bytes]]) -> Bundle:
    """The skill in some uploaded files, by path. Raises the 400 for what is none."""
    if not files:
        raise invalid("files: Field required")
    name, content = files[0]
    if len(files) == 1 and (name.endswith(".zip") or content.startswith(b"PK\x03\x04")):
        return _unzipped(content)
    directory = _directory([path for path, _ in files], NOT_AT_THE_TOP)
    manifest = dict(files)[f"{directory}/{MANIFEST}"]
    return _described(directory, manifest, _zipped(files))


def _zipped(files: Sequence[tuple[str, bytes]]) -> bytes:
    import zipfile  # noqa: PLC0415 # on use: most servers never see a skill

    archive = io.BytesIO()
    # Stored as they are: packing 30 MB would keep all other requests waiting.
    with zipfile.ZipFile(archive, "w") as opened:
        for path, content in files:
            opened.writestr(zipfile.ZipInfo(path, EPOCH), content)
    return archive.getvalue()


def _unzipped(content: bytes) -> Bundle:
    import zipfile  # noqa: PLC0415 # as above
    import zlib  # noqa: PLC0415 # as above

    try:
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            entries = [entry.filename for entry in opened.infolist() if not entry.is_dir()]
            directory = _directory(entries, NO_FOLDER)
            manifest = f"{directory}/{MANIFEST}"
            if opened.getinfo(manifest).file_size > MOST_MANIFEST_BYTES:
                raise invalid(f"{MANIFEST} must have at most {MOST_MANIFEST_BYTES} bytes")
            return _described(directory, opened.read(manifest), content)
    except (zipfile.BadZipFile, zlib.error, *UNREADABLE) as error:
        raise invalid(f"files: the zip cannot be read: {error}") from error


def _directory(paths: Sequence[str], missing: str) -> str:
    """The one folder that all files are in. Raises the 400; other texts than the reported ones are policy."""
    if len(paths) > MOST_FILES:
        raise invalid(f"files: a skill has at most {MOST_FILES} files")
    for path in paths:
        if "\\" in path or {"", ".", ".."} & set(path.split("/")):
            raise invalid(f"files: {path!r} is not a path below the skill's folder")
    if len(set(paths)) < len(paths):
        raise invalid("files: a path comes twice")
    tops = {path.partition("/")[0] for path in paths if path.endswith(f"/{MANIFEST}")}
    tops = {top for top in tops if f"{top}/{MANIFEST}" in paths}
    if len(tops) != 1:
        raise invalid(missing)
    (top,) = tops
    if any(not path.startswith(f"{top}/") for path in paths):
        raise invalid("All files must be inside the top-level folder")
    return top


def _described(directory: str, manifest: bytes, archive: bytes) -> Bundle:
    fields = _front_matter(manifest)
    name, description = fields.get("name", directory), fields.get("description")
    _check_text("name", name, LONGEST_NAME)
    _check_text("description", description, LONGEST_DESCRIPTION)
    if not NAME.fullmatch(name):
        raise invalid(
            f"{MANIFEST}: name must hold lowercase letters, digits and single hyphens alone"
        )
    reserved = next((word for word in RESERVED if word in name), None)
    if reserved:
        raise invalid(f"{MANIFEST}: name must not hold the reserved word {reserved!r}")
    if name != directory:
        # reported 2026-05-20: anthropics/anthropic-sdk-python#1575
        raise invalid(
            f"The folder name '{directory}' must match the skill name '{name}' in SKILL.md."
        )
    return Bundle(name, directory, str(description).strip(), archive)


def _check_text(field: str, value: Any, longest: int) -> None:
    # docs: Agent Skills: the limits; the texts are policy
    if not isinstance(value, str) or not value.strip():
        raise invalid(f"{MANIFEST}: {field} must be a text that is not empty")
    if len(value) > longest:
        raise invalid(f"{MANIFEST}: {field} must have at most {longest} characters")
    if TAG.search(value):
        raise invalid(f"{MANIFEST}: {field} must not hold XML tags")


def _front_matter(manifest: bytes) -> Mapping[str, Any]:
    import yaml  # noqa: PLC0415 # as above

    try:
        found = FRONT_MATTER.match(manifest.decode("utf-8-sig"))
        fields: Any = None if found is None else yaml.safe_load(found[1])
    except (UnicodeDecodeError, yaml.YAMLError, ValueError, RecursionError) as error:
        raise _malformed() from error
    if found is None:
        # reported 2026-04-05 for uploads to claude.ai: VoltAgent/awesome-design-md#103
        raise invalid("SKILL.md must start with YAML frontmatter (---)")
    if not isinstance(fields, dict):
        raise _malformed()
    return cast("Mapping[str, Any]", fields)


def _malformed() -> ApiError:
    return invalid("SKILL.md has malformed YAML frontmatter")
