"""SDK types -> committed JSON Schema files, as small named passes.

python -m contracts.derive --check    are the committed files what the installed SDK gives?
python -m contracts.derive --write    write them; the diff is what the SDK changed
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import typing
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from contracts import gates, limits, passes

if TYPE_CHECKING:
    from pydantic_core import core_schema

    from contracts.passes import Schema

SCHEMAS = Path(__file__).parent / "schemas"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
VERSIONS = ("2023-06-01", "2026-10-21")
NAMESPACES = ("stable", "beta")


class Source(NamedTuple):
    """Where the SDK declares one document: a type in the stable and one in the beta namespace."""

    name: str
    stable: str
    beta: str
    is_request: bool = False


SOURCES = (
    Source(
        "create_message",
        "message_create_params:MessageCreateParamsNonStreaming",
        "beta.message_create_params:MessageCreateParamsNonStreaming",
        is_request=True,
    ),
    Source(
        "count_tokens",
        "message_count_tokens_params:MessageCountTokensParams",
        "beta.message_count_tokens_params:MessageCountTokensParams",
        is_request=True,
    ),
    Source(
        "create_message_batch",
        "messages.batch_create_params:BatchCreateParams",
        "beta.messages.batch_create_params:BatchCreateParams",
        is_request=True,
    ),
    Source("message", "message:Message", "beta.beta_message:BetaMessage"),
    Source(
        "stream_event",
        "raw_message_stream_event:RawMessageStreamEvent",
        "beta.beta_raw_message_stream_event:BetaRawMessageStreamEvent",
    ),
    Source("error", "shared.error_response:ErrorResponse", "beta_error_response:BetaErrorResponse"),
    Source("file", "file_metadata:FileMetadata", "beta.beta_file_metadata:BetaFileMetadata"),
    Source(
        "file_list",
        "SyncPageCursor[file_metadata:FileMetadata]",
        "SyncPageCursor[beta.beta_file_metadata:BetaFileMetadata]",
    ),
    Source("deleted_file", "deleted_file:DeletedFile", "beta.beta_deleted_file:BetaDeletedFile"),
    Source("model", "model_info:ModelInfo", "beta.beta_model_info:BetaModelInfo"),
    Source(
        "model_list",
        "SyncPage[model_info:ModelInfo]",
        "SyncPage[beta.beta_model_info:BetaModelInfo]",
    ),
    Source(
        "message_batch",
        "messages.message_batch:MessageBatch",
        "beta.messages.beta_message_batch:BetaMessageBatch",
    ),
    Source(
        "message_batch_list",
        "SyncPage[messages.message_batch:MessageBatch]",
        "SyncPage[beta.messages.beta_message_batch:BetaMessageBatch]",
    ),
    Source(
        "message_batch_result",
        "messages.message_batch_individual_response:MessageBatchIndividualResponse",
        "beta.messages.beta_message_batch_individual_response:BetaMessageBatchIndividualResponse",
    ),
    Source(
        "deleted_message_batch",
        "messages.deleted_message_batch:DeletedMessageBatch",
        "beta.messages.beta_deleted_message_batch:BetaDeletedMessageBatch",
    ),
    Source("skill", "skill:Skill", "beta.beta_skill:BetaSkill"),
    Source(
        "skill_list", "SyncPageCursor[skill:Skill]", "SyncPageCursor[beta.beta_skill:BetaSkill]"
    ),
    Source(
        "deleted_skill", "deleted_skill:DeletedSkill", "beta.beta_deleted_skill:BetaDeletedSkill"
    ),
    Source(
        "skill_version",
        "skills.skill_version:SkillVersion",
        "beta.skills.beta_skill_version:BetaSkillVersion",
    ),
    Source(
        "skill_version_list",
        "SyncPageCursor[skills.skill_version:SkillVersion]",
        "SyncPageCursor[beta.skills.beta_skill_version:BetaSkillVersion]",
    ),
    Source(
        "deleted_skill_version",
        "skills.deleted_skill_version:DeletedSkillVersion",
        "beta.skills.beta_deleted_skill_version:BetaDeletedSkillVersion",
    ),
    Source(
        "message_tokens_count",
        "message_tokens_count:MessageTokensCount",
        "beta.beta_message_tokens_count:BetaMessageTokensCount",
    ),
)


def documents() -> Iterator[tuple[Path, Schema]]:
    """Every schema file that the installed SDK gives, with its path below `schemas/`."""
    for namespace in NAMESPACES:
        for source in SOURCES:
            raw = json.dumps(_source_schema(source, namespace))
            for version in VERSIONS:
                path = Path(version) / namespace / f"{source.name}.json"
                yield path, derived(json.loads(raw), source, version, namespace)


def _source_schema(source: Source, namespace: str) -> Schema:
    if namespace == "beta":
        return sdk_schema(source.beta)
    document = sdk_schema(source.stable)
    if source.is_request:
        passes.tool_changes(document, sdk_schema(source.beta))
    return document


def derived(document: Schema, source: Source, version: str, namespace: str) -> Schema:
    """The contract in an SDK schema: requests are narrowed, responses only tidied and closed."""
    document.setdefault("$defs", {})
    if source.is_request:
        passes.wire_only(document)
        passes.body_only(document)
    passes.bare(document)
    passes.open_enums(document)
    if source.is_request:
        passes.typed_input(document)
        passes.shared_blocks(document)
    passes.tagged(document)
    passes.closed(document)
    limits.limited(document, source.name, version, namespace)
    if source.is_request:
        limits.ordered(document, source.name)
    if source.is_request and namespace == "stable":
        # what `tool_changes` took from the beta types brought more of them with it
        gates.close(document, gates.NOTHING)
    passes.reachable(document)
    passes.known(document)
    return {"$schema": DIALECT, **document}


def sdk_schema(place: str) -> Schema:
    """Pydantic's JSON Schema of a type of the SDK, marked for the passes.

    `place` is `module:Type` below `anthropic.types`, or `Page[module:Type]` for a page of such objects.
    """
    # The server imports this package, and neither the SDK nor pydantic is installed beside it.
    from pydantic import TypeAdapter  # noqa: PLC0415 # on use
    from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue  # noqa: PLC0415 # on use

    class Generator(GenerateJsonSchema):
        """Marks what a request on the wire can't hold, for `wire_only` to drop."""

        def is_instance_schema(self, schema: core_schema.IsInstanceSchema) -> JsonSchemaValue:
            return {"x-python": str(schema["cls"])}

        def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
            return {**super().model_schema(schema), "x-response-model": True}

    annotation = _annotation(place)
    _forget_generic_types()
    return TypeAdapter[Any](annotation).json_schema(schema_generator=Generator)


