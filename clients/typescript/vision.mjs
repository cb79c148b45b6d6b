// An image from its bytes or from a URL that the API fetches.  node vision.mjs photo.png
import { readFile } from "node:fs/promises";
import Anthropic from "@anthropic-ai/sdk";
import { MODEL, textOf, whole } from "./quickstart.mjs";
import { isMain } from "./running.mjs";

/** The media type that the bytes themselves show; a file name may lie, and the API looks. */
export function mediaTypeOf(data) {
  const head = data.toString("latin1", 0, 12);
  if (head.startsWith("\xff\xd8\xff")) return "image/jpeg";
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "image/png";
  if (head.startsWith("GIF87a") || head.startsWith("GIF89a")) return "image/gif";
  if (head.startsWith("RIFF") && head.endsWith("WEBP")) return "image/webp";
  throw new TypeError("neither JPEG, PNG, GIF nor WebP");
}

/** An image block that holds the bytes. */
export function inline(data) {
  const source = { type: "base64", media_type: mediaTypeOf(data), data: data.toString("base64") };
  return { type: "image", source };
}

/** An image block whose bytes the API fetches itself. */
export const linked = (url) => ({ type: "image", source: { type: "url", url } });

/** Ask about one image; it goes before the question, as the model reads best. */
export function describe(client, image, question) {
  const content = [image, { type: "text", text: question }];
  return whole(client, { model: MODEL, max_tokens: 1024, messages: [{ role: "user", content }] });
}

if (isMain(import.meta.url)) {
  const [image, question = "Describe this image in detail."] = process.argv.slice(2);
  if (image === undefined) {
    console.error("usage: node vision.mjs IMAGE [QUESTION]   IMAGE is a path, or an http(s) URL");
    process.exit(2);
  }
  const block = /^https?:/.test(image) ? linked(image) : inline(await readFile(image));
  console.log(textOf(await describe(new Anthropic(), block, question)));
}
