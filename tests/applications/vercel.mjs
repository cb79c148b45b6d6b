// Vercel AI SDK: text, stream, a tool loop and an object.
import assert from "node:assert";
import { createAnthropic } from "@ai-sdk/anthropic";
import { generateText, Output, stepCountIs, streamText, tool } from "ai";
import { z } from "zod";

const anthropic = createAnthropic({ baseURL: `${process.env.ANTHROPIC_BASE_URL}/v1` });
const model = anthropic("claude-haiku-4-5");

const { text } = await generateText({ model, prompt: "Say ahoy" });
assert.match(text, /Say ahoy/);

let streamed = "";
for await (const part of streamText({ model, prompt: "Say ahoy" }).textStream) streamed += part;
assert.equal(streamed, text);

const get_weather = tool({
  description: "Get the weather of a city",
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => `18 degrees in ${city}`,
});
const round = await generateText({
  model,
  tools: { get_weather },
  stopWhen: stepCountIs(5),
  prompt: "Call get_weather for 'Paris'",
});
assert.match(round.text, /18 degrees in Paris/);

const schema = z.object({ name: z.string(), age: z.number().int() });
const { output } = await generateText({
  model,
  output: Output.object({ schema }),
  prompt: "A pet called 'Rex' of age 7",
});
console.log(`text, stream, tool round in ${round.steps.length} steps, object ${JSON.stringify(output)}`);
