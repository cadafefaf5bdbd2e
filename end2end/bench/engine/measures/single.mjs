// One conversation alone, beside llama-bench: what the server around the engine costs.
import { chat, complete, firstToken } from "../client.mjs";
import { llamaBench } from "../engines.mjs";
import { beside } from "../report.mjs";
import { median } from "../statistics.mjs";
import { words } from "../words.mjs";

const READ = 512;
const WRITTEN = 128;

/** Tokens a second of a prompt, by the time to the first token; the request's way through HTTP counts. @param {import("../engines.mjs").Engine} engine */
async function reading(engine) {
  const answer = complete(await chat(engine, { messages: [{ role: "user", content: words(READ) }], tokens: 1 }));
  return (answer.read / firstToken(answer)) * 1_000;
}

/** Tokens a second of an answer, from its first piece of text to its last. @param {import("../engines.mjs").Engine} engine */
async function writing(engine) {
  const { times, written } = complete(await chat(engine, { messages: [{ role: "user", content: words(4) }], tokens: WRITTEN }));
  return ((written - 1) / ((times.at(-1) ?? 0) - (times[0] ?? 0))) * 1_000;
}

/**
 * @param {import("../engines.mjs").Engine} ours @param {string} file @param {number} threads @param {number} rounds
 * @param {string} [cores] on which llama-bench runs, if not on all
 * @returns {Promise<import("../report.mjs").Row[]>}
 */
export async function single(ours, file, threads, rounds, cores) {
  await reading(ours);
  /** @type {{ reading: number[], writing: number[] }} */
  const mine = { reading: [], writing: [] };
  /** @type {{ reading: number[], writing: number[] }} */
  const theirs = { reading: [], writing: [] };
  for (let round = 0; round < rounds; round += 1) {
    mine.reading.push(await reading(ours));
    mine.writing.push(await writing(ours));
    const peer = llamaBench(file, threads, READ, WRITTEN, cores);
    theirs.reading.push(peer.reading);
    theirs.writing.push(peer.writing);
  }
  return [
    beside(`reads a prompt of ${READ} tokens`, "tokens/s", median(mine.reading), "llama-bench", median(theirs.reading), { least: 0.98 }),
    beside(`writes ${WRITTEN} tokens`, "tokens/s", median(mine.writing), "llama-bench", median(theirs.writing), { least: 0.98 }),
  ];
}
