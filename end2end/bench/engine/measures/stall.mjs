// How an answer that is being written fares while another prompt is read.
import { chat, complete, firstToken, gaps } from "../client.mjs";
import { beside } from "../report.mjs";
import { median, pause, quantile } from "../statistics.mjs";
import { words } from "../words.mjs";

export const LONG = 6_000;

/** @param {import("../engines.mjs").Engine} engine */
async function sample(engine) {
  const stop = new AbortController();
  const writing = chat(engine, { messages: [{ role: "user", content: words(8) }], tokens: 1_500, signal: stop.signal });
  await pause(1_500);
  const began = performance.now();
  const other = complete(await chat(engine, { messages: [{ role: "user", content: words(LONG) }], tokens: 1 }));
  const ended = performance.now();
  await pause(1_000);
  stop.abort();
  const answer = await writing;
  // With the last token before and the first one after, or a stall as long as the whole would not be seen.
  const from = Math.max(0, answer.times.findLastIndex((time) => time <= began));
  const to = answer.times.findIndex((time) => time >= ended);
  const meanwhile = gaps({ ...answer, times: answer.times.slice(from, to < 0 ? undefined : to + 1) });
  return { p95: quantile(meanwhile, 0.95), longest: Math.max(...meanwhile), other: firstToken(other) };
}

/**
 * @param {import("../engines.mjs").Engine} ours @param {import("../engines.mjs").Engine} peer @param {number} rounds
 * @returns {Promise<import("../report.mjs").Row[]>}
 */
export async function stall(ours, peer, rounds) {
  /** @type {Awaited<ReturnType<typeof sample>>[]} */
  const mine = [];
  /** @type {typeof mine} */
  const theirs = [];
  for (let round = 0; round < rounds; round += 1) {
    mine.push(await sample(ours));
    theirs.push(await sample(peer));
  }
  const row = (/** @type {string} */ name, /** @type {"p95" | "longest" | "other"} */ field) =>
    beside(name, "ms", median(mine.map((one) => one[field])), peer.name, median(theirs.map((one) => one[field])));
  return [
    row(`between two tokens while ${LONG} others are read, p95`, "p95"),
    { ...row("  longest stall", "longest"), ratio: undefined, most: 250 },
    row("  first token of the other, beside an answer", "other"),
  ];
}
