// The engine's part of `make bench`: it beside llama.cpp's own programs, with the same files, the same threads and taking
// turns, so that what the machine does besides meets both. Prints a table and writes target/bench/engine.json.
//
// BENCH=full adds Qwen2.5's 1.5B shapes and other quantizations, and asks for JSON 10,000 times (BENCH_STRUCTURED).
// BENCH_ONLY names parts: single, aggregate, apart, first, stall, cancel, goodput, pages, json. BENCH_ROUNDS says how often.
import { availableParallelism } from "node:os";

import { Server } from "../../support/server.mjs";
import { Visitor, somebody } from "../../support/visitor.mjs";
import { OUTPUT, keep } from "../keep.mjs";
import { llamaServer, lodestar, ofServer, settings } from "./engines.mjs";
import { WRITTEN, aggregate, besideBatchedBench, together } from "./measures/aggregate.mjs";
import { cancel } from "./measures/cancel.mjs";
import { timeToFirstToken } from "./measures/first-token.mjs";
import { goodput } from "./measures/goodput.mjs";
import { pagesBeside } from "./measures/pages.mjs";
import { single } from "./measures/single.mjs";
import { LONG, stall } from "./measures/stall.mjs";
import { structured } from "./measures/structured.mjs";
import { model } from "./models.mjs";
import { load, memory, pin } from "./processes.mjs";
import { beside, print, verdict } from "./report.mjs";

const FULL = process.env.BENCH === "full";
const STRUCTURED = Number(process.env.BENCH_STRUCTURED ?? (FULL ? 10_000 : 1_000));
/** How often each thing is measured; the middle one counts. */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? (FULL ? 5 : 3));
const CORES = availableParallelism();
const COUNTS = [1, 4, 8, 16];

/** @typedef {import("./report.mjs").Row} Row */
/** @type {{ title: string, rows: Row[] }[]} */
const tables = [];

/** How busy the machine is with other things before anything is measured, as a share of its cores. */
const busy = await load();
if (busy > 0.1) console.log(`The machine is ${Math.round(busy * 100)} % busy with other things, so these figures say little. Measure when it rests.`);

/** Names of parts to measure, if not all: "single aggregate". */
const ONLY = (process.env.BENCH_ONLY ?? "").split(/[ ,]+/).filter(Boolean);
/** @param {string} part */
const wanted = (part) => ONLY.length === 0 || ONLY.includes(part);

/** @param {string} title @param {Row[]} rows */
function add(title, rows) {
  tables.push({ title, rows });
  print(title, rows);
  keep("engine", { busy, tables: tables.map((table) => ({ ...table, rows: table.rows.map((row) => ({ ...row, verdict: verdict(row) })) })) });
}

/** Runs `measure` with both servers, and stops them. @template T @param {string} file @param {number} threads @param {number} parallel conversations that llama-server has room for @param {(ours: import("./engines.mjs").Engine, peer: import("./engines.mjs").Engine) => Promise<T>} measure @param {number} [context] */
async function withBoth(file, threads, parallel, measure, context) {
  const ours = await lodestar(file, threads, context);
  try {
    const peer = await llamaServer(file, threads, parallel, context);
    try {
      return await measure(ours, peer);
    } finally {
      await peer.stop();
    }
  } finally {
    await ours.stop();
  }
}

/** Speeds of one file; the client shares the engine's cores. @param {string} name @param {string} file @param {number[]} counts */
async function speeds(name, file, counts) {
  if (!wanted("single") && !wanted("aggregate")) return;
  const where = `${name}, ${CORES} threads; the client shares the engine's cores`;
  await withBoth(file, CORES, Math.max(...counts), async (ours, peer) => {
    if (wanted("single")) add(`One conversation: ${where}`, await single(ours, file, CORES, ROUNDS));
    if (!wanted("aggregate")) return;
    const rows = await aggregate(ours, peer, counts, Math.max(1, ROUNDS - 1));
    add(`Conversations at once: ${where}`, rows);
    add(`The same beside llama-batched-bench, which neither serves nor samples`, besideBatchedBench(rows, file, CORES, counts));
    const bytes = (/** @type {import("./engines.mjs").Engine} */ engine) => memory(engine.pid, "VmHWM") / 2 ** 20;
    add(`Memory at the most: ${where} (Lodestar's holds pages, database and the embedding model as well)`, [beside("peak", "MiB", bytes(ours), peer.name, bytes(peer))]);
  });
}

