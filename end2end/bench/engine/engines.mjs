// The engines that are measured, behind one face: Lodestar's and llama.cpp's own programs.
import { execFileSync, spawn } from "node:child_process";
import { basename, join } from "node:path";

import { CACHE, Server, freePort } from "../../support/server.mjs";
import { untilRest } from "./processes.mjs";
import { pause } from "./statistics.mjs";

/** Where `.ci/setup peers` puts llama.cpp's programs, its vocabularies and a Python that writes GGUF files. */
export const PEERS = join(CACHE, "peers");

/** Tokens of a question and its answer together, as by default; all conversations of a server may hold twice as many. */
const CONTEXT = 4_096;

/**
 * A running server.
 * @typedef {object} Engine
 * @property {string} name
 * @property {string} url
 * @property {string} model its name in requests
 * @property {string} key empty if it asks for none
 * @property {number} pid
 * @property {() => Promise<unknown>} stop
 */

/** @param {string} name one of llama.cpp's programs */
const program = (name) => join(PEERS, "bin", name);

/** What `lodestar serve` needs to offer the model of `file` at /v1. @param {string} file @param {number} threads @param {number} [context] @returns {Record<string, string>} */
export const settings = (file, threads, context = CONTEXT) => ({
  LODESTAR_MODELS__CONTEXT: String(context),
  LODESTAR_MODELS__FAST: file,
  LODESTAR_MODELS__THREADS: String(threads),
  LODESTAR_INFERENCE__SERVE_KEY: "bench",
  LODESTAR_LOG__LEVEL: "warn",
});

/** The server of a started `lodestar serve`. @param {Server} server @param {string} file @returns {Engine} */
export const ofServer = (server, file) => ({
  name: "lodestar",
  url: server.url,
  model: basename(file, ".gguf"),
  key: "bench",
  pid: server.pid,
  stop: () => server.dispose(),
});

/** @param {string} file @param {number} threads @param {number} [context] */
export async function lodestar(file, threads, context) {
  const engine = ofServer(await Server.start(settings(file, threads, context)), file);
  // Once it serves, it still reads its question bank.
  await untilRest(engine.pid, 120_000);
  return engine;
}

/**
 * llama-server, with its own defaults but for what must be alike.
 * @param {string} file @param {number} threads @param {number} parallel conversations at once, which share the memory equally
 * @param {number} [context]
 * @returns {Promise<Engine>}
 */
export async function llamaServer(file, threads, parallel, context = CONTEXT) {
  const port = await freePort();
  const options = { model: file, host: "127.0.0.1", port, threads, "ctx-size": 2 * context, parallel };
  const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const child = spawn(program("llama-server"), words, { stdio: ["ignore", "ignore", "pipe"] });
  let output = "";
  child.stderr.setEncoding("utf8").on("data", (text) => (output = (output + text).slice(-4_000)));
  const stop = () => {
    const gone = new Promise((resolve) => (child.exitCode === null && child.signalCode === null ? child.once("exit", resolve) : resolve(undefined)));
    child.kill("SIGKILL");
    return gone;
  };
  const url = `http://127.0.0.1:${port}`;
  for (let waited = 0; !(await fetch(`${url}/health`).catch(() => undefined))?.ok; waited += 50) {
    if (child.exitCode !== null || waited > 60_000) {
      await stop();
      throw new Error(`llama-server did not become ready:\n${output}`);
    }
    await pause(50);
  }
  return { name: "llama-server", url, model: "default", key: "", pid: child.pid ?? 0, stop };
}

/**
 * Tokens a second by llama-bench: reading `read` tokens, and writing `written` one by one.
 * @param {string} file @param {number} threads @param {number} read @param {number} written @param {string} [cores] to run on
 * @returns {{ reading: number, writing: number }}
 */
export function llamaBench(file, threads, read, written, cores) {
  const words = [program("llama-bench"), "-m", file, "-t", threads, "-p", read, "-n", written, "-r", 1, "-o", "json"].map(String);
  const [command, ...rest] = cores === undefined ? words : ["taskset", "--cpu-list", cores, ...words];
  /** @type {{ n_gen: number, avg_ts: number }[]} */
  const tests = JSON.parse(execFileSync(command ?? "", rest, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
  const rate = (/** @type {boolean} */ writes) => tests.find((test) => test.n_gen > 0 === writes)?.avg_ts ?? Number.NaN;
  return { reading: rate(false), writing: rate(true) };
}

/**
 * Tokens a second of prompts and answers together, by llama-batched-bench, for each number of conversations at once.
 * @param {string} file @param {number} threads @param {number} read @param {number} written of each conversation @param {number[]} counts
 * @returns {Map<number, number>}
 */
export function batchedBench(file, threads, read, written, counts) {
  const words = ["-m", file, "-t", threads, "-c", 2 * CONTEXT, "-npp", read, "-ntg", written, "-npl", counts.join(","), "--output-format", "jsonl"];
  const printed = execFileSync(program("llama-batched-bench"), words.map(String), { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  const lines = printed.split("\n").filter((line) => line.startsWith("{"));
  return new Map(lines.map((line) => JSON.parse(line)).map((/** @type {{ pl: number, speed: number }} */ line) => [line.pl, line.speed]));
}
