// One request to an OpenAI-compatible chat endpoint, and when each part of its answer came.
import { Agent, request } from "node:http";

/** @typedef {{ role: "system" | "user" | "assistant", content: string }} Message */
/** @typedef {{ url: string, model: string, key: string }} Address */
/**
 * @typedef {object} Ask
 * @property {Message[]} messages
 * @property {number} tokens the most to write; as long as the model is not asked for JSON, it writes that many
 * @property {string} [conversation] a name under which what was read is kept
 * @property {unknown} [schema] of the JSON that the answer shall be
 * @property {number} [temperature]
 * @property {number} [seed]
 * @property {AbortSignal} [signal] ends it early
 */
/**
 * @typedef {object} Answer
 * @property {number} status of HTTP; 0 if there was no answer
 * @property {number} began when it was asked, as `performance.now()` says
 * @property {number[]} times when each piece of text came, likewise
 * @property {number} ended likewise
 * @property {string} text
 * @property {string} finish why it ended: "stop", "length"; "" if it was cut off
 * @property {string} error what the server said went wrong, or ""
 * @property {number} read tokens of the prompt
 * @property {number} cached those of them that had been read before
 * @property {number} written tokens of the answer
 */

// A connection for each request: a server may close an idle one at the very moment that it is used again.
const agent = new Agent({ keepAlive: false });

/** Milliseconds to the first text. @param {Answer} answer */
export const firstToken = (answer) => (answer.times[0] ?? Number.NaN) - answer.began;

/** Milliseconds between one piece of text and the next. @param {Answer} answer */
export const gaps = (answer) => answer.times.slice(1).map((time, index) => time - (answer.times[index] ?? time));

/** Throws unless the answer is complete. @param {Answer} answer */
export function complete(answer) {
  if (answer.status !== 200 || answer.error || !answer.finish) {
    throw new Error(`an answer failed: status ${answer.status}, "${answer.error}", finish "${answer.finish}", after ${answer.times.length} pieces of text`);
  }
  return answer;
}

/** @param {Ask} ask @param {string} model */
function body({ messages, tokens, conversation, schema, temperature = 0.7, seed = 1 }, model) {
  return JSON.stringify({
    model,
    messages,
    max_tokens: tokens,
    temperature,
    seed,
    stream: true,
    stream_options: { include_usage: true },
    // llama-server's own: random weights may end at any time otherwise.
    ignore_eos: schema === undefined,
    ...(conversation === undefined ? {} : { prompt_cache_key: conversation }),
    ...(schema === undefined ? {} : { response_format: { type: "json_schema", json_schema: { name: "answer", schema, strict: true } } }),
  });
}

/**
 * Asks and waits for the whole answer. What goes wrong is in the answer; it does not throw.
 * @param {Address} address @param {Ask} ask @returns {Promise<Answer>}
 */
export function chat(address, ask) {
  /** @type {Answer} */
  const answer = { status: 0, began: performance.now(), times: [], ended: 0, text: "", finish: "", error: "", read: 0, cached: 0, written: 0 };
  return new Promise((resolve) => {
    /** @param {Error} [error] */
    const end = (error) => {
      answer.ended = performance.now();
      if (error) answer.error ||= error.message;
      resolve(answer);
    };
    const headers = { "content-type": "application/json", ...(address.key ? { authorization: `Bearer ${address.key}` } : {}) };
    const sent = request(`${address.url}/v1/chat/completions`, { method: "POST", agent, headers, signal: ask.signal }, (response) => {
      answer.status = response.statusCode ?? 0;
      let rest = "";
      response.setEncoding("utf8");
      response.on("data", (part) => {
        const lines = (rest + part).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) if (line.startsWith("data: {")) take(answer, JSON.parse(line.slice(6)));
      });
      response.on("end", () => {
        if (answer.status !== 200) answer.error ||= rest;
        end();
      });
      response.on("error", end);
    });
    sent.on("error", end);
    sent.end(body(ask, address.model));
  });
}

/** @param {Answer} answer @param {any} chunk */
function take(answer, chunk) {
  const choice = chunk.choices?.[0];
  if (choice?.delta?.content) {
    answer.times.push(performance.now());
    answer.text += choice.delta.content;
  }
  answer.finish = choice?.finish_reason ?? answer.finish;
  if (chunk.error) answer.error = chunk.error.message ?? "unknown";
  if (chunk.usage) {
    answer.read = chunk.usage.prompt_tokens;
    answer.cached = chunk.usage.prompt_tokens_details?.cached_tokens ?? 0;
    answer.written = chunk.usage.completion_tokens;
  }
}
