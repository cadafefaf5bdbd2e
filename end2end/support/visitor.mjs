// A browser without scripts, in a few lines: it fetches pages, fills in their forms and keeps cookies.

let people = 0;

/** Somebody who has no account yet. */
export function somebody() {
  people += 1;
  return { name: "Ada Example", email: `ada.${process.pid}.${people}.${Date.now()}@example.org`, password: "Lodestar-2026-rehearsal" };
}

/** @param {string} text HTML-escaped text of an attribute */
const unescape = (text) => text.replaceAll("&quot;", '"').replaceAll("&#x27;", "'").replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");

export class Visitor {
  /** @type {Map<string, string>} */
  #cookies = new Map();

  /** @param {string} base the server's address */
  constructor(base) {
    this.base = base;
  }

  /** Cookies as a request sends them. */
  get cookie() {
    return [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  /** Cookies for a browser context. */
  get cookies() {
    return [...this.#cookies].map(([name, value]) => ({ name, value, url: this.base }));
  }

  /**
   * One request, like a browser's that follows a link or sends a form; redirects are not followed.
   * @param {string} path @param {URLSearchParams} [form]
   */
  async request(path, form) {
    const answer = await fetch(new URL(path, this.base), {
      method: form ? "POST" : "GET",
      body: form,
      redirect: "manual",
      headers: { accept: "text/html", cookie: this.cookie, ...(form ? { origin: this.base, "sec-fetch-site": "same-origin", referer: new URL(path, this.base).href } : {}) },
    });
    for (const line of answer.headers.getSetCookie()) {
      const [name, value] = /** @type {[string, string]} */ (line.split(";", 1)[0]?.split(/=(.*)/s));
      this.#cookies.set(name, value);
    }
    return answer;
  }

  /**
   * Opens `path` and sends the form of that page that has all of these fields.
   * @param {string} path @param {Record<string, string>} fields @returns {Promise<Response>}
   */
  async fill(path, fields) {
    const page = await (await this.request(path)).text();
    const names = Object.keys(fields);
    const form = (page.match(/<form[^]*?<\/form>/g) ?? []).find((form) => names.every((name) => form.includes(`name="${name}"`)));
    const action = form && /<form[^>]*\saction="([^"]*)"/.exec(form)?.[1];
    if (!form || !action) throw new Error(`${path} has no form with the fields ${names.join(", ")}`);
    const values = new URLSearchParams(fields);
    for (const [input] of form.matchAll(/<input[^>]*type="hidden"[^>]*>/g)) {
      const name = /\sname="([^"]*)"/.exec(input)?.[1];
      if (name && !values.has(name)) values.set(name, unescape(/\svalue="([^"]*)"/.exec(input)?.[1] ?? ""));
    }
    return this.request(unescape(action), values);
  }

  /** Opens an account and is signed in then. @param {ReturnType<typeof somebody>} person */
  async register(person) {
    const answer = await this.fill("/register", person);
    const target = answer.headers.get("location") ?? "";
    if (!new URL(target, this.base).pathname.startsWith("/dashboard")) {
      throw new Error(`registering answered ${answer.status} and led to "${decodeURIComponent(target)}" instead of the dashboard: ${(await answer.text()).slice(0, 500)}`);
    }
    return person;
  }
}