/** Speeds when the client has cores of its own, which count for nobody. @param {string} name @param {string} file */
async function speedsApart(name, file) {
  const half = Math.floor(CORES / 2);
  if (half < 1) return;
  const engines = `0-${half - 1}`;
  // Before any server starts, for it would be moved as well.
  pin(process.pid, `${half}-${CORES - 1}`);
  try {
    await withBoth(file, half, 4, async (ours, peer) => {
      for (const engine of [ours, peer]) pin(engine.pid, engines);
      const where = `${name}, ${half} threads; the client runs on cores of its own`;
      add(`One conversation: ${where}`, await single(ours, file, half, Math.ceil(ROUNDS / 2), engines));
      add(`Conversations at once: ${where}`, await aggregate(ours, peer, [1, 4], Math.ceil(ROUNDS / 2)));
    });
  } finally {
    pin(process.pid, `0-${CORES - 1}`);
  }
}

/** What a person notices. @param {string} name @param {string} file @param {number} seconds of each load */
async function latencies(name, file, seconds) {
  const where = `${name}, ${CORES} threads; the client shares the engine's cores`;
  await withBoth(file, CORES, 2, async (ours, peer) => {
    if (wanted("first")) add(`Time to the first token: ${where}`, await timeToFirstToken(ours, peer, ROUNDS));
    if (wanted("cancel")) add(`Cancelling: ${where}`, await cancel(ours, peer, ROUNDS * 2));
  });
  if (wanted("stall")) {
    const rows = await withBoth(file, CORES, 2, (ours, peer) => stall(ours, peer, Math.max(1, ROUNDS - 1)), LONG + 2_000);
    add(`An answer beside another's prompt: ${where}`, rows);
  }
  if (!wanted("goodput")) return;
  const ours = await lodestar(file, CORES);
  try {
    const peak = Math.max(await together(ours, 8), await together(ours, 16));
    console.log(`\n  capacity: ${peak.toFixed(1)} tokens/s, which is ${(peak / WRITTEN).toFixed(2)} requests/s`);
    for (const load of [0.8, 1.2]) add(`Requests that come by chance for ${seconds} s: ${where}`, await goodput(ours, peak, load, seconds));
  } finally {
    await ours.stop();
  }
}

/** @param {string} file */
async function pagesAndEngine(file) {
  const server = await Server.start(settings(file, CORES));
  try {
    const visitor = new Visitor(server.url);
    await visitor.register(somebody());
    add(`Pages beside a saturated engine, ${CORES} threads; all share the cores`, await pagesBeside(ofServer(server, file), visitor.cookie));
  } finally {
    await server.dispose();
  }
}

/** The smallest model has the whole vocabulary, by which a mask is as large as a real model's. */
async function json() {
  const engine = await lodestar(model("tiny", "Q8_0"), CORES);
  try {
    add("JSON from random weights, the worst case: nearly every token is one that the shape forbids", await structured(engine, STRUCTURED));
  } finally {
    await engine.stop();
  }
}

const file = model("0.5B", "Q4_0");
await speeds("0.5B Q4_0", file, COUNTS);
if (wanted("apart")) await speedsApart("0.5B Q4_0", file);
await latencies("0.5B Q4_0", file, FULL ? 120 : 45);
if (wanted("pages")) await pagesAndEngine(file);
if (wanted("json")) await json();
if (FULL) {
  await speeds("0.5B Q8_0", model("0.5B", "Q8_0"), [1, 8]);
  await speeds("0.5B Q4_K_M", model("0.5B", "Q4_K_M"), [1, 8]);
  await speeds("1.5B Q4_0", model("1.5B", "Q4_0"), COUNTS);
  await speeds("1.5B Q8_0", model("1.5B", "Q8_0"), [1, 8]);
  await speeds("1.5B Q4_K_M", model("1.5B", "Q4_K_M"), [1, 8]);
}

const judged = tables.flatMap((table) => table.rows.filter((row) => verdict(row)).map((row) => ({ ...row, table: table.title })));
const missed = judged.filter((row) => verdict(row) === "missed");
console.log(`\n${judged.length - missed.length} of ${judged.length} targets met. Written to ${OUTPUT}/engine.json`);
