// From the moment a reader leaves until the engine's threads rest.
import { chat } from "../client.mjs";
import { untilRest } from "../processes.mjs";
import { beside } from "../report.mjs";
import { pause, quantile } from "../statistics.mjs";
import { words } from "../words.mjs";

/** @param {import("../engines.mjs").Engine} engine @param {number} read tokens of the prompt @param {number} after milliseconds until the reader leaves */
async function sample(engine, read, after) {
  const leave = new AbortController();
  const asked = chat(engine, { messages: [{ role: "user", content: words(read) }], tokens: 1_000, signal: leave.signal });
  await pause(after);
  leave.abort();
  const time = await untilRest(engine.pid);
  await asked;
  return time;
}

/**
 * @param {import("../engines.mjs").Engine} ours @param {import("../engines.mjs").Engine} peer @param {number} rounds
 * @returns {Promise<import("../report.mjs").Row[]>}
 */
export async function cancel(ours, peer, rounds) {
  const rows = [];
  for (const [name, read, after] of /** @type {[string, number, number][]} */ ([["while it writes", 8, 700], ["while it reads 2,000 tokens", 2_000, 700]])) {
    const mine = [];
    const theirs = [];
    for (let round = 0; round < rounds; round += 1) {
      mine.push(await sample(ours, read, after));
      theirs.push(await sample(peer, read, after));
    }
    rows.push(beside(`a reader leaves ${name}: free after, p95`, "ms", quantile(mine, 0.95), peer.name, quantile(theirs, 0.95)));
  }
  return rows;
}
