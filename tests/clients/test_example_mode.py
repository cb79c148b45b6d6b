"""Example mode, tried the way the SDK's generated tests try a server: placeholders in, strictly checked types out."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import anthropic
import pytest
from anthropic.pagination import SyncPage, SyncPageCursor
from anthropic.types import DeletedFile, FileMetadata, Message, MessageTokensCount, ModelInfo
from anthropic.types.beta import (
    BetaMessage,
    BetaMessageTokensCount,
    BetaModelInfo,
)
from anthropic.types.beta.messages import BetaMessageBatch, BetaMessageBatchIndividualResponse
from anthropic.types.messages import (
    DeletedMessageBatch,
    MessageBatch,
    MessageBatchIndividualResponse,
)
from pydantic import BaseModel

from mockserver.testing import MockServer
from tests.clients.placeholders import (
    COUNTED,
    EDIT,
    FILE,
    FULL,
    MINIMAL,
    ONLY_BETA,
    PROFILE,
    TOOL,
    Value,
)

Answer = TypeVar("Answer")


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    with MockServer(example=True) as running:
        yield running


@pytest.fixture(params=[False, True], ids=["loose", "strict"])
def client(server: MockServer, request: pytest.FixtureRequest) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(
        base_url=server.url,
        api_key="my-anthropic-api-key",
        max_retries=0,
        default_headers={"anthropic-workspace-id": "workspace_id"},
        _strict_response_validation=request.param,
    ) as sdk:
        yield sdk


def assert_matches_type(kind: type[Answer], value: Any) -> Answer:
    """Validate an answer again by its own type, as loose clients don't."""
    assert isinstance(value, kind)
    assert isinstance(value, BaseModel)
    kind.model_validate(value.model_dump())  # type: ignore[attr-defined] # a pydantic model, as was just seen
    return value


@pytest.mark.parametrize("params", [MINIMAL, FULL], ids=["minimal", "full"])
def test_messages(client: anthropic.Anthropic, params: Value) -> None:
    assert_matches_type(Message, client.messages.create(**params))
    stream = client.messages.create(**params, stream=True)
    assert [event.type for event in stream][-1] == "message_stop"
    raw = client.messages.with_raw_response.create(**params, extra_headers=PROFILE)
    assert raw.http_request.headers.get("x-stainless-lang") == "python"
    assert_matches_type(Message, raw.parse())
    with client.messages.with_streaming_response.create(**params) as response:
        assert_matches_type(Message, response.parse())


@pytest.mark.parametrize("params", [MINIMAL, {**FULL, **ONLY_BETA}], ids=["minimal", "full"])
def test_beta_messages(client: anthropic.Anthropic, params: Value) -> None:
    assert_matches_type(BetaMessage, client.beta.messages.create(**params))
    stream = client.beta.messages.create(**params, stream=True)
    assert [event.type for event in stream][-1] == "message_stop"
    raw = client.beta.messages.with_raw_response.create(**params)
    assert_matches_type(BetaMessage, raw.parse())


PLACEHOLDERS: dict[str, Value] = {
    "files": {
        "messages": [
            {
                "role": "user",
                "content": [
                    {"type": "image", "source": FILE},
                    {"type": "document", "source": FILE},
                    {"type": "container_upload", "file_id": "x"},
                ],
            }
        ],
    },
    "pictures": {
        "messages": [
            {
                "role": "user",
                "content": [
                    {
                        "type": "image",
                        "source": {
                            "type": "base64",
                            "media_type": "image/jpeg",
                            "data": "U3RhaW5sZXNzIHJvY2tz",
                        },
                    },
                    {
                        "type": "document",
                        "source": {
                            "type": "base64",
                            "media_type": "application/pdf",
                            "data": "U3RhaW5sZXNzIHJvY2tz",
                        },
                    },
                ],
            }
        ],
    },
    "turns": {
        "messages": [
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "thinking", "signature": "signature"},
                    {"type": "redacted_thinking", "data": "data"},
                    {"type": "tool_use", "id": "id", "name": "x", "input": {"foo": "bar"}},
                ],
            },
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "tool_use_id"}]},
        ],
    },
    "container": {"container": "container"},
    "choice": {"tools": [TOOL], "tool_choice": {"type": "tool", "name": "name"}},
    "thread": {"thread": {"type": "continue", "previous_message_id": "previous_message_id"}},
    "resumed": {
        "thread": {"type": "continue", "previous_message_id": "previous_message_id"},
        "messages": [],
    },
    "diagnostics": {"diagnostics": {"previous_message_id": "previous_message_id"}},
    "profile": {"user_profile_id": "user_profile_id"},
}


@pytest.mark.parametrize("name", PLACEHOLDERS)
def test_placeholders_inside_a_request(client: anthropic.Anthropic, name: str) -> None:
    params = {**MINIMAL, **PLACEHOLDERS[name]}
    assert_matches_type(BetaMessage, client.beta.messages.create(**params, betas=["string"]))


def test_tokens_are_counted(client: anthropic.Anthropic) -> None:
    assert_matches_type(MessageTokensCount, client.messages.count_tokens(**COUNTED))
    counted = client.beta.messages.count_tokens(**COUNTED, **ONLY_BETA)
    assert_matches_type(BetaMessageTokensCount, counted)


