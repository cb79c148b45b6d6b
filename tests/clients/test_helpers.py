"""The SDK's own helpers against an unscripted server: tool runner, parse with pydantic models, stream helpers."""

from __future__ import annotations

from collections.abc import Iterator
from enum import Enum
from typing import TYPE_CHECKING, Literal

import anthropic
import pytest
from anthropic import beta_tool
from pydantic import BaseModel, Field

if TYPE_CHECKING:
    from mockserver.testing import MockServer

MODELS = ["claude-haiku-4-5", "claude-opus-5-5"]
ASKED: list[anthropic.types.MessageParam] = [
    {"role": "user", "content": "What's the weather in Paris?"}
]
WEATHER: anthropic.types.ToolParam = {
    "name": "get_weather",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
    },
}


@pytest.fixture(scope="module")
def server() -> Iterator[MockServer]:
    from mockserver.testing import MockServer

    with MockServer() as server:
        yield server


@pytest.fixture
def client(server: MockServer) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=server.url, api_key=server.api_key) as sdk:
        yield sdk


@beta_tool
def get_weather(city: str) -> str:
    """Get the weather of a city.

    Args:
        city: The name of the city.

    """
    return f"It is 21 degrees in {city}."


@beta_tool
def get_time(zone: str) -> str:
    """Get the time.

    Args:
        zone: A time zone.

    """
    return f"12:00 in {zone}"


@pytest.mark.parametrize("model", MODELS)
def test_the_tool_runner_ends(client: anthropic.Anthropic, model: str) -> None:
    runner = client.beta.messages.tool_runner(
        model=model, max_tokens=1024, tools=[get_weather, get_time], messages=ASKED
    )
    messages = list(runner)

    assert [message.stop_reason for message in messages] == ["tool_use", "end_turn"]
    last = messages[-1].content[-1]
    assert last.type == "text"
    assert "It is 21 degrees in Paris." in last.text


def test_the_tool_runner_streams(client: anthropic.Anthropic) -> None:
    runner = client.beta.messages.tool_runner(
        model=MODELS[0], max_tokens=1024, tools=[get_weather], messages=ASKED, stream=True
    )
    finals = [stream.get_final_message() for stream in runner]

    assert [message.stop_reason for message in finals] == ["tool_use", "end_turn"]


def test_the_tool_runner_runs_tools_in_parallel_and_in_turn(client: anthropic.Anthropic) -> None:
    for asked, calls in [
        ("Weather in Rome and the time", [2, 0]),
        ("weather, then time", [1, 1, 0]),
    ]:
        runner = client.beta.messages.tool_runner(
            model=MODELS[0],
            max_tokens=1024,
            tools=[get_weather, get_time],
            messages=[{"role": "user", "content": asked}],
        )
        kinds = [[block.type for block in message.content] for message in runner]
        assert [found.count("tool_use") for found in kinds] == calls


class Mood(Enum):
    GOOD = "good"
    BAD = "bad"


class Address(BaseModel):
    street: str
    zip_code: str = Field(pattern=r"^\d{5}$")


class Person(BaseModel):
    name: str
    age: int = Field(ge=0, le=150)
    mood: Mood
    address: Address | None
    tags: list[str]
    kind: Literal["person"] = "person"


@pytest.mark.parametrize("model", MODELS)
def test_parse_gives_a_pydantic_model(client: anthropic.Anthropic, model: str) -> None:
    message = client.messages.parse(
        model=model,
        max_tokens=1024,
        messages=[{"role": "user", "content": "Ada Lovelace is 36 and in bad mood"}],
        output_format=Person,
    )

    person = message.parsed_output
    assert person is not None
    assert (person.name, person.age, person.mood) == ("Ada Lovelace", 36, Mood.BAD)


@pytest.mark.parametrize("model", MODELS)
def test_the_stream_helper_accumulates(client: anthropic.Anthropic, model: str) -> None:
    with client.messages.stream(
        model=model, max_tokens=1024, tools=[WEATHER], messages=ASKED
    ) as stream:
        kinds = {event.type for event in stream}
        final = stream.get_final_message()

    assert {"text", "input_json", "message_stop"} <= kinds
    assert final.content[-1].type == "tool_use"
    assert final.content[-1].input == {"city": "Paris"}
    alike = client.messages.create(model=model, max_tokens=1024, tools=[WEATHER], messages=ASKED)
    assert [block.type for block in alike.content] == [block.type for block in final.content]
    assert alike.usage == final.usage


def test_thinking_can_be_sent_back_as_it_came(client: anthropic.Anthropic) -> None:
    def ask(messages: list[anthropic.types.MessageParam]) -> anthropic.types.Message:
        return client.messages.create(
            model="claude-opus-5", max_tokens=2048, tools=[WEATHER], messages=messages
        )

    first = ask(ASKED)
    assert [block.type for block in first.content] == ["thinking", "text", "tool_use"]
    call = first.content[-1]
    assert call.type == "tool_use"
    done: anthropic.types.MessageParam = {
        "role": "user",
        "content": [{"type": "tool_result", "tool_use_id": call.id, "content": "warm"}],
    }
    assert (
        ask([*ASKED, {"role": "assistant", "content": first.content}, done]).stop_reason
        == "end_turn"
    )


def test_cited_text_streams(client: anthropic.Anthropic) -> None:
    document: anthropic.types.DocumentBlockParam = {
        "type": "document",
        "source": {
            "type": "text",
            "media_type": "text/plain",
            "data": "Grass is green. Sky is blue.",
        },
        "citations": {"enabled": True},
    }
    content = [document, anthropic.types.TextBlockParam(type="text", text="What is blue?")]
    with client.messages.stream(
        model=MODELS[0], max_tokens=1024, messages=[{"role": "user", "content": content}]
    ) as stream:
        final = stream.get_final_message()

    last = final.content[-1]
    assert last.type == "text"
    assert last.citations is not None
    assert last.citations[0].cited_text == "Sky is blue."
