"""Skills and their versions, over ASGI."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.types import ASGIApp

from contracts.resources import check_resource
from mockserver.app import create_app
from mockserver.settings import Settings
from tests.unit.mockserver.asgi import Answer, call

FORM = {"content-type": "multipart/form-data; boundary=x"}
BEFORE = {"anthropic-beta": "skills-2025-10-02"}
SKILL = b"---\nname: red-pen\ndescription: Marks mistakes\n---\n"


@pytest.fixture
def app() -> ASGIApp:
    return create_app(Settings())


def part(content: bytes, disposition: str) -> bytes:
    head = f"--x\r\nContent-Disposition: form-data; {disposition}\r\n\r\n"
    return head.encode() + content + b"\r\n"


MANIFEST = part(SKILL, 'name="files[]"; filename="red-pen/SKILL.md"')


def posted(app: ASGIApp, *parts: bytes, path: str = "/v1/skills", is_old: bool = False) -> Answer:
    headers = {**FORM, **(BEFORE if is_old else {})}
    return call(app, path=path, headers=headers, body=b"".join(parts) + b"--x--\r\n")


def asked(app: ASGIApp, path: str, method: str = "GET", *, is_old: bool = False) -> Answer:
    return call(app, method=method, path=path, headers=BEFORE if is_old else {})


def test_skill_lives_from_its_creation_to_its_end(app: ASGIApp) -> None:
    made = posted(app, MANIFEST, part(b"Pen", 'name="display_name"')).json
    path = f"/v1/skills/{made['id']}"
    version = posted(app, MANIFEST, path=f"{path}/versions").json

    assert check_resource("skill", made, "2026-10-21") == []
    assert check_resource("skill_version", version, "2026-10-21") == []
    assert made["display_name"] == "Pen"
    assert asked(app, path).json["latest_version_id"] == version["id"]
    listed = asked(app, f"{path}/versions").json
    assert check_resource("skill_version_list", listed, "2026-10-21") == []
    assert [each["id"] for each in listed["data"]] == [version["id"], made["latest_version_id"]]
    content = asked(app, f"{path}/versions/{version['id']}/content")
    assert (content.headers["content-type"], content.body[:4]) == ("application/zip", b"PK\x03\x04")
    gone = asked(app, f"{path}/versions/{version['id']}", "DELETE").json
    assert gone == {"id": version["id"], "type": "skill_version_deleted"}
    assert asked(app, path, "DELETE").json == {"id": made["id"], "type": "skill_deleted"}
    assert asked(app, path).status == 404


def test_skill_in_the_shapes_of_before(app: ASGIApp) -> None:
    made = posted(app, MANIFEST, part(b"Pen", 'name="display_title"'), is_old=True).json
    path = f"/v1/skills/{made['id']}"
    version = posted(app, MANIFEST, path=f"{path}/versions", is_old=True).json

    keys = ["id", "display_title", "latest_version", "source", "created_at", "updated_at"]
    assert list(made) == keys
    assert (made["display_title"], made["source"]) == ("Pen", "custom")
    assert int(version["version"]) > int(made["latest_version"])
    assert asked(app, f"{path}/versions/{version['version']}", is_old=True).json == version
    listed = asked(app, f"{path}/versions?limit=1", is_old=True).json
    assert (listed["data"], listed["has_more"]) == ([version], True)
    assert asked(app, f"{path}/versions?page={listed['next_page']}").json["next_page"] is None
    for epoch in (version["version"], made["latest_version"]):
        gone = asked(app, f"{path}/versions/{epoch}", "DELETE", is_old=True).json
        assert gone == {"id": epoch, "type": "skill_version_deleted"}
    assert asked(app, path, is_old=True).json["latest_version"] is None
    assert asked(app, path, "DELETE", is_old=True).status == 200


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        pytest.param([], "files: Field required", id="empty"),
        pytest.param(
            [part(SKILL, 'name="files[]"')],
            "files: '' is not a path below the skill's folder",
            id="no_path",
        ),
        pytest.param(
            [MANIFEST, part(b"\xff", 'name="display_name"')],
            "display_name: Input should be a valid string",
            id="no_text",
        ),
        pytest.param(
            [MANIFEST, part(b"a\nb", 'name="display_name"')],
            "display_name: must be one line of 1 to 255 characters",
            id="two_lines",
        ),
        pytest.param([part(b"", 'filename="a"')], "a part has no name", id="no_name"),
        pytest.param(
            [part(bytes(70_000), 'name="display_name"')], "more than 65536 bytes", id="long_field"
        ),
    ],
)
def test_what_is_no_skill_is_refused(app: ASGIApp, parts: list[bytes], message: str) -> None:
    answer = posted(app, *parts)

    assert answer.status == 400
    assert message in answer.json["error"]["message"]


def test_upload_that_is_too_large_is_refused(app: ASGIApp) -> None:
    answer = posted(app, part(bytes(31 << 20), 'name="files[]"; filename="a/b"'))

    assert answer.status == 413
    assert answer.headers["x-mock-rule"] == "body.size"
    assert answer.json["error"]["message"] == "The Skills API accepts requests up to 30MBs."


def test_published_ones_are_in_every_list_and_stay(app: ASGIApp) -> None:
    listed = asked(app, "/v1/skills").json

    assert check_resource("skill_list", listed, "2026-10-21") == []
    assert [each["id"] for each in listed["data"]] == ["pptx", "xlsx", "docx", "pdf"]
    first = asked(app, "/v1/skills?limit=3").json
    rest = asked(app, f"/v1/skills?page={first['next_page']}").json
    assert [each["id"] for each in rest["data"]] == ["pdf"]
    assert asked(app, "/v1/skills/pdf/versions/20251013").json["name"] == "pdf"
    assert asked(app, "/v1/skills/pdf", "DELETE").status == 400
    assert asked(app, "/v1/skills/pdf/versions/latest/content").status == 400


def test_skills_survive_a_restart(tmp_path: Path) -> None:
    first = create_app(Settings(data_dir=tmp_path))
    made = posted(first, MANIFEST).json
    posted(first, MANIFEST, path=f"/v1/skills/{made['id']}/versions")
    before = asked(first, f"/v1/skills/{made['id']}").json
    first.workspaces.close()
    second = create_app(Settings(data_dir=tmp_path))

    assert asked(second, f"/v1/skills/{made['id']}").json == before
    path = f"/v1/skills/{made['id']}/versions/{made['latest_version_id']}/content"
    assert asked(second, path).body.startswith(b"PK")
    second.workspaces.close()


@pytest.mark.parametrize("is_old", [False, True])
def test_example_mode_has_every_skill_and_version(*, is_old: bool) -> None:
    app = create_app(Settings(example=True))
    path = "/v1/skills/skill_id"
    odd = part(b"Example data", 'name="files[]"; filename="upload"')

    for _ in range(2):
        assert posted(app, odd, path=f"{path}/versions", is_old=is_old).status == 200
        assert asked(app, path, is_old=is_old).json["id"] == "skill_id"
        assert asked(app, f"{path}/versions/version", is_old=is_old).status == 200
        assert asked(app, f"{path}/versions/version/content", is_old=is_old).status == 200
        assert asked(app, f"{path}/versions/version", "DELETE", is_old=is_old).status == 200
        assert asked(app, path, "DELETE", is_old=is_old).json["id"] == "skill_id"
        assert asked(app, "/v1/skills?page=page&source=source", is_old=is_old).status == 200
    assert asked(app, "/v1/skills?source=custom", is_old=is_old).json["data"] == []


def test_example_mode_keeps_what_is_created() -> None:
    app = create_app(Settings(example=True))
    made = posted(app, part(b"Example data", 'name="files[]"; filename="upload"')).json
    path = f"/v1/skills/{made['id']}"
    version = posted(app, MANIFEST, path=f"{path}/versions").json

    assert asked(app, path).json["latest_version_id"] == version["id"]
    for named in (version["id"], made["latest_version_id"]):
        assert asked(app, f"{path}/versions/{named}", "DELETE").json["id"] == named
    assert asked(app, path).json["latest_version_id"] == made["latest_version_id"]
    content = asked(app, f"{path}/versions/{made['latest_version_id']}/content")
    assert content.body == b"Example data\n"
    assert asked(app, path, "DELETE").status == 200
