// Kills the engine's own process, where it has one, as a crash in llama.cpp would.
import { readFileSync } from "node:fs";

import { chat } from "../client.mjs";
import { children } from "../processes.mjs";
import { pause } from "../statistics.mjs";
import { words } from "../words.mjs";

/** Milliseconds from one kill to the next, on average, and to the first: also a short soak has some. */
const EVERY = 30_000;
const FIRST = 5_000;
/** How long it may take until it writes again, in milliseconds. */
export const RECOVERY = 15_000;

/** The engine's processes: children of the server that run `lodestar engine`. @param {number} server */
const engines = (server) =>
  children(server).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")[1] === "engine";
    } catch {
      return false;
    }
  });

/** Milliseconds until an answer is complete again. @param {import("../engines.mjs").Engine} engine */
async function recovery(engine) {
  const began = performance.now();
  while (performance.now() - began < 4 * RECOVERY) {
    const answer = await chat(engine, { messages: [{ role: "user", content: words(4) }], tokens: 4 });
    if (answer.status === 200 && answer.finish) return performance.now() - began;
    await pause(50);
  }
  return Number.POSITIVE_INFINITY;
}

/**
 * Kills an engine about every half minute until `goesOn` says no.
 * @param {import("../engines.mjs").Engine} engine @param {() => boolean} goesOn @param {() => number} chance
 * @returns {Promise<number[]>} milliseconds to each recovery
 */
export async function kills(engine, goesOn, chance) {
  const recoveries = [];
  for (let wait = FIRST; goesOn(); wait = EVERY * (0.5 + chance())) {
    await pause(wait);
    const victims = engines(engine.pid);
    if (victims.length === 0 || !goesOn()) continue;
    for (const pid of victims) process.kill(pid, "SIGKILL");
    recoveries.push(await recovery(engine));
  }
  return recoveries;
}
