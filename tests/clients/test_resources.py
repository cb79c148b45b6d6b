"""Files, batches, models and token counts as the official SDK uses them, on a socket."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import anthropic
import pytest
from anthropic.lib import files_from_dir
from PIL import Image

from mockserver.testing import MockServer

MODEL = "claude-haiku-4-5"


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    """One mock for the module, with a clock that stands on a day."""
    with MockServer(now="2026-11-22", batch_ends="step") as running:
        yield running


@pytest.fixture
def client(server: MockServer) -> Iterator[anthropic.Anthropic]:
    """A client with a key of its own, which checks every answer against the SDK's types."""
    with anthropic.Anthropic(
        base_url=server.url,
        api_key=server.fresh_key(),
        max_retries=0,
        _strict_response_validation=True,
    ) as sdk:
        yield sdk


def picture() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (20, 20)).save(file, "PNG")
    return file.getvalue()


def test_a_file_is_uploaded_used_and_deleted(client: anthropic.Anthropic) -> None:
    stored = client.files.upload(file=("a.png", picture(), "image/png"))
    answer = client.messages.create(
        model=MODEL,
        max_tokens=64,
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "image", "source": {"type": "file", "file_id": stored.id}},
                    {"type": "text", "text": "What is this?"},
                ],
            }
        ],
    )
    assert answer.stop_reason == "end_turn"
    with pytest.raises(anthropic.BadRequestError, match="is not downloadable") as caught:
        client.files.download(stored.id)
    assert type(caught.value).__name__ == "FileNotDownloadableError"
    assert client.files.delete(stored.id).type == "file_deleted"
    with pytest.raises(anthropic.NotFoundError, match="not found"):
        client.files.retrieve_metadata(stored.id)


@pytest.mark.parametrize("namespace", ["stable", "beta"])
def test_files_are_paged_through(client: anthropic.Anthropic, namespace: str) -> None:
    files = client.files if namespace == "stable" else client.beta.files
    ids = [files.upload(file=(f"{n}.txt", b"x", "text/plain")).id for n in range(5)]
    assert [file.id for file in files.list(limit=2)] == ids[::-1]
    assert [file.id for file in files.list(ids=[ids[0], "file_x"])] == ids[:1]
    old = client.beta.files.list(limit=2, betas=["files-api-2025-04-14"])
    assert [file.id for file in old] == ids[::-1]


def test_a_file_expires(client: anthropic.Anthropic) -> None:
    stored = client.files.upload(file=("a.txt", b"x", "text/plain"), expires_in_seconds=3_600)
    assert stored.expires_at is not None
    assert (stored.expires_at - stored.created_at).total_seconds() == 3_600
    with pytest.raises(anthropic.BadRequestError, match="greater than or equal to 3600"):
        client.files.upload(file=("a.txt", b"x"), expires_in_seconds=60)


@pytest.mark.parametrize("namespace", ["stable", "beta"])
def test_a_batch_of_five_runs_to_its_results(
    server: MockServer, client: anthropic.Anthropic, namespace: str
) -> None:
    batches = client.messages.batches if namespace == "stable" else client.beta.messages.batches
    created = batches.create(
        requests=[
            {
                "custom_id": f"item-{number}",
                "params": {
                    "model": MODEL,
                    "max_tokens": 0 if number == 1 else 64,
                    "messages": [{"role": "user", "content": f"Number {number}"}],
                },
            }
            for number in range(5)
        ]
    )
    assert created.processing_status == "in_progress"
    server.access(client.api_key).advance(created.id, 4)
    assert batches.cancel(created.id).processing_status == "canceling"
    ended = batches.retrieve(created.id)
    assert ended.processing_status == "ended"
    counts = ended.request_counts
    assert (counts.succeeded, counts.errored, counts.canceled) == (3, 1, 1)
    results = {line.custom_id: line.result for line in batches.results(created.id)}
    assert [results[f"item-{n}"].type for n in range(5)] == [
        *("succeeded", "errored", "succeeded", "succeeded", "canceled")
    ]
    assert batches.delete(created.id).type == "message_batch_deleted"
    with pytest.raises(anthropic.NotFoundError):
        batches.retrieve(created.id)


