// Pages and API under load, on SQLite and, where LODESTAR_TEST_POSTGRES names one, on PostgreSQL: at a steady rate, by as
// many connections as are open, and signing in. Client and server share the cores. It takes about three minutes.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { Server } from "../support/server.mjs";
import { Visitor, somebody } from "../support/visitor.mjs";
import { memory } from "./engine/processes.mjs";
import { print, verdict } from "./engine/report.mjs";
import { keep } from "./keep.mjs";
import { latency } from "./pages.mjs";

/** @typedef {import("./engine/report.mjs").Row} Row */

const CONNECTIONS = [1, 16, 64];
const SECONDS = 3;
/** Interviews that the person has, as one who practises daily has after a month. */
const INTERVIEWS = 30;
/** People who sign in at once. */
const AT_ONCE = 8;

/** A person with interviews: what pages and programs of theirs send. @param {Server} server */
async function person(server) {
  const somebodys = somebody();
  const visitor = new Visitor(server.url);
  await visitor.register(somebodys);
  const call = async (/** @type {string} */ path, /** @type {object} */ body, /** @type {string} */ token = "") => {
    const headers = { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }) };
    const answer = await fetch(`${server.url}/api/v1${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const { access_token: token } = await call("/auth/login", somebodys);
  for (let number = 0; number < INTERVIEWS; number += 1) {
    const { id } = await call("/interviews", { role: "backend", level: "mid", kind: "mixed", questions: 3, mode: "real" }, token);
    await call(`/interviews/${id}/answers`, { text: "I measured where the time went, added an index, and the page took 200 milliseconds instead of eight seconds." }, token);
    await call(`/interviews/${id}/finish`, {}, token);
  }
  return { somebodys, cookie: { cookie: visitor.cookie }, bearer: { authorization: `Bearer ${token}` } };
}

/** @param {string} url @param {Record<string, string>} headers @param {number} connections @returns {{ rate: number, p95: number, failed: number }} */
function wrk(url, headers, connections) {
  const options = ["-t", "1", "-c", connections, "-d", `${SECONDS}s`, "-s", join(import.meta.dirname, "wrk.lua")];
  const named = Object.entries(headers).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
  const printed = execFileSync("wrk", [...options, ...named, url].map(String), { encoding: "utf8" });
  return JSON.parse(printed.trim().split("\n").at(-1) ?? "");
}

/** How many sign-ins end in a second. @param {Server} server @param {object} somebodys */
async function signIns(server, somebodys) {
  const began = performance.now();
  let count = 0;
  const one = async () => {
    while (performance.now() - began < SECONDS * 1_000) {
      const answer = await fetch(`${server.url}/api/v1/auth/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(somebodys) });
      if (!answer.ok) throw new Error(`sign-in: ${answer.status} ${await answer.text()}`);
      await answer.arrayBuffer();
      count += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  return count / ((performance.now() - began) / 1_000);
}

/** @param {string} database its name @param {Record<string, string>} settings */
async function measure(database, settings) {
  console.log(`Measuring pages and API on ${database} ...`);
  const server = await Server.start({ LODESTAR_LOG__LEVEL: "warn", LODESTAR_LIMITS__PASSWORD: "0", LODESTAR_LIMITS__SIGN_IN: "0", ...settings });
  try {
    const { somebodys, cookie, bearer } = await person(server);
    /** @type {[string, Record<string, string>, number, number][]} */
    const wanted = [["/", {}, 100, 50], ["/dashboard", cookie, 100, 50], ["/api/v1/interviews", bearer, 500, 10], ["/api/v1/auth/me", bearer, 500, 10]];
    /** @type {Row[]} */
    const rows = [];
    for (const [path, headers, rate, most] of wanted) {
      const { p95, failed, requests } = await latency(server.url, path, headers, rate);
      rows.push({ name: `${path} at ${rate} requests/s, p95`, unit: "ms", ours: p95, most }, { name: "  failed", unit: "share", ours: failed / requests, most: 0 });
    }
    for (const [path, headers] of wanted) {
      for (const connections of CONNECTIONS) {
        const { rate, p95, failed } = wrk(`${server.url}${path}`, headers, connections);
        rows.push({ name: `${path}, ${connections} connections`, unit: "/s", ours: rate }, { name: "  p95", unit: "ms", ours: p95 });
        if (failed > 0) rows.push({ name: "  failed", unit: "share", ours: failed / (rate * SECONDS), most: 0 });
      }
    }
    rows.push({ name: `sign-ins, ${AT_ONCE} people at once`, unit: "/s", ours: await signIns(server, somebodys) });
    rows.push({ name: "memory at the most", unit: "MiB", ours: memory(server.pid, "VmHWM") / 2 ** 20 });
    print(`HTTP on ${database} (client and server share the cores)`, rows);
    return { database, rows: rows.map((row) => ({ ...row, verdict: verdict(row) })) };
  } finally {
    await server.dispose();
  }
}

const tables = [await measure("SQLite", {})];
const postgres = process.env.LODESTAR_TEST_POSTGRES;
if (postgres) tables.push(await measure("PostgreSQL", { LODESTAR_DATABASE__URL: postgres }));
keep("http", tables);
