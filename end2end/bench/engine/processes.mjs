// What the kernel knows about a process and its children (Linux).
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { cpus } from "node:os";

import { pause, sum } from "./statistics.mjs";

/** @param {string} path @returns {string} empty if it is gone */
function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** @param {string} path @returns {number[]} the numbers among the names in it */
function numbers(path) {
  try {
    return readdirSync(path).filter((name) => /^\d+$/.test(name)).map(Number);
  } catch {
    return [];
  }
}

/** The processes that `pid` started and that still run. @param {number} pid @returns {number[]} */
export function children(pid) {
  // The name stands in brackets and may hold anything; state and parent follow it.
  return numbers("/proc").filter((other) => Number(/\) \S (\d+)/.exec(read(`/proc/${other}/stat`))?.[1]) === pid);
}

/** A process and all that it started, directly or not. @param {number} pid @returns {number[]} */
export const family = (pid) => [pid, ...children(pid).flatMap(family)];

/** Bytes of memory of a process, or of its family: `VmHWM` was the most so far, `VmRSS` is what there is now. @param {number} pid @param {"VmHWM" | "VmRSS"} field @param {boolean} [all] */
export function memory(pid, field, all = true) {
  const kilobytes = (all ? family(pid) : [pid]).map((member) => Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(read(`/proc/${member}/status`))?.[1] ?? 0));
  return kilobytes.reduce((total, value) => total + value, 0) * 1_024;
}

/** Milliseconds of processor time that a process family took so far. @param {number} pid */
export function processorTime(pid) {
  let nanoseconds = 0;
  for (const member of family(pid)) {
    for (const thread of numbers(`/proc/${member}/task`)) nanoseconds += Number(read(`/proc/${member}/task/${thread}/schedstat`).split(" ")[0] ?? 0);
  }
  return nanoseconds / 1e6;
}

/** The share of all cores that is taken by whatever runs on this machine, over `milliseconds`. @param {number} [milliseconds] */
export async function load(milliseconds = 2_000) {
  const look = () => {
    const times = cpus().map((core) => core.times);
    const idle = sum(times.map((time) => time.idle));
    return { idle, all: idle + sum(times.map((time) => time.user + time.nice + time.sys + time.irq)) };
  };
  const before = look();
  await pause(milliseconds);
  const after = look();
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}

/** What a process may take in one step and still count as at rest: share of a core. */
const REST = 0.1;
/** Milliseconds between two looks at it, and how many of them without work are rest. */
const [STEP, STEPS] = [5, 20];

/** Milliseconds until the processor time of a process family stops growing; `longest` if it does not by then. @param {number} pid @param {number} [longest] */
export async function untilRest(pid, longest = 10_000) {
  const began = performance.now();
  let busy = began;
  let [then, before] = [began, processorTime(pid)];
  while (performance.now() - busy < STEPS * STEP && performance.now() - began < longest) {
    await pause(STEP);
    const [now, taken] = [performance.now(), processorTime(pid)];
    if (taken - before > (now - then) * REST) busy = now;
    [then, before] = [now, taken];
  }
  return busy - began;
}

/** Lets a process family run on these cores only, like "0" or "0-3". @param {number} pid @param {string} cores */
export function pin(pid, cores) {
  for (const member of family(pid)) execFileSync("taskset", ["--all-tasks", "--cpu-list", "--pid", cores, String(member)], { stdio: "ignore" });
}
