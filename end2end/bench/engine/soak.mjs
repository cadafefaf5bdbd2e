// `make soak`: everything at once for SOAK_MINUTES (10), with readers who leave and an engine that is killed. Nothing that
// was accepted may be lost, every request must end in a way that its sender can tell, and memory may not grow. Writes
// target/bench/soak.json; fails if any of that does not hold.
import { availableParallelism } from "node:os";

import { Server } from "../../support/server.mjs";
import { OUTPUT, keep } from "../keep.mjs";
import { ofServer, settings } from "./engines.mjs";
import { model } from "./models.mjs";
import { print, verdict } from "./report.mjs";
import { RECOVERY, kills } from "./soak/kills.mjs";
import { chats, embeddings, pages, shapes } from "./soak/load.mjs";
import { growth, watch } from "./soak/memory.mjs";
import { Person } from "./soak/person.mjs";
import { pause, random } from "./statistics.mjs";

const MINUTES = Number(process.env.SOAK_MINUTES ?? 10);
/** The share of the time after which memory should have found its size. */
const WARM = 0.3;
/** The engine is killed until then: its own memory, which begins anew each time, is looked at afterwards. */
const KILLS = 0.5;
/** What memory may grow by, as a share of it: allocators do not give back all that they take. */
const GROWTH = 0.05;
const EMBEDDING = "all-MiniLM-L6-v2";

const file = model("tiny", "Q8_0");
const server = await Server.start({ ...settings(file, availableParallelism()), LODESTAR_MODELS__EMBEDDING: EMBEDDING, LODESTAR_INFERENCE__ISOLATE: "true" });
const engine = ofServer(server, file);
const people = await Promise.all([new Person(server.url).register(), new Person(server.url).register()]);
const chance = random(1);
const began = performance.now();
const until = (/** @type {number} */ share) => () => performance.now() - began < share * MINUTES * 60_000;

/** @type {Record<string, Record<import("./soak/load.mjs").Outcome["ended"], number>>} */
const counts = {};
/** @type {string[]} */
const losses = [];

/** Repeats a step as long as the time lasts. @param {string} name @param {import("./soak/load.mjs").Step} step @param {number} rest the most milliseconds after each */
async function repeat(name, step, rest) {
  const goesOn = until(1);
  const count = (counts[name] ??= { done: 0, left: 0, told: 0, lost: 0 });
  while (goesOn()) {
    const { ended, what } = await step().catch((error) => ({ ended: /** @type {const} */ ("lost"), what: String(error) }));
    count[ended] += 1;
    if (ended === "lost") losses.push(`${name}: ${what}`);
    await pause(rest * chance());
  }
}

console.log(`Soaking for ${MINUTES} minutes`);
try {
  const load = [
    ...Array.from({ length: 10 }, () => repeat("text", chats(engine, chance), 50)),
    ...Array.from({ length: 2 }, () => repeat("JSON", shapes(engine), 100)),
    repeat("vectors", embeddings(engine, EMBEDDING), 500),
    ...people.map((person) => repeat("answers in interviews", () => person.step(), 500)),
    ...people.map((person) => repeat("pages", pages(person.visitor), 200)),
  ];
  const [recoveries, samples] = await Promise.all([kills(engine, until(KILLS), chance), watch(server.pid, until(1)), ...load]);
  const checks = await Promise.all(people.map((person) => person.check()));
  const missing = checks.flatMap((check) => check.missing);
  const after = (/** @type {number} */ share) => samples.filter((sample) => sample.at - began > share * MINUTES * 60_000);
  const alone = after(WARM).map((sample) => sample.server);
  const all = after(KILLS + WARM / 3).map((sample) => sample.all);

  const rows = [
    ...Object.entries(counts).flatMap(([name, { done, left, told, lost }]) => [
      { name: `${name}: done`, unit: "", ours: done, least: 1 },
      { name: `  left early, as meant: ${left}; told to come back: ${told}; lost`, unit: "", ours: lost, most: 0 },
    ]),
    { name: `of ${checks.reduce((sum, check) => sum + check.accepted, 0)} accepted answers in interviews: lost`, unit: "", ours: missing.length, most: 0 },
    { name: "kills of the engine", unit: "", ours: recoveries.length, least: 1 },
    { name: "  it writes again after, at most", unit: "s", ours: Math.max(...recoveries) / 1_000, most: RECOVERY / 1_000 },
    { name: "memory of the server alone: growth after warm-up", unit: "share", ours: growth(alone) / (alone[0] ?? Number.NaN), most: GROWTH },
    { name: "memory of server and engine: growth after the last kill", unit: "share", ours: growth(all) / (all[0] ?? Number.NaN), most: GROWTH },
    { name: "  at the end", unit: "MiB", ours: (all.at(-1) ?? Number.NaN) / 2 ** 20 },
  ];
  print("Soak", rows);
  for (const loss of [...losses, ...missing].slice(0, 10)) console.log(`  ${loss}`);
  keep("soak", { minutes: MINUTES, rows: rows.map((row) => ({ ...row, verdict: verdict(row) })), losses: [...losses, ...missing], recoveries, samples });
  console.log(`Written to ${OUTPUT}/soak.json`);
  if (rows.some((row) => verdict(row) === "missed")) process.exitCode = 1;
} finally {
  await server.dispose();
}
