// Sign-in providers on this machine: a real server of OpenID Connect, and one that speaks as GitHub does.
import { createServer } from "node:http";

import { OAuth2Server } from "oauth2-mock-server";

/** @typedef {{ sub: string, email?: string, email_verified?: boolean, name?: string }} Someone */

/** The client that both know. */
export const CLIENT = { id: "lodestar-tests", secret: "only-on-this-machine" };

/** A provider of OpenID Connect, which says of everybody that they are `someone`. */
export class School {
  /** @type {Someone} */
  someone = { sub: "nobody" };
  /** Claims of the next tokens that are wrong on purpose. @type {Record<string, unknown>} */
  wrong = {};
  /** Whether the signatures of the next tokens are spoilt. */
  spoilt = false;
  #server = new OAuth2Server();

  static async start() {
    const school = new School();
    await school.#server.issuer.keys.generate("RS256");
    await school.#server.start(0, "127.0.0.1");
    const port = school.#server.address().port;
    school.#server.issuer.url = `http://127.0.0.1:${port}`;
    school.#server.service.on("beforeTokenSigning", (token) => Object.assign(token.payload, school.someone, school.wrong));
    school.#server.service.on("beforeResponse", ({ body }) => {
      if (school.spoilt && body && typeof body === "object" && typeof body.id_token === "string") body.id_token = `${body.id_token.slice(0, -8)}AAAAAAAA`;
    });
    return school;
  }

  get url() {
    return this.#server.issuer.url ?? "";
  }

  stop() {
    return this.#server.stop();
  }
}

/** A server that speaks as GitHub does, with the accounts and the tokens of one person. */
export class GitHub {
  url = "";
  /** What it was asked, as "METHOD path scope". @type {string[]} */
  asked = [];
  user = { id: 583231, login: "octo-ada", name: "Ada of GitHub" };
  emails = [{ email: "ada@github.example", primary: true, verified: true }];
  #server = createServer((request, response) => this.#answer(request, response));

  static async start() {
    const github = new GitHub();
    await new Promise((resolve) => github.#server.listen(0, "127.0.0.1", () => resolve(undefined)));
    const address = github.#server.address();
    if (!address || typeof address === "string") throw new Error("no port");
    github.url = `http://127.0.0.1:${address.port}`;
    return github;
  }

  stop() {
    this.#server.closeAllConnections();
    return new Promise((resolve) => this.#server.close(resolve));
  }

  /** @param {import("node:http").IncomingMessage} request @param {import("node:http").ServerResponse} response */
  #answer(request, response) {
    const url = new URL(request.url ?? "/", this.url);
    this.asked.push(`${request.method} ${url.pathname} ${url.searchParams.get("scope") ?? ""}`.trim());
    const json = (/** @type {unknown} */ body, status = 200) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    switch (url.pathname) {
      case "/login/oauth/authorize": {
        const back = new URL(url.searchParams.get("redirect_uri") ?? "");
        back.searchParams.set("code", "a-code");
        back.searchParams.set("state", url.searchParams.get("state") ?? "");
        response.writeHead(302, { location: back.href }).end();
        return;
      }
      case "/login/oauth/access_token":
        json({ access_token: "gho_secret-token-of-github", token_type: "bearer", scope: "read:user,user:email,repo" });
        return;
      case "/user":
        json(this.user);
        return;
      case "/user/emails":
        json(this.emails);
        return;
      case `/applications/${CLIENT.id}/grant`:
        response.writeHead(204).end();
        return;
      default:
        json({ message: "Not Found" }, 404);
    }
  }
}
