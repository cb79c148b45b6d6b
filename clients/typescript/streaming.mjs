// Answers that arrive piece by piece, and half of one that is not taken for the whole.  node streaming.mjs "Question"
import Anthropic from "@anthropic-ai/sdk";
import { MODEL } from "./quickstart.mjs";
import { isMain } from "./running.mjs";

/** A stream that began well and did not end well; `text` is what had arrived. */
export class BrokenStreamError extends Anthropic.AnthropicError {
  constructor(reason, text) {
    super(`the answer broke off after ${text.length} characters: ${reason}`);
    this.reason = reason;
    this.text = text;
  }
}

/** The SDK's timeout ends with the headers: from then on the wait for each event is bounded here. */
class Patience {
  hasBegun = false;
  #timer;

  constructor(stream, milliseconds) {
    this.renew = () => {
      this.hasBegun = true;
      this.end();
      this.#timer = setTimeout(() => stream.abort(), milliseconds);
    };
    stream.on("connect", this.renew);
  }

  end() {
    clearTimeout(this.#timer);
  }
}

/** Stream an answer, pass each piece of text on, return the whole. */
export async function streamText(client, request, onText = () => {}) {
  let text = "";
  const seen = new Set();
  const stream = client.messages.stream(request);
  const patience = new Patience(stream, client.timeout);
  try {
    for await (const event of stream) {
      patience.renew();
      seen.add(event.type);
      if (event.type === "content_block_delta" && event.delta.type === "text_delta") {
        text += event.delta.text;
        onText(event.delta.text);
      }
    }
  } catch (error) {
    // What fails before the answer begins is the SDK's own error, and was tried again.
    if (!patience.hasBegun) throw error;
    // The answer was there: what is wrong behind it takes nothing away.
    if (!seen.has("message_stop")) throw new BrokenStreamError(String(error), text);
  } finally {
    patience.end();
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
