// What to do when an answer stops, for each reason the API gives.  node stop_reasons.mjs "Question" [MAX_TOKENS]
import Anthropic from "@anthropic-ai/sdk";
import { turnOf } from "./conversation.mjs";
import { MODEL, textOf, whole } from "./quickstart.mjs";
import { isMain } from "./running.mjs";
import { BrokenStreamError, streamText } from "./streaming.mjs";

const CEILING = 16_384;
const WORD_COUNT = {
  name: "word_count",
  description: "Count the words of a text.",
  input_schema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
};
export const TOOLBOX = { word_count: ({ text }) => String(text.split(/\s+/).filter(Boolean).length) };

/** Send a request, and whatever its stop reasons call for, until there is an outcome. */
export async function answer(client, request, { toolbox = TOOLBOX, rounds = 10, stream = false } = {}) {
  let text = "";
  for (let round = 0; round < rounds; round++) {
    let message;
    try {
      message = await (stream ? streamed(client, request) : whole(client, request));
    } catch (error) {
      if (!(error instanceof BrokenStreamError)) throw error;
      return { kind: "interrupted", text: text + error.text, reason: error.reason };
    }
    const reason = message.stop_reason;
    const said = text + textOf(message);
    if (reason === "end_turn" || reason === "stop_sequence") return { kind: "finished", text: said };
    if (reason === "refusal") return { kind: "refused", category: message.stop_details?.category ?? null };
    if (reason === "max_tokens" && request.max_tokens < CEILING) {
      request = { ...request, max_tokens: Math.min(2 * request.max_tokens, CEILING) };
    } else if (reason === "max_tokens" || reason === "model_context_window_exceeded") {
      return { kind: "truncated", text: said, limit: reason };
    } else if (reason === "tool_use") {
      text = ""; // what comes before a call announces it; the answer comes after the result
      request = longer(request, message, results(message, toolbox));
    } else if (reason === "pause_turn") {
      text = said;
      request = longer(request, message);
    } else {
      throw new Anthropic.AnthropicError(`stop_reason ${reason}`);
    }
  }
  return { kind: "truncated", text, limit: "rounds" };
}

/** The SDK retries what fails before the answer begins, and nothing after. */
async function streamed(client, request) {
  try {
    return await streamText(client, request);
  } catch (error) {
    if (!(error instanceof BrokenStreamError)) throw error;
    return streamText(client, request);
  }
}

function longer(request, message, ...turns) {
  return { ...request, messages: [...request.messages, ...turnOf(message), ...turns] };
}

/** The user turn with one result for each call, if only an error. */
export function results(message, toolbox) {
  const calls = message.content.filter((block) => block.type === "tool_use");
  const content = calls.map((call) => {
    const result = { type: "tool_result", tool_use_id: call.id };
    try {
      return { ...result, content: toolbox[call.name](call.input) };
    } catch (error) {
      return { ...result, content: String(error), is_error: true };
    }
  });
  return { role: "user", content };
}

if (isMain(import.meta.url)) {
  const [content = "How many words are in 'to be or not to be'?", tokens = "1024"] = process.argv.slice(2);
  const messages = [{ role: "user", content }];
  const request = { model: MODEL, max_tokens: Number(tokens), tools: [WORD_COUNT], messages };
  console.log(JSON.stringify(await answer(new Anthropic(), request)));
}
