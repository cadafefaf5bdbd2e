// Memory over time, and whether it grows.
import { memory } from "../processes.mjs";
import { median, pause } from "../statistics.mjs";

const EVERY = 1_000;

/** @typedef {{ at: number, all: number, server: number }} Sample bytes of the server with its engine, and of the server alone */

/** Samples until `goesOn` says no. @param {number} pid @param {() => boolean} goesOn @returns {Promise<Sample[]>} */
export async function watch(pid, goesOn) {
  const samples = [];
  while (goesOn()) {
    samples.push({ at: performance.now(), all: memory(pid, "VmRSS"), server: memory(pid, "VmRSS", false) });
    await pause(EVERY);
  }
  return samples;
}

/**
 * Growth from the first third to the last third of what was seen, in bytes: medians, so that one peak counts for nothing.
 * @param {number[]} bytes
 */
export function growth(bytes) {
  const third = Math.floor(bytes.length / 3);
  return median(bytes.slice(-third)) - median(bytes.slice(0, third));
}
