"""The official SDK of any version: a message, both kinds of stream, a count, and the errors by their classes."""

import anthropic

client = anthropic.Anthropic(max_retries=0)
asked = {
    "model": "claude-haiku-4-5",
    "max_tokens": 100,
    "messages": [{"role": "user", "content": "Say ahoy"}],
}


def refused(kind: type[anthropic.APIStatusError], **changes: object) -> str:
    try:
        client.messages.create(**{**asked, **changes})
    except kind as error:
        return f"{error.status_code} {error.response.headers['request-id'][:4]}"
    raise AssertionError(f"no {kind.__name__}")


message = client.messages.create(**asked)
text = message.content[0].text
assert "Say ahoy" in text, message
assert message.usage.input_tokens > 0

with client.messages.stream(**asked) as stream:
    assert "".join(stream.text_stream) == text
    assert stream.get_final_message().usage.output_tokens == message.usage.output_tokens

events = [event.type for event in client.messages.create(**asked, stream=True)]
assert events[0] == "message_start", events
assert events[-1] == "message_stop", events

known = client.messages if hasattr(client.messages, "count_tokens") else client.beta.messages
counted = known.count_tokens(model=asked["model"], messages=asked["messages"])
assert counted.input_tokens == message.usage.input_tokens, counted

client.beta.messages.create(**asked)
seen = [
    refused(anthropic.BadRequestError, messages=[{"role": "user", "content": ""}]),
    refused(anthropic.NotFoundError, model="claude-nonexistent"),
]
try:
    anthropic.Anthropic(api_key="invalid", max_retries=0).messages.create(**asked)
except anthropic.AuthenticationError as error:
    seen.append(str(error.status_code))
assert seen == ["400 req_", "404 req_", "401"], seen
print(f"create, stream helper, raw stream, count_tokens, beta create, {', '.join(seen)}")
