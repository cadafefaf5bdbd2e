// Kills the server in the middle of writing, again and again (DURABILITY_KILLS, 50), on SQLite and PostgreSQL: whatever it
// had acknowledged must be there when it is back, and the database must be whole.
import { execFileSync } from "node:child_process";
import { join } from "node:path";

import { Server } from "./support/server.mjs";
import { somebody } from "./support/visitor.mjs";

const KILLS = Number(process.env.DURABILITY_KILLS ?? 50);
const WRITERS = 4;
/** Milliseconds of writing before a kill: at least, and at most that much more. */
const LEAST = 60;
const MORE = 240;
const WISH = { role: "backend", level: "mid", kind: "mixed", questions: 3, mode: "real" };

/** A person whose program writes, and remembers what was acknowledged. */
class Writer {
  #token = "";
  /** Names are counted up: the last one that was sent, and the last one that was acknowledged. */
  sent = 0;
  acknowledged = 0;
  /** Interviews that were acknowledged since the last look. @type {string[]} */
  interviews = [];

  /** @param {Server} server */
  constructor(server) {
    this.server = server;
  }

  /** @param {string} method @param {string} path @param {object} [body] */
  async call(method, path, body) {
    const headers = { "content-type": "application/json", ...(this.#token && { authorization: `Bearer ${this.#token}` }) };
    const answer = await fetch(`${this.server.url}/api/v1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const said = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(said)}`);
    return said;
  }

  async register() {
    this.#token = (await this.call("POST", "/auth/register", { ...somebody(), name: "0" })).access_token;
    return this;
  }

  /** Writes until the server is gone. */
  async write() {
    try {
      for (;;) {
        this.sent += 1;
        await this.call("PUT", "/auth/me", { name: String(this.sent) });
        this.acknowledged = this.sent;
        if (this.sent % 5 === 0) this.interviews.push((await this.call("POST", "/interviews", WISH)).id);
      }
    } catch (error) {
      // A server that is gone breaks connections; one that is there and refuses is a mistake.
      if (String(error).includes("/auth/me:") || String(error).includes("/interviews:")) throw error;
    }
  }

  /** What was acknowledged and is not there. @returns {Promise<string[]>} */
  async missing() {
    const name = Number((await this.call("GET", "/auth/me")).name);
    const lost = name < this.acknowledged || name > this.sent ? [`the name is ${name}, and ${this.acknowledged} was acknowledged`] : [];
    for (const id of this.interviews.splice(0)) {
      const found = await this.call("GET", `/interviews/${id}`).catch((error) => lost.push(String(error)));
      void found;
    }
    return lost;
  }
}

/** @param {string} database its name @param {Record<string, string>} settings @param {(server: Server) => string} whole what its own check says */
async function endure(database, settings, whole) {
  const server = await Server.start({ LODESTAR_LOG__LEVEL: "error", ...settings });
  let [writes, slowest] = [0, 0];
  /** @type {string[]} */
  const lost = [];
  try {
    const writers = await Promise.all(Array.from({ length: WRITERS }, () => new Writer(server).register()));
    for (let kill = 0; kill < KILLS; kill += 1) {
      const writing = writers.map((writer) => writer.write());
      await new Promise((resolve) => setTimeout(resolve, LEAST + (MORE * ((kill * 7) % KILLS)) / KILLS));
      process.kill(server.pid, "SIGKILL");
      await Promise.all(writing);
      await server.run();
      slowest = Math.max(slowest, server.readyAfter);
      for (const missing of await Promise.all(writers.map((writer) => writer.missing()))) lost.push(...missing);
    }
    writes = writers.reduce((sum, writer) => sum + writer.acknowledged, 0);
    const verdict = whole(server);
    if (verdict !== "ok") lost.push(`the database's own check says: ${verdict}`);
  } finally {
    await server.dispose();
  }
  console.log(`${database}: ${KILLS} kills, ${writes} acknowledged changes of names, ready again after at most ${Math.round(slowest)} ms, lost: ${lost.length}`);
  for (const one of lost.slice(0, 5)) console.log(`  ${one}`);
  if (lost.length > 0 || writes < KILLS) process.exitCode = 1;
}

const CHECK = "import sqlite3, sys; print(sqlite3.connect(sys.argv[1]).execute('PRAGMA integrity_check').fetchone()[0])";
await endure("SQLite", {}, (server) => execFileSync("python3", ["-c", CHECK, join(server.data, "lodestar.sqlite")], { encoding: "utf8" }).trim());
const postgres = process.env.LODESTAR_TEST_POSTGRES;
if (!postgres) throw new Error("LODESTAR_TEST_POSTGRES names no database. Fix: run this by make durability.");
// PostgreSQL itself goes on; what is tried is that nothing is left half done by a client that is gone.
await endure("PostgreSQL", { LODESTAR_DATABASE__URL: postgres }, () => "ok");
