// Starts the release binary as a person would get it: any folder, a fresh data directory, a free port.
import { execFile, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";

/** Where everything is that is built or fetched. */
export const CACHE = process.env.BUILD_CACHE ?? join(homedir(), ".cache/lodestar");
/** The program. */
export const BINARY = process.env.E2E_BINARY ?? join(process.env.CARGO_TARGET_DIR ?? join(CACHE, "target"), "release/lodestar");
/** Where the models are. */
export const MODELS = process.env.LODESTAR_TEST_MODELS ?? join(CACHE, "models");

/** A port that nobody listens on just now. @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer().on("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => (address && typeof address === "object" ? resolve(address.port) : reject(new Error("no port"))));
    });
  });
}

/** @param {number} milliseconds @returns {Promise<void>} */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** A running `lodestar serve`. */
export class Server {
  /** Where it answers, without a slash at the end. */
  url = "";
  /** Everything it printed so far. */
  output = "";
  /** Milliseconds from its start until it was ready. */
  readyAfter = 0;
  /** @type {import("node:child_process").ChildProcess | undefined} */
  #process;
  #folder = mkdtempSync(join(tmpdir(), "lodestar-end2end-"));

  /**
   * Starts it and waits until it is ready.
   * @param {Record<string, string>} [settings] further LODESTAR_* variables
   * @param {{ name?: string, within?: string[] }} [how] `name`: what people type instead of the number, such as localhost;
   *   `within`: a command that runs the program that follows it, in its own process
   */
  static async start(settings = {}, { name = "", within = [] } = {}) {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is missing. Fix: make build.`);
    const server = new Server();
    server.settings = settings;
    server.#name = name;
    server.within = within;
    await server.run();
    return server;
  }

  /** @type {Record<string, string>} */
  settings = {};
  /** @type {string[]} */
  within = [];

  #name = "";

  /** Where people reach it, without a slash at the end. */
  get site() {
    return this.#name ? this.url.replace("127.0.0.1", this.#name) : this.url;
  }

  /** Its data directory. */
  get data() {
    return join(this.#folder, "data");
  }

  /** Its process. */
  get pid() {
    return this.#process?.pid ?? 0;
  }

  /** Starts the process on the data that is there, on the same address as before if it ran already. */
  async run() {
    this.url ||= `http://127.0.0.1:${await freePort()}`;
    const began = performance.now();
    const [program, ...before] = [...this.within, BINARY];
    this.#process = spawn(String(program), [...before, "serve"], { cwd: this.#folder, env: this.#environment(), stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => (this.output += text));
    }
    for (;;) {
      if (this.#process.exitCode !== null) throw new Error(`lodestar serve stopped by itself:\n${this.output}`);
      const answer = await fetch(`${this.url}/health/ready`).catch(() => undefined);
      if (answer?.ok) break;
      if (performance.now() - began > 30_000) {
        await this.stop();
        throw new Error(`lodestar serve is not ready after 30 s (${answer ? `${answer.status} ${await answer.text()}` : "no answer"}):\n${this.output}`);
      }
      await pause(20);
    }
    this.readyAfter = performance.now() - began;
  }

  /**
   * Runs another command of the program on its data, such as `backup`; what that printed.
   * @param {string[]} words @param {Record<string, string>} [settings] further LODESTAR_* variables
   * @returns {Promise<string>}
   */
  async command(words, settings = {}) {
    this.url ||= `http://127.0.0.1:${await freePort()}`;
    return new Promise((resolve, reject) => {
      execFile(BINARY, words, { cwd: this.#folder, env: { ...this.#environment(), ...settings } }, (error, out, complaint) => {
        if (error) reject(new Error(`lodestar ${words.join(" ")}: ${complaint || error.message}`));
        else resolve(out);
      });
    });
  }

  /** What the program is told. @returns {Record<string, string | undefined>} */
  #environment() {
    const inherited = Object.entries(process.env).filter(([name]) => !/^(LODESTAR|LEPTOS)_/.test(name));
    return {
      ...Object.fromEntries(inherited),
      LODESTAR_DATA__DIR: this.data,
      LODESTAR_HTTP__ADDR: new URL(this.url).host,
      ...(this.#name ? { LODESTAR_HTTP__PUBLIC_URL: this.site } : {}),
      LODESTAR_MODELS__DIR: MODELS,
      // All visitors of a test come from one address, and programs practise quicker than people.
      LODESTAR_LIMITS__REGISTRATION: "0",
      LODESTAR_LIMITS__RESET: "0",
      LODESTAR_LIMITS__PRACTICE: "0",
      ...this.settings,
    };
  }

  /** The one-time link that creates the administrator, printed when there is no account yet. */
  async setupLink() {
    for (let tries = 0; tries < 50; tries += 1) {
      const found = /\/setup\?token=[\w-]+/.exec(this.output);
      if (found) return found[0];
      await pause(50);
    }
    throw new Error(`no set-up link was printed:\n${this.output}`);
  }

  /** Asks it to stop as an operator would, and waits. Its exit code; null if it had to be killed. */
  async stop() {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
    await gone;
    clearTimeout(late);
    return child.exitCode;
  }

  /** Ends it in the middle of whatever it does, and waits. */
  async kill() {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  /** Stops it and removes its data. */
  async dispose() {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
