"""LangChain: a chat model, its stream with usage, and a tool that it binds and runs."""

from langchain_anthropic import ChatAnthropic
from langchain_core.messages import HumanMessage
from langchain_core.tools import tool
from pydantic import BaseModel


@tool
def get_weather(city: str) -> str:
    """Get the weather of a city."""
    return f"18 degrees in {city}"


class Pet(BaseModel):
    """A pet."""

    name: str
    age: int


model = ChatAnthropic(model="claude-haiku-4-5", max_tokens=300)
answer = model.invoke("Say ahoy")
assert "Say ahoy" in answer.text, answer
assert answer.usage_metadata["input_tokens"] > 0

chunks = list(model.stream("Say ahoy"))
whole = sum(chunks[1:], chunks[0])
assert whole.text == answer.text, whole
assert whole.usage_metadata["output_tokens"] == answer.usage_metadata["output_tokens"]

talk = [HumanMessage("Call get_weather for 'Paris'")]
call = model.bind_tools([get_weather]).invoke(talk)
assert call.tool_calls[0]["args"] == {"city": "Paris"}, call.tool_calls
talk += [call, get_weather.invoke(call.tool_calls[0])]
end = model.bind_tools([get_weather]).invoke(talk)
assert not end.tool_calls
assert "18 degrees in Paris" in end.text, end

pet = model.with_structured_output(Pet).invoke("A pet called 'Rex' of age 7")
print(f"text, stream, tool round, structured output {pet!r}")
