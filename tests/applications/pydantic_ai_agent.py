"""pydantic-ai: an agent with a tool, a typed output and a stream."""

import asyncio

from pydantic import BaseModel
from pydantic_ai import Agent
from pydantic_ai.models.anthropic import AnthropicModel

MODEL = AnthropicModel("claude-sonnet-4-6")


class Pet(BaseModel):
    """A pet."""

    name: str
    age: int


agent = Agent(MODEL, instructions="Be brief.")


@agent.tool_plain
def get_weather(city: str) -> str:
    """Get the weather of a city."""
    return f"18 degrees in {city}"


async def streamed() -> str:
    async with agent.run_stream("Say ahoy") as run:
        return await run.get_output()


plain = agent.run_sync("Say ahoy")
assert "Say ahoy" in plain.output, plain
weather = agent.run_sync("Call get_weather for 'Paris'")
assert "18 degrees in Paris" in weather.output, weather.output
pet = Agent(MODEL, output_type=Pet).run_sync("A pet called 'Rex' of age 7").output
assert "Say ahoy" in asyncio.run(streamed())
print(f"text, stream, tool round, typed output {pet!r}, {weather.usage.requests} requests")
