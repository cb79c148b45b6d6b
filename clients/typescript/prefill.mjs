// Write the beginning of the answer, where the model allows it.  node prefill.mjs MODEL "Question" "Beginning"
import Anthropic from "@anthropic-ai/sdk";
import { MODEL, textOf, whole } from "./quickstart.mjs";
import { isMain } from "./running.mjs";

// The API names no error code for this, so its sentence is all there is to go by.
const REFUSAL = "This model does not support assistant message prefill.";

/** An answer that begins with `start`, by whichever means the model allows. */
export async function continueFrom(client, request, start) {
  const prefill = { role: "assistant", content: start };
  try {
    const message = await whole(client, { ...request, messages: [...request.messages, prefill] });
    return start + textOf(message);
  } catch (error) {
    if (!(error instanceof Anthropic.BadRequestError) || !error.message.includes(REFUSAL)) throw error;
  }
  const system = `Begin your answer with exactly this text and go on from there: ${start}`;
  const answer = textOf(await whole(client, { ...request, system }));
  return answer.startsWith(start) ? answer : `${start} ${answer}`;
}

if (isMain(import.meta.url)) {
  const [model = MODEL, question = "Hello, Claude", start = "Well,"] = process.argv.slice(2);
  const request = { model, max_tokens: 200, messages: [{ role: "user", content: question }] };
  console.log(await continueFrom(new Anthropic(), request, start));
}
