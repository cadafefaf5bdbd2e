// Requests that come whether or not earlier ones were answered, at a share of what the engine can do.
import { READ, WRITTEN } from "./aggregate.mjs";
import { chat, firstToken, gaps } from "../client.mjs";
import { arrivals, pause, quantile, random } from "../statistics.mjs";
import { words } from "../words.mjs";

/** What a reader calls quick: milliseconds to the first token, and between two tokens (p95). */
const FIRST = 2_000;
const BETWEEN = 250;
/** Share of the time at the start that does not count: the queue fills only slowly. */
const WARMUP = 0.25;

/**
 * @param {import("../engines.mjs").Engine} engine @param {number} peak tokens a second that it writes at most
 * @param {number} load share of that which is asked for @param {number} seconds
 * @returns {Promise<import("../report.mjs").Row[]>}
 */
export async function goodput(engine, peak, load, seconds) {
  const began = performance.now();
  const due = arrivals((peak / WRITTEN) * load, seconds, random(load * 100));
  const answers = await Promise.all(
    due.map(async (time) => {
      await pause(began + time - performance.now());
      return chat(engine, { messages: [{ role: "user", content: words(READ) }], tokens: WRITTEN });
    }),
  );
  const counted = answers.filter((answer) => answer.began - began >= seconds * 1_000 * WARMUP);
  const good = counted.filter((answer) => answer.status === 200 && answer.finish && firstToken(answer) <= FIRST && quantile(gaps(answer), 0.95) <= BETWEEN);
  const refused = answers.filter((answer) => answer.status !== 200);
  // Pieces of text are tokens: the model's vocabulary has no others.
  const inTime = (/** @type {number} */ time) => time - began >= seconds * 1_000 * WARMUP && time - began < seconds * 1_000;
  const rate = answers.flatMap((answer) => answer.times.filter(inTime)).length / (seconds * (1 - WARMUP));
  const percent = Math.round(load * 100);
  return [
    { name: `at ${percent} % of capacity: requests that were quick`, unit: "share", ours: good.length / counted.length },
    { name: "  first token, p95", unit: "ms", ours: quantile(counted.map(firstToken).filter(Number.isFinite), 0.95) },
    { name: "  turned away", unit: "share", ours: refused.length / answers.length },
    { name: "  written, of the most that it can", unit: "share", ours: rate / peak, ...(load > 1 ? { least: 0.9 } : {}) },
  ];
}
