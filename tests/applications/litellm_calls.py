"""LiteLLM: completion, stream, tools and a JSON schema through its Anthropic provider."""

import json

import litellm

MODEL = "anthropic/claude-haiku-4-5"
TOOL = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the weather of a city",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
        },
    },
}
PET = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
    "required": ["name", "age"],
    "additionalProperties": False,
}


def asked(text: str, **more: object) -> litellm.ModelResponse:
    return litellm.completion(MODEL, [{"role": "user", "content": text}], max_tokens=300, **more)


answer = asked("Say ahoy")
assert "Say ahoy" in answer.choices[0].message.content, answer
parts = [chunk.choices[0].delta.content or "" for chunk in asked("Say ahoy", stream=True)]
assert "".join(parts) == answer.choices[0].message.content
call = asked("Call get_weather for 'Paris'", tools=[TOOL]).choices[0].message.tool_calls[0]
assert json.loads(call.function.arguments) == {"city": "Paris"}, call
form = {"type": "json_schema", "json_schema": {"name": "pet", "schema": PET, "strict": True}}
pet = json.loads(
    asked("A pet called 'Rex' of age 7", response_format=form).choices[0].message.content
)
assert set(pet) == {"name", "age"}, pet
try:
    litellm.completion(
        "anthropic/claude-nonexistent", [{"role": "user", "content": "hi"}], max_tokens=9
    )
except litellm.NotFoundError:
    print(f"text, stream, tool call, JSON schema {pet}, 404")
