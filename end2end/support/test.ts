// What every test starts from: a server of its worker's own, the personas, and a page that must not complain.
import { type Page, expect, test as base } from "@playwright/test";

import { Server } from "./server.mjs";
import { Visitor, somebody } from "./visitor.mjs";
import { complaints, observe } from "./watch.ts";

export { expect };
export type Person = ReturnType<typeof somebody>;

type Personas = {
  /** Complaints that the test causes on purpose: one pattern, because Playwright reads a second element as options. */
  tolerated: RegExp[];
  /** The page heard no other complaint; checked after each test. Of one that failed, what was seen is kept. */
  quiet: void;
  /** Somebody with an account. */
  person: Person;
  /** A page on which that person is signed in. */
  member: Page;
  /** A page on which another person is signed in. */
  stranger: Page;
  /** A page on which the administrator is signed in. */
  admin: Page;
};

type Worlds = {
  server: Server;
  /** The administrator, created with the server's one-time link. */
  administrator: Visitor;
};

export const test = base.extend<Personas, Worlds>({
  server: [
    // Playwright reads the names of the fixtures that are needed out of this pattern: none.
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.dispose();
    },
    { scope: "worker" },
  ],
  administrator: [
    async ({ server }, use) => {
      const visitor = new Visitor(server.url);
      await visitor.fill(await server.setupLink(), somebody());
      await use(visitor);
    },
    { scope: "worker" },
  ],
  baseURL: async ({ server }, use) => use(server.url),
  tolerated: [[], { option: true }],
  quiet: [
    async ({ page, server, tolerated }, use, info) => {
      const heard = complaints(page);
      const state = observe(page);
      await use();
      if (info.status !== info.expectedStatus) {
        const logged = server.output.trimEnd().split("\n").slice(-8);
        for (const line of [`page: ${await state()}`, ...heard, ...logged]) info.annotations.push({ type: "seen", description: line });
      }
      expect(heard.filter((complaint) => !tolerated.some((pattern) => pattern.test(complaint)))).toEqual([]);
    },
    { auto: true },
  ],
  person: async ({ server, context }, use) => {
    const visitor = new Visitor(server.url);
    const person = await visitor.register(somebody());
    await context.addCookies(visitor.cookies);
    await use(person);
  },
  member: async ({ page, person }, use) => {
    expect(person.email).not.toBe("");
    await use(page);
  },
  stranger: async ({ server, browser }, use) => {
    const visitor = new Visitor(server.url);
    await visitor.register(somebody());
    const context = await browser.newContext({ baseURL: server.url });
    await context.addCookies(visitor.cookies);
    await use(await context.newPage());
    await context.close();
  },
  admin: async ({ server, browser, administrator }, use) => {
    const context = await browser.newContext({ baseURL: server.url });
    await context.addCookies(administrator.cookies);
    await use(await context.newPage());
    await context.close();
  },
});

/** Keeps a measured figure for the summary after the tests. */
export function measured(what: string, value: number, unit: string, limit?: number): void {
  const shown = value >= 100 ? value.toFixed(0) : value.toFixed(1);
  test.info().annotations.push({ type: "measured", description: `${what}: ${shown} ${unit}${limit === undefined ? "" : ` (limit ${limit} ${unit})`}` });
}

/** Waits until the page's WebAssembly has taken over: only then do its keys and buttons work without a page load. */
export async function awake(page: Page): Promise<void> {
  await page.locator("html[data-awake]").waitFor({ state: "attached" });
}
