// Answers that arrive piece by piece, and half of one that is not taken for the whole.  node streaming.mjs "Question"
import Anthropic from "@anthropic-ai/sdk";
import { MODEL } from "./quickstart.mjs";
import { isMain } from "./running.mjs";

/** A stream that began well and did not end well; `text` is what had arrived. */
export class BrokenStreamError extends Anthropic.AnthropicError {
  constructor(reason, text) {
    super(`the answer broke off after ${text.length} characters: ${reason}`);
    this.text = text;
  }
}

/** Stream an answer, pass each piece of text on, return the whole. */
export async function streamText(client, request, onText = () => {}) {
  let text = "";
  const seen = new Set();
  const stream = client.messages.stream(request);
  try {
    for await (const event of stream) {
      seen.add(event.type);
      if (event.type === "content_block_delta" && event.delta.type === "text_delta") {
        text += event.delta.text;
        onText(event.delta.text);
      }
    }
  } catch (error) {
    // What fails before the answer begins is the SDK's own error.
    if (!seen.has("message_start")) throw error;
    throw new BrokenStreamError(String(error), text);
  }
  if (!seen.has("message_stop")) throw new BrokenStreamError("it ended too early", text);
  return stream.finalMessage();
}

if (isMain(import.meta.url)) {
  const messages = [{ role: "user", content: process.argv[2] ?? "Tell me about ancient Rome." }];
  const request = { model: MODEL, max_tokens: 1024, messages };
  const message = await streamText(new Anthropic(), request, (piece) => process.stdout.write(piece));
  console.log(`\n[${message.stop_reason}]`);
}
