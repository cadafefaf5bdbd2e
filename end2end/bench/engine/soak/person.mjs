// Somebody who rehearses, one answer after the other, and who remembers which ones were accepted.
import { Visitor, somebody } from "../../../support/visitor.mjs";

/** Answers of one interview: fewer than it has questions, so that it takes all of them. */
const ANSWERS = 3;
const SETUP = { level: "mid", kind: "behavioural", mode: "real", questions: "6", role: "", job_description: "" };

export class Person {
  /** @type {Visitor} */
  #visitor;
  /** @type {Map<string, string[]>} the answers by the interview's address */
  #said = new Map();
  #page = "";
  #count = 0;

  /** @param {string} base the server's address */
  constructor(base) {
    this.#visitor = new Visitor(base);
  }

  async register() {
    await this.#visitor.register(somebody());
    return this;
  }

  /** The browser. */
  get visitor() {
    return this.#visitor;
  }

  /** Sends one answer; begins an interview if there is none. @returns {Promise<import("./load.mjs").Outcome>} */
  async step() {
    if ((this.#said.get(this.#page)?.length ?? ANSWERS) >= ANSWERS) {
      const page = await (await this.#visitor.request("/interview")).text();
      const role = /<option value="([^"]+)"/.exec(page)?.[1] ?? "";
      const begun = await this.#visitor.fill("/interview", { ...SETUP, role });
      const target = new URL(begun.headers.get("location") ?? "", this.#visitor.base).pathname;
      if (!/^\/interview\/[0-9a-f-]{36}$/.test(target)) return { ended: "lost", what: `an interview began with ${begun.status} and led to ${target}` };
      this.#page = target;
      this.#said.set(target, []);
    }
    this.#count += 1;
    const text = `In case number ${process.pid}-${this.#count} I first asked what was wrong, then I wrote a small test, and in the end the errors fell by half.`;
    const sent = await this.#visitor.fill(this.#page, { answer: text });
    const target = sent.headers.get("location") ?? "";
    if (sent.status >= 400 || target.includes("__err")) return { ended: "lost", what: `an answer was refused with ${sent.status}: ${target}` };
    this.#said.get(this.#page)?.push(text);
    return { ended: "done" };
  }

  /** Of the answers that were accepted: how many, and which ones no page shows any more. */
  async check() {
    const missing = [];
    let accepted = 0;
    for (const [page, texts] of this.#said) {
      const shown = await (await this.#visitor.request(page)).text();
      accepted += texts.length;
      missing.push(...texts.filter((text) => !shown.includes(text)).map((text) => `${page}: ${text}`));
    }
    return { accepted, missing };
  }
}
