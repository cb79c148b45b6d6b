"""/v1/skills and their versions: create, list, retrieve, delete, content; in older shapes under the beta header."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from starlette.routing import BaseRoute, Route

from mockserver.blocks import block
from mockserver.endpoints.endpoint import Call, Endpoint, Handler
from mockserver.endpoints.paging import page_by_cursor
from mockserver.errors import ApiError
from mockserver.settings import Settings
from mockserver.skills import Skill, Skills, Version
from mockserver.uploads import SkillForm

# SDK 2.13, docstrings of skills.versions: what the header changes; docs: Skills API of 2025 and 2026: the shapes
OLD_BETA: Final = "skills-2025-10-02"
MOST_BYTES: Final = 30 * 1024 * 1024
ZIP = block([(b"content-type", b"application/zip")])


def routes(settings: Settings) -> Iterable[BaseRoute]:
    """The routes of this module."""
    versions = "/{id}/versions"
    table: tuple[tuple[str, str, Handler], ...] = (
        ("POST", "", created),
        ("GET", "", listed),
        ("GET", "/{id}", retrieved),
        ("DELETE", "/{id}", deleted),
        ("POST", versions, version_created),
        ("GET", versions, versions_listed),
        ("GET", f"{versions}/{{version}}", version_retrieved),
        ("DELETE", f"{versions}/{{version}}", version_deleted),
        ("GET", f"{versions}/{{version}}/content", content),
    )
    return [
        Route(f"/v1/skills{path}", Endpoint(handler, settings), methods=[method])
        for method, path, handler in table
    ]


def _is_old(call: Call) -> bool:
    return OLD_BETA in call.caller.betas


def _skills(call: Call) -> Skills:
    return call.workspace.skills


async def _form(call: Call) -> SkillForm:
    form = SkillForm()
    try:
        chunks = call.exchange.chunks(MOST_BYTES)
        await form.read(call.exchange.headers.get("content-type", ""), chunks)
    except ApiError as error:
        if error.status != 413:  # noqa: PLR2004 # too large
            raise
        # reported 2026-07-10, from a probe of the live API
        text = "The Skills API accepts requests up to 30MBs."
        raise ApiError(413, text, closes=True, rule=error.rule) from error
    return form


async def created(call: Call) -> None:
    """POST /v1/skills: multipart/form-data with the skill's files or one zip."""
    form, skills, is_old = await _form(call), _skills(call), _is_old(call)
    name = form.text("display_title" if is_old else "display_name")
    bundle = skills.bundled(form.files)
    skill = await skills.create(bundle, name, is_before=is_old)
    await _respond(call, _shown(call, skill))


async def listed(call: Call) -> None:
    """GET /v1/skills: by cursor, all or those of one source."""
    found = _skills(call).listed(call.query.get("source"))
    await _respond(call, _page(call, found))


async def retrieved(call: Call) -> None:
    """GET /v1/skills/{id}."""
    await _respond(call, _shown(call, _skills(call).named(call.id)))


async def deleted(call: Call) -> None:
    """DELETE /v1/skills/{id}."""
    await _skills(call).remove(call.id, is_before=_is_old(call))
    await _respond(call, {"id": call.id, "type": "skill_deleted"})


async def version_created(call: Call) -> None:
    """POST /v1/skills/{id}/versions."""
    skills = _skills(call)
    skills.named(call.id)
    bundle = skills.bundled((await _form(call)).files)
    version = await skills.add_version(call.id, bundle)
    await _respond(call, _shown(call, version))


async def versions_listed(call: Call) -> None:
    """GET /v1/skills/{id}/versions: the newest first."""
    await _respond(call, _page(call, _skills(call).named(call.id).versions))


async def version_retrieved(call: Call) -> None:
    """GET /v1/skills/{id}/versions/{version}: by id or `latest`, under the beta header by epoch."""
    skill = _skills(call).named(call.id)
    await _respond(call, _shown(call, skill.version(call.version, is_before=_is_old(call))))


async def version_deleted(call: Call) -> None:
    """DELETE /v1/skills/{id}/versions/{version}."""
    is_old = _is_old(call)
    version = await _skills(call).remove_version(call.id, call.version, is_before=is_old)
    named = version.epoch if is_old else version.id
    await _respond(call, {"id": named, "type": "skill_version_deleted"})


async def content(call: Call) -> None:
    """GET /v1/skills/{id}/versions/{version}/content: a zip."""
    stored = _skills(call).archive(call.id, call.version, is_before=_is_old(call))
    await call.exchange.download(stored.open(), stored.size, ZIP)


def _shown(call: Call, item: Skill | Version) -> dict[str, Any]:
    return item.shown_before() if _is_old(call) else item.shown()


def _page(call: Call, found: Sequence[Skill | Version]) -> dict[str, Any]:
    page = page_by_cursor(
        found, call.query, lambda item: item.number, lambda item: _shown(call, item)
    )
    if not _is_old(call):
        return page
    return {"data": page["data"], "has_more": page["next_page"] is not None, **page}


async def _respond(call: Call, value: dict[str, Any]) -> None:
    await call.exchange.respond_json(200, value)
