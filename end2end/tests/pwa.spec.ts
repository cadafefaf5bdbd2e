// Installable: the manifest, its icons, the service worker and what it shows without a network.
import { expect, test } from "../support/test.ts";

test("the manifest names the product, where it starts, and icons of every kind", async ({ page, request }) => {
  await page.goto("/");
  const href = await page.locator('link[rel="manifest"]').getAttribute("href");
  const answer = await request.get(href ?? "");
  expect(answer.status()).toBe(200);
  const manifest = await answer.json();
  expect(manifest).toMatchObject({ name: expect.stringContaining("Lodestar"), display: "standalone" });
  expect(manifest.start_url).toMatch(/^\//);
  const icons: { src: string; sizes: string; type: string; purpose?: string }[] = manifest.icons;
  expect(icons.some(({ sizes }) => sizes === "192x192")).toBe(true);
  expect(icons.some(({ sizes }) => sizes === "512x512")).toBe(true);
  expect(icons.some(({ purpose }) => purpose?.includes("maskable"))).toBe(true);
  for (const { src, type } of icons) {
    const icon = await request.get(new URL(src, answer.url()).href);
    expect(icon.status(), src).toBe(200);
    expect(icon.headers()["content-type"], src).toContain(type);
  }
});

test.describe("without a network", () => {
  test.use({ tolerated: [/ERR_INTERNET_DISCONNECTED|Failed to fetch|no-response/] });

  test("a page that was not kept gives the offline page, which leads back", async ({ page, context }) => {
    await page.goto("/");
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    // The first load installs the worker; the next one is in its hands.
    await page.reload();
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    await context.setOffline(true);
    await page.goto("/dashboard");
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Lodestar is out of reach");
    await context.setOffline(false);
    await page.goto("/login");
    await expect(page.getByRole("button", { name: "Sign in" })).toBeVisible();
  });
});

test("pages of a person are never answered from the worker's store", async ({ member }) => {
  await member.goto("/dashboard");
  await member.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  await member.reload();
  await member.goto("/settings");
  const kept = await member.evaluate(async () => {
    const urls: string[] = [];
    for (const name of await caches.keys()) {
      for (const request of await (await caches.open(name)).keys()) urls.push(new URL(request.url).pathname);
    }
    return urls;
  });
  expect(kept.filter((path) => /^\/(dashboard|settings|interview|api)/.test(path))).toEqual([]);
});
