// Several conversations at once: tokens that all of them get together.
import { chat, complete } from "../client.mjs";
import { batchedBench } from "../engines.mjs";
import { beside } from "../report.mjs";
import { median, sum } from "../statistics.mjs";
import { words } from "../words.mjs";

/** Tokens of each prompt and of each answer. */
export const READ = 64;
export const WRITTEN = 64;

/** Written tokens a second of `count` conversations that begin together, until the last one ends. @param {import("../engines.mjs").Engine} engine @param {number} count */
export async function together(engine, count) {
  const began = performance.now();
  const asked = Array.from({ length: count }, () => chat(engine, { messages: [{ role: "user", content: words(READ) }], tokens: WRITTEN }));
  const answers = (await Promise.all(asked)).map(complete);
  return (sum(answers.map((answer) => answer.written)) / (performance.now() - began)) * 1_000;
}

/**
 * @param {import("../engines.mjs").Engine} ours @param {import("../engines.mjs").Engine} peer
 * @param {number[]} counts @param {number} rounds
 * @returns {Promise<import("../report.mjs").Row[]>}
 */
export async function aggregate(ours, peer, counts, rounds) {
  const rows = [];
  for (const count of counts) {
    /** @type {number[]} */
    const mine = [];
    /** @type {number[]} */
    const theirs = [];
    for (let round = 0; round < rounds; round += 1) {
      mine.push(await together(ours, count));
      theirs.push(await together(peer, count));
    }
    rows.push(beside(`${count} conversations, each reads ${READ} and writes ${WRITTEN}`, "tokens/s", median(mine), peer.name, median(theirs), { least: 1 }));
  }
  return rows;
}

/**
 * The same beside llama-batched-bench, which has no server, no sampling and no text: the most that llama.cpp gives.
 * @param {import("../report.mjs").Row[]} rows what `aggregate` found @param {string} file @param {number} threads @param {number[]} counts
 */
export function besideBatchedBench(rows, file, threads, counts) {
  const theirs = batchedBench(file, threads, READ, WRITTEN, counts);
  return counts.map((count, index) => {
    const { name = "", ours = Number.NaN } = rows[index] ?? {};
    return beside(name, "tokens/s", ours, "batched-bench", ((theirs.get(count) ?? Number.NaN) * WRITTEN) / (READ + WRITTEN));
  });
}
