// Time to the first token of a prompt of 2,000 tokens: when all of it is new, when its beginning is another's too, and
// when it continues a conversation.
import { chat, complete, firstToken } from "../client.mjs";
import { beside } from "../report.mjs";
import { quantile } from "../statistics.mjs";
import { words } from "../words.mjs";

const LENGTH = 2_000;
const QUESTION = 16;

/** @typedef {import("../engines.mjs").Engine} Engine */
/** @typedef {{ cold: number[], shared: number[], continued: number[] }} Times */

/** One of each. @param {Engine} engine @param {string} conversation @param {Times} times */
async function sample(engine, conversation, times) {
  /** @type {import("../client.mjs").Message[]} */
  const messages = [{ role: "system", content: words(LENGTH) }, { role: "user", content: words(QUESTION) }];
  const cold = complete(await chat(engine, { messages, tokens: 8, conversation }));
  times.cold.push(firstToken(cold));
  const next = [...messages, { role: /** @type {const} */ ("assistant"), content: cold.text }, { role: /** @type {const} */ ("user"), content: words(QUESTION) }];
  times.continued.push(firstToken(complete(await chat(engine, { messages: next, tokens: 8, conversation }))));
  const other = messages.slice(0, 1).concat({ role: "user", content: words(QUESTION) });
  times.shared.push(firstToken(complete(await chat(engine, { messages: other, tokens: 8, conversation: `${conversation} of another` }))));
}

/**
 * @param {Engine} ours @param {Engine} peer @param {number} rounds
 * @returns {Promise<import("../report.mjs").Row[]>}
 */
export async function timeToFirstToken(ours, peer, rounds) {
  /** @type {Times} */
  const mine = { cold: [], shared: [], continued: [] };
  /** @type {Times} */
  const theirs = { cold: [], shared: [], continued: [] };
  for (let round = 0; round < rounds; round += 1) {
    await sample(ours, `first token ${round}`, mine);
    await sample(peer, `first token ${round}`, theirs);
  }
  const cold = quantile(mine.cold, 0.5);
  const kinds = /** @type {const} */ ([["cold", "cold"], ["shared", "with a shared beginning"], ["continued", "continuing a conversation"]]);
  const rows = kinds.flatMap(([kind, name]) =>
    [0.5, 0.95].map((share) => beside(`first token, ${LENGTH} tokens, ${name}, p${share * 100}`, "ms", quantile(mine[kind], share), peer.name, quantile(theirs[kind], share))),
  );
  const hits = kinds.slice(1).map(([kind, name]) => ({ name: `  ${name}: share of cold`, unit: "", ours: quantile(mine[kind], 0.5) / cold, most: 0.1 }));
  return [...rows, ...hits];
}