def _annotation(place: str) -> Any:
    page, _, item = place.removesuffix("]").rpartition("[")
    module, _, name = item.partition(":")
    found = getattr(importlib.import_module(f"anthropic.types.{module}"), name)
    return getattr(importlib.import_module("anthropic.pagination"), page)[found] if page else found


def _forget_generic_types() -> None:
    # Literal["a", "b"] equals Literal["b", "a"], and typing caches Optional[...] of either: the one
    # that the process met first would decide the order of the values, which error texts repeat.
    # There is no public way to empty that cache; this one is what CPython's own test runner uses.
    for clear in vars(typing)["_cleanups"]:
        clear()


def rendered(document: Schema) -> str:
    """The text of a schema file."""
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def stale(root: Path = SCHEMAS) -> list[str]:
    """Committed files that differ from what the installed SDK gives, missing and extra ones too."""
    fresh = {root / path: rendered(document) for path, document in documents()}
    differing = {p for p, text in fresh.items() if not p.is_file() or p.read_text("utf-8") != text}
    extra = set(root.rglob("*.json")) - set(fresh)
    return sorted(path.relative_to(root).as_posix() for path in differing | extra)


def write(root: Path = SCHEMAS) -> int:
    """Write every schema file below `root` and return their number."""
    fresh = list(documents())
    for path, document in fresh:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(rendered(document), "utf-8")
    return len(fresh)


def main(argv: Sequence[str] | None = None, root: Path = SCHEMAS) -> int:
    """Check or write the committed schemas. Exit code 1 when a check finds a difference."""
    parser = argparse.ArgumentParser(
        prog="python -m contracts.derive",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--check", action="store_true", help="exit 1 when the committed files differ")
    mode.add_argument("--write", action="store_true", help="write the files")
    if parser.parse_args(argv).write:
        print(f"wrote {write(root)} schemas")
        return 0
    differing = stale(root)
    for path in differing:
        print(f"differs from the installed SDK: {path} (run: python -m contracts.derive --write)")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