def test_batches_are_paged_through(client: anthropic.Anthropic) -> None:
    item = {
        "custom_id": "a",
        "params": {
            "model": MODEL,
            "max_tokens": 9,
            "messages": [{"role": "user", "content": "Hi"}],
        },
    }
    made = client.messages.batches.create
    ids = [made(requests=[item]).id for _ in range(5)]  # type: ignore[list-item] # a plain dict
    assert [batch.id for batch in client.messages.batches.list(limit=2)] == ids[::-1]
    with pytest.raises(anthropic.AnthropicError, match="No `results_url`"):
        client.messages.batches.results(ids[0])


def test_models_are_paged_through(client: anthropic.Anthropic) -> None:
    models = [model.id for model in client.models.list(limit=4)]
    assert len(models) == len(set(models)) > 10
    assert models == [model.id for model in client.beta.models.list(limit=1_000)]
    retired = [model.lifecycle for model in client.models.list(lifecycle=["retired"])]
    assert set(retired) == {"retired"}
    assert client.models.retrieve("claude-haiku-4-5").id == "claude-haiku-4-5-20251001"


def test_counted_tokens_are_those_of_the_answer(client: anthropic.Anthropic) -> None:
    messages = [{"role": "user", "content": "How many tokens are in this sentence?"}]
    counted = client.messages.count_tokens(model=MODEL, messages=messages)  # type: ignore[arg-type] # plain dicts
    answer = client.messages.create(model=MODEL, max_tokens=9, messages=messages)  # type: ignore[arg-type] # as above
    assert counted.input_tokens == answer.usage.input_tokens


def test_a_skill_is_created_changed_used_and_deleted(
    client: anthropic.Anthropic, tmp_path: Path
) -> None:
    folder = tmp_path / "red-pen"
    (folder / "notes").mkdir(parents=True)
    (folder / "SKILL.md").write_text("---\nname: red-pen\ndescription: Marks mistakes\n---\n")
    (folder / "notes" / "a.txt").write_text("a")

    skill = client.skills.create(files=files_from_dir(folder), display_name="A red pen")
    version = client.skills.versions.create(skill.id, files=files_from_dir(folder))
    assert client.skills.retrieve(skill.id).latest_version_id == version.id
    assert client.skills.versions.retrieve("latest", skill_id=skill.id) == version
    assert [each.id for each in client.skills.list(limit=1)] == [
        *(skill.id, "pptx", "xlsx", "docx", "pdf"),
    ]
    raw = client.beta.skills.versions.download(version.id, skill_id=skill.id).read()
    with zipfile.ZipFile(io.BytesIO(raw)) as opened:
        assert sorted(opened.namelist()) == ["red-pen/SKILL.md", "red-pen/notes/a.txt"]
    answer = client.messages.create(
        model=MODEL,
        max_tokens=1024,
        container={"skills": [{"type": "custom", "skill_id": skill.id}]},
        tools=[{"type": "code_execution_20250825", "name": "code_execution"}],
        messages=[{"role": "user", "content": "Use code_execution to mark this text"}],
    )
    assert answer.container is not None
    assert answer.container.skills is not None
    assert answer.container.skills[0].version == version.id
    client.skills.versions.delete(version.id, skill_id=skill.id)
    assert client.skills.delete(skill.id).type == "skill_deleted"
    with pytest.raises(anthropic.NotFoundError, match="Skill not found"):
        client.beta.skills.retrieve(skill.id)


def test_a_skill_with_the_sdk_of_before(client: anthropic.Anthropic) -> None:
    manifest = ("red-pen/SKILL.md", b"---\nname: red-pen\ndescription: Marks mistakes\n---\n")
    before = {"anthropic-beta": "skills-2025-10-02"}
    raw = client.skills.with_raw_response.create(
        files=[manifest], extra_headers=before, extra_body={"display_title": "A red pen"}
    )
    made = json.loads(raw.read())

    assert made["display_title"] == "A red pen"
    versions = client.skills.versions.with_raw_response.list(made["id"], extra_headers=before)
    assert json.loads(versions.read())["data"][0]["version"] == made["latest_version"]
