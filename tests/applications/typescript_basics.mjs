// The official TypeScript SDK: a message, a stream, a count, the tool runner, and errors by their classes.
import assert from "node:assert";
import Anthropic from "@anthropic-ai/sdk";
import { betaTool } from "@anthropic-ai/sdk/helpers/beta/json-schema";

const client = new Anthropic({ maxRetries: 0 });
const asked = {
  model: "claude-haiku-4-5",
  max_tokens: 200,
  messages: [{ role: "user", content: "Say ahoy" }],
};

const message = await client.messages.create(asked);
assert.match(message.content[0].text, /Say ahoy/);
const streamed = await client.messages.stream(asked).finalMessage();
assert.equal(streamed.content[0].text, message.content[0].text);
assert.equal(streamed.usage.output_tokens, message.usage.output_tokens);
const { input_tokens } = await client.messages.countTokens({
  model: asked.model,
  messages: asked.messages,
});
assert.equal(input_tokens, message.usage.input_tokens);

const weather = betaTool({
  name: "get_weather",
  description: "Get the weather of a city",
  inputSchema: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
  run: ({ city }) => `18 degrees in ${city}`,
});
const last = await client.beta.messages.toolRunner({
  ...asked,
  messages: [{ role: "user", content: "Call get_weather for 'Paris'" }],
  tools: [weather],
});
assert.match(last.content.at(-1).text, /18 degrees in Paris/);

await assert.rejects(
  client.messages.create({ ...asked, messages: [{ role: "user", content: "" }] }),
  Anthropic.BadRequestError,
);
await assert.rejects(
  client.messages.create({ ...asked, model: "claude-nonexistent" }),
  Anthropic.NotFoundError,
);
console.log("create, stream, count_tokens, tool runner, 400, 404");