@pytest.mark.parametrize("params", [MINIMAL, FULL], ids=["minimal", "full"])
def test_batches(client: anthropic.Anthropic, params: Value) -> None:
    batches = client.messages.batches
    item: Any = {"custom_id": "my-custom-id-1", "params": params}
    created = assert_matches_type(
        MessageBatch, batches.create(requests=[item], extra_headers=PROFILE)
    )
    assert batches.retrieve(created.id).processing_status == "ended"
    results = [assert_matches_type(MessageBatchIndividualResponse, r) for r in batches.results(created.id)]  # fmt: skip
    assert [result.result.type for result in results] == ["succeeded"]
    assert assert_matches_type(MessageBatch, batches.cancel(created.id)).ended_at is None
    for _ in range(2):
        assert_matches_type(DeletedMessageBatch, batches.delete(created.id))


def test_placeholder_batches(client: anthropic.Anthropic) -> None:
    batches, name = client.messages.batches, "message_batch_id"
    assert assert_matches_type(MessageBatch, batches.retrieve(name)).id == name
    listed = batches.list(after_id="after_id", before_id="before_id", limit=1)
    assert_matches_type(SyncPage[MessageBatch], listed)
    assert len(listed.data) == 1
    for _ in range(2):
        assert_matches_type(MessageBatch, batches.cancel(name))
        assert_matches_type(DeletedMessageBatch, batches.delete(name))
    for result in (*batches.results(name), *batches.with_raw_response.results(name).parse()):
        assert_matches_type(MessageBatchIndividualResponse, result)


def test_placeholder_batches_of_the_beta_namespace(client: anthropic.Anthropic) -> None:
    batches, name = client.beta.messages.batches, "message_batch_id"
    item: Any = {"custom_id": "x", "params": {**FULL, "context_management": {"edits": [EDIT]}}}
    created = batches.create(requests=[item], betas=["string"])
    assert [result.result.type for result in batches.results(created.id)] == ["succeeded"]
    assert_matches_type(BetaMessageBatch, batches.retrieve(name, betas=["string"]))
    assert_matches_type(BetaMessageBatch, batches.cancel(name, betas=["string"]))
    assert batches.list(after_id="after_id", limit=1, betas=["string"]).data
    assert batches.delete(name, betas=["string"]).id == name
    for result in batches.results(name, betas=["string"]):
        assert_matches_type(BetaMessageBatchIndividualResponse, result)


def test_models(client: anthropic.Anthropic) -> None:
    assert assert_matches_type(ModelInfo, client.models.retrieve("model_id")).id == "model_id"
    beta = client.beta.models.retrieve(model_id="model_id", betas=["string"])
    assert_matches_type(BetaModelInfo, beta)
    listed = client.models.list(after_id="after_id", before_id="before_id", limit=1)
    assert_matches_type(SyncPage[ModelInfo], listed)
    assert len(list(client.models.list(limit=5))) > 10
    assert client.beta.models.list(after_id="after_id", limit=1, betas=["string"]).data


def test_files(client: anthropic.Anthropic) -> None:
    files = client.files
    listed = files.list(ids=["string"], limit=1, page="page")
    assert_matches_type(SyncPageCursor[FileMetadata], listed)
    assert_matches_type(FileMetadata, files.with_raw_response.retrieve_metadata("file_id").parse())
    assert files.download("file_id").read() == b"Example data\n"
    for _ in range(2):
        assert_matches_type(DeletedFile, files.delete("file_id"))
    stored = files.upload(file=b"Example data", expires_in_seconds=3_600)
    assert_matches_type(FileMetadata, stored)
    with files.with_streaming_response.download(stored.id) as content:
        assert content.read() == b"Example data"
    assert files.delete(stored.id).id == files.delete(stored.id).id == stored.id


def test_files_of_the_beta_namespace(client: anthropic.Anthropic) -> None:
    files, betas = client.beta.files, ["string"]
    query = {"after_id": "after_id", "before_id": "before_id", "scope_id": "scope_id"}
    assert files.list(limit=1, betas=betas, extra_query=query).data
    assert files.retrieve_metadata("file_id", betas=betas).id == "file_id"
    assert files.download("file_id", betas=betas).read()
    assert files.upload(file=b"Example data", betas=betas).downloadable
    assert files.delete("file_id", betas=betas).type == "file_deleted"


ASYNC: tuple[Callable[[anthropic.AsyncAnthropic], Any], ...] = (
    lambda sdk: sdk.messages.create(**FULL),
    lambda sdk: sdk.beta.messages.with_raw_response.create(**FULL, betas=["string"]),
    lambda sdk: sdk.messages.batches.cancel("message_batch_id"),
    lambda sdk: sdk.messages.batches.results("message_batch_id"),
    lambda sdk: sdk.models.retrieve("model_id"),
    lambda sdk: sdk.models.list(after_id="after_id"),
    lambda sdk: sdk.files.list(page="page"),
    lambda sdk: sdk.beta.files.delete("file_id"),
)


def test_all_of_it_asynchronously(server: MockServer) -> None:
    async def answers() -> list[Any]:
        async with anthropic.AsyncAnthropic(
            base_url=server.url, api_key="x", max_retries=0, _strict_response_validation=True
        ) as sdk:
            return [await call(sdk) for call in ASYNC]

    assert len(asyncio.run(answers())) == len(ASYNC)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({**MINIMAL, "max_tokens": "string"}, "max_tokens: Input should be a valid integer"),
        ({**MINIMAL, "foo": "bar"}, "foo: Extra inputs are not permitted"),
    ],
)
def test_what_has_no_shape_is_refused_all_the_same(
    client: anthropic.Anthropic, params: Value, message: str
) -> None:
    with pytest.raises(anthropic.BadRequestError, match=message):
        client.post("/v1/messages", body=params, cast_to=object)
    with pytest.raises(anthropic.BadRequestError, match="limit: Input should be greater than"):
        client.models.list(limit=0, after_id="after_id")
