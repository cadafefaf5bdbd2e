// Pages while the engine has as much to do as it can take.
import { latency } from "../../pages.mjs";
import { chat } from "../client.mjs";
import { words } from "../words.mjs";

const AT_ONCE = 8;

/**
 * @param {import("../engines.mjs").Engine} engine @param {string} cookie of somebody who is signed in
 * @returns {Promise<import("../report.mjs").Row[]>}
 */
export async function pagesBeside(engine, cookie) {
  const stop = new AbortController();
  let written = 0;
  const write = async () => {
    while (!stop.signal.aborted) written += (await chat(engine, { messages: [{ role: "user", content: words(64) }], tokens: 200, signal: stop.signal })).times.length;
  };
  const writing = Array.from({ length: AT_ONCE }, write);
  const rows = [];
  for (const rate of [20, 100]) {
    const { p50, p95, failed } = await latency(engine.url, "/dashboard", { cookie }, rate);
    rows.push({ name: `/dashboard at ${rate} requests/s while ${AT_ONCE} answers are written, p95`, unit: "ms", ours: p95, most: 100 });
    rows.push({ name: "  p50", unit: "ms", ours: p50 }, { name: "  failed", unit: "requests", ours: failed });
  }
  stop.abort();
  await Promise.all(writing);
  if (written === 0) throw new Error("no answer was written while pages were fetched, so nothing was measured");
  return rows;
}
