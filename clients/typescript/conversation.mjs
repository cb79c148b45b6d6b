// Conversations over an API that remembers nothing.  node conversation.mjs "Question" "Next question"
import Anthropic from "@anthropic-ai/sdk";
import { MODEL, textOf, whole } from "./quickstart.mjs";
import { isMain } from "./running.mjs";

/** The turns so far; a question enters the history together with its answer, or not at all. */
export class Conversation {
  #client;
  #options;

  constructor(client, { model = MODEL, maxTokens = 1024, turns = [] } = {}) {
    this.#client = client;
    this.#options = { model, max_tokens: maxTokens };
    this.turns = [...turns];
  }

  async say(content) {
    const question = { role: "user", content };
    const messages = [...this.turns, question];
    const message = await whole(this.#client, { ...this.#options, messages });
    if (message.stop_reason !== "refusal") this.turns.push(question, ...turnOf(message));
    return message;
  }
}

/** An answer as a turn of the history; an empty one, or a blank text, would be refused. */
export function turnOf(message) {
  const content = message.content.filter((block) => block.type !== "text" || block.text.trim());
  return content.length ? [{ role: "assistant", content }] : [];
}

if (isMain(import.meta.url)) {
  const given = process.argv.slice(2);
  const questions = given.length ? given : ["What is the capital of France?", "What is its population?"];
  const conversation = new Conversation(new Anthropic());
  for (const question of questions) {
    console.log(textOf(await conversation.say(question)));
  }
}
