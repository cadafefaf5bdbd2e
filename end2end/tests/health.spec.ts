// Whether an operator can tell how the server is, and stop it without harm.
import { request } from "@playwright/test";

import { Server } from "../support/server.mjs";
import { expect, test } from "../support/test.ts";

test("live and ready name each part's state", async ({ request, server }) => {
  expect(await (await request.get("/health/live")).json()).toMatchObject({ ok: true });
  const ready = await request.get("/health/ready");
  expect(ready.status()).toBe(200);
  expect(await ready.json()).toMatchObject({ ok: true, database: { ok: true }, files: { ok: true }, embedding: { ok: true } });
  expect(server.output).toContain(`Lodestar is ready at ${server.url}`);
});

test("every answer carries a request id and the security headers", async ({ request }) => {
  for (const path of ["/", "/login", "/health/live", "/nowhere"]) {
    const headers = (await request.get(path)).headers();
    expect(headers["x-request-id"], path).toMatch(/^[0-9a-f-]+$/);
    expect(headers["x-content-type-options"], path).toBe("nosniff");
    expect(headers["content-security-policy"], path).toContain("frame-ancestors 'none'");
    expect(headers["content-security-policy"], path).not.toContain("unsafe-inline");
  }
  const first = (await request.get("/login")).headers()["content-security-policy"];
  const second = (await request.get("/login")).headers()["content-security-policy"];
  expect(first).not.toBe(second);
});

test("a form that another site sends is refused", async ({ request, server }) => {
  const page = await (await request.get("/login")).text();
  const action = /<form[^>]*action="([^"]*)"/.exec(page)?.[1] ?? "";
  const form = { email: "a@example.org", password: "x" };
  const foreign = await request.post(action, { form, headers: { origin: "http://evil.example" }, maxRedirects: 0 });
  expect(foreign.status()).toBe(403);
  const own = await request.post(action, { form, headers: { origin: server.url }, maxRedirects: 0 });
  expect(own.status()).not.toBe(403);
});

test("SIGTERM ends it within seconds with status 0, and its data is there afterwards", async () => {
  const server = await Server.start();
  try {
    const link = await server.setupLink();
    expect(await server.stop()).toBe(0);
    await server.run();
    const api = await request.newContext({ baseURL: server.url });
    expect((await api.get("/health/ready")).status()).toBe(200);
    expect(link).toContain("/setup?token=");
    await api.dispose();
  } finally {
    await server.dispose();
  }
});
