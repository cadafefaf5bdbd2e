// What people and programs do to a server, one step at a time. How a step ended:
//   done  it got what it asked for
//   left  it left early, as it meant to
//   told  it was told that it cannot have it now, so that it can come back
//   lost  anything else: an answer that breaks off without a word, a wrong one, or none
import { chat } from "../client.mjs";
import { SHAPES, TOKENS, isValid } from "../shapes.mjs";
import { words } from "../words.mjs";

/** @typedef {{ ended: "done" | "left" | "told" | "lost", what?: string }} Outcome */
/** @typedef {() => Promise<Outcome>} Step */
/** @typedef {import("../engines.mjs").Engine} Engine */

/** Answers that say that the server cannot just now: too many requests, unavailable. */
const CANNOT_NOW = [429, 503];
const CONVERSATIONS = 24;

/** How an answer ended whose reader stayed. @param {import("../client.mjs").Answer} answer @param {(answer: import("../client.mjs").Answer) => boolean} isGood @returns {Outcome} */
function judge(answer, isGood) {
  if (CANNOT_NOW.includes(answer.status) || (answer.status === 200 && answer.error && !answer.finish)) return { ended: "told" };
  if (answer.status === 200 && isGood(answer)) return { ended: "done" };
  return { ended: "lost", what: `status ${answer.status}, finish "${answer.finish}", error "${answer.error}", after ${answer.text.length} characters` };
}

/** Streams of text in a few conversations, three in ten of which are left early. @param {Engine} engine @param {() => number} chance @returns {Step} */
export function chats(engine, chance) {
  /** @type {Map<number, import("../client.mjs").Message[]>} */
  const histories = new Map();
  return async () => {
    const number = Math.floor(chance() * CONVERSATIONS);
    const messages = [...(histories.get(number) ?? []), { role: /** @type {const} */ ("user"), content: words(4 + Math.floor(chance() * 60)) }];
    const leave = new AbortController();
    const timer = chance() < 0.3 ? setTimeout(() => leave.abort(), chance() * 300) : undefined;
    const answer = await chat(engine, { messages, tokens: 8 + Math.floor(chance() * 60), conversation: `soak ${number}`, signal: leave.signal });
    clearTimeout(timer);
    if (leave.signal.aborted && !answer.finish) return { ended: "left" };
    const outcome = judge(answer, ({ finish, text }) => finish !== "" && text !== "");
    if (outcome.ended === "done" && messages.length < 8) histories.set(number, [...messages, { role: "assistant", content: answer.text }]);
    else histories.delete(number);
    return outcome;
  };
}

/** Answers of a given shape. @param {Engine} engine @returns {Step} */
export function shapes(engine) {
  let count = 0;
  return async () => {
    count += 1;
    const schema = SHAPES[count % SHAPES.length];
    const answer = await chat(engine, { messages: [{ role: "user", content: words(8) }], tokens: TOKENS, schema, temperature: 1, seed: count });
    return judge(answer, ({ finish, text }) => finish === "stop" && isValid(text, schema));
  };
}

/** Vectors of texts. @param {Engine} engine @param {string} embedding the model's name @returns {Step} */
export function embeddings(engine, embedding) {
  return async () => {
    const input = Array.from({ length: 8 }, () => words(24));
    const headers = { authorization: `Bearer ${engine.key}`, "content-type": "application/json" };
    const answer = await fetch(`${engine.url}/v1/embeddings`, { method: "POST", headers, body: JSON.stringify({ model: embedding, input }) });
    if (CANNOT_NOW.includes(answer.status)) return { ended: "told" };
    const text = await answer.text();
    const whole = answer.status === 200 && JSON.parse(text).data?.length === input.length;
    return whole ? { ended: "done" } : { ended: "lost", what: `${answer.status}: ${text.slice(0, 200)}` };
  };
}

/** Pages. @param {import("../../../support/visitor.mjs").Visitor} visitor @returns {Step} */
export function pages(visitor) {
  const paths = ["/", "/login", "/dashboard", "/interview", "/settings"];
  let count = 0;
  return async () => {
    const path = paths[(count += 1) % paths.length] ?? "/";
    const answer = await visitor.request(path);
    const text = await answer.text();
    // Who is signed in is led away from the sign-in page.
    const good = answer.status === 200 ? text.includes("</html>") : path === "/login" && answer.status < 400;
    return good ? { ended: "done" } : { ended: "lost", what: `${path}: ${answer.status}` };
  };
}
