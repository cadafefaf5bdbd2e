// Somebody whose program writes without a pause, and remembers what was acknowledged.
import { somebody } from "../support/visitor.mjs";

/** @typedef {import("../support/server.mjs").Server} Server */

/** An interview that somebody asks for. */
export const WISH = { role: "backend", level: "mid", kind: "mixed", questions: 3, mode: "real" };

/** An answer of the server that is none of success. */
export class Refused extends Error {
  /** @param {string} call @param {number} status @param {string} body */
  constructor(call, status, body) {
    super(`${call}: ${status} ${body}`);
    this.status = status;
    this.body = body;
  }
}

export class Writer {
  #token = "";
  /** Whose program it is. */
  person = somebody();
  /** Names are counted up: the last one that was sent, and the last one that was acknowledged. */
  sent = 0;
  acknowledged = 0;
  /** Interviews that were asked for, and those that were acknowledged. */
  asked = 0;
  /** @type {string[]} */
  interviews = [];
  /** Answers of the server that were none of success. @type {Refused[]} */
  refused = [];

  /** @param {Server} server */
  constructor(server) {
    this.server = server;
  }

  /** @param {string} method @param {string} path @param {object} [body] */
  async call(method, path, body) {
    const headers = { "content-type": "application/json", ...(this.#token && { authorization: `Bearer ${this.#token}` }) };
    const answer = await fetch(`${this.server.url}/api/v1${path}`, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    const said = await answer.text();
    if (!answer.ok) throw new Refused(`${method} ${path}`, answer.status, said);
    return JSON.parse(said);
  }

  async register() {
    this.#token = (await this.call("POST", "/auth/register", { ...this.person, name: "0" })).access_token;
    return this;
  }

  /** @param {string} email @param {string} password */
  async signIn(email, password) {
    this.#token = (await this.call("POST", "/auth/login", { email, password })).access_token;
  }

  /** The same person's program at another server. @param {Server} server */
  at(server) {
    const other = new Writer(server);
    other.#token = this.#token;
    return Object.assign(other, { person: this.person, sent: this.sent, acknowledged: this.acknowledged, interviews: [...this.interviews] });
  }

  /**
   * Writes until the server is gone, or until `ends` says so; what the server refuses is remembered.
   * @param {() => boolean} [ends]
   */
  async write(ends = () => false) {
    while (!ends()) {
      try {
        this.sent += 1;
        await this.call("PUT", "/auth/me", { name: String(this.sent) });
        this.acknowledged = this.sent;
        if (this.sent % 5 === 0) {
          this.asked += 1;
          this.interviews.push((await this.call("POST", "/interviews", WISH)).id);
        }
      } catch (error) {
        // A server that is gone breaks connections.
        if (!(error instanceof Refused)) return;
        this.refused.push(error);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  /**
   * What was acknowledged and is not there. Interviews that were found are not looked for again.
   * @param {{ exactly?: boolean }} [how] `exactly`: what was not acknowledged must not be there either
   * @returns {Promise<string[]>}
   */
  async missing({ exactly = false } = {}) {
    const name = Number((await this.call("GET", "/auth/me")).name);
    const most = exactly ? this.acknowledged : this.sent;
    const lost = name < this.acknowledged || name > most ? [`the name is ${name}, ${this.acknowledged} was acknowledged and ${this.sent} was sent`] : [];
    for (const id of this.interviews.splice(0)) {
      await this.call("GET", `/interviews/${id}`).catch((error) => lost.push(String(error)));
    }
    return lost;
  }
}

/** So many people whose programs write. @param {Server} server @param {number} count */
export const writers = (server, count) => Promise.all(Array.from({ length: count }, () => new Writer(server).register()));

/** What all of them miss. @param {Writer[]} all @param {{ exactly?: boolean }} [how] */
export const missing = async (all, how) => (await Promise.all(all.map((writer) => writer.missing(how)))).flat();

/** What was refused though nothing was in the way. @param {Writer[]} all */
export const refusals = (all) => all.flatMap((writer) => writer.refused.map(String));

/** How many changes of names were acknowledged. @param {Writer[]} all */
export const acknowledged = (all) => all.reduce((sum, writer) => sum + writer.acknowledged, 0);

/** @param {number} milliseconds @returns {Promise<void>} */
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
