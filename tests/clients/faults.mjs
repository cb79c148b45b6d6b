// Run programs of clients/typescript under faults: rows on stdin, what became of each on stdout, both as JSON.
import Anthropic from "@anthropic-ai/sdk";
import { Conversation } from "./conversation.mjs";
import { ask, textOf } from "./quickstart.mjs";
import { answer } from "./stop_reasons.mjs";
import { streamText } from "./streaming.mjs";

const messages = [{ role: "user", content: "Tell me about ancient Rome." }];
const request = { model: "claude-haiku-4-5", max_tokens: 200, messages };
const PROGRAMS = {
  ask: async (client) => textOf(await ask(client, "Hello")),
  converse: async (client) => textOf(await new Conversation(client).say("Hello")),
  stream: async (client) => textOf(await streamText(client, request)),
  answer: async (client) => (await answer(client, request)).kind,
  answerStreamed: async (client) => (await answer(client, request, { stream: true })).kind,
};

// A header holds no other characters.
const ascii = (text) =>
  text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);

async function run({ program, reply, timeout }) {
  let requests = 0;
  const client = new Anthropic({
    timeout,
    defaultHeaders: { "x-mock-reply": ascii(JSON.stringify(reply)) },
    fetch: (...asked) => {
      requests += 1;
      return fetch(...asked);
    },
  });
  try {
    return { result: await PROGRAMS[program](client), error: null, requests };
  } catch (error) {
    return { result: null, error: error.constructor.name, requests };
  }
}

let input = "";
for await (const piece of process.stdin) input += piece;
console.log(JSON.stringify(await Promise.all(JSON.parse(input).map(run))));
process.exit();
