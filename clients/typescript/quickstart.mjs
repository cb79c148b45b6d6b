// The basic request: one user message in, one answer out.  node quickstart.mjs "Hello"
import Anthropic from "@anthropic-ai/sdk";
import { isMain } from "./running.mjs";

export const MODEL = "claude-opus-4-7";

/** What came with a status of 200 is no message: something on the way answered, or cut the answer short. */
export class NoMessageError extends Anthropic.AnthropicError {}

/**
 * Send a request and return its answer. The SDK hands on a page of HTML, leaves half a JSON text to the parser, and
 * an answer that breaks off to fetch.
 */
export async function whole(client, request) {
  let message;
  try {
    message = await client.messages.create(request);
  } catch (error) {
    if (error instanceof Anthropic.AnthropicError) throw error;
    throw new NoMessageError(`the answer is cut short: ${error.message}`);
  }
  if (message?.type === "message") return message;
  throw new NoMessageError(`the answer is no message: ${String(message).slice(0, 200)}`);
}

/** Send one user message and return the answer. */
export function ask(client, prompt, { model = MODEL, maxTokens = 1024 } = {}) {
  return whole(client, {
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
