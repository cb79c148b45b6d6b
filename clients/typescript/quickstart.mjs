// The basic request: one user message in, one answer out.  node quickstart.mjs "Hello"
import Anthropic from "@anthropic-ai/sdk";
import { isMain } from "./running.mjs";

export const MODEL = "claude-opus-4-7";

/** Send one user message and return the answer. */
export function ask(client, prompt, { model = MODEL, maxTokens = 1024 } = {}) {
  return client.messages.create({
    model,
    max_tokens: maxTokens,
    messages: [{ role: "user", content: prompt }],
  });
}

/** The text of an answer, which may be in several blocks or in none. */
export function textOf(message) {
  return message.content.map((block) => (block.type === "text" ? block.text : "")).join("");
}

if (isMain(import.meta.url)) {
  console.log(textOf(await ask(new Anthropic(), process.argv[2] ?? "Hello, Claude")));
}
