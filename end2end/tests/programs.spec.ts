// Programs: a token is made in the settings, shown once, works for what it may, and ends; the API explains itself.
import type { Page } from "@playwright/test";

import { expect, test } from "../support/test.ts";

// What is refused, browsers write down.
test.use({ tolerated: [/status of 4\d\d/] });

/** Makes a token in the settings; its secret. */
async function make(page: Page, name: string, scope: RegExp): Promise<string> {
  await page.goto("/settings/data");
  await page.getByLabel("Name of the program").fill(name);
  await page.getByRole("radio", { name: scope }).check();
  await page.getByRole("button", { name: "Make a token" }).click();
  const secret = page.locator("code", { hasText: "lodestar_p_" });
  await expect(secret).toBeVisible();
  return (await secret.textContent()) ?? "";
}

async function end(page: Page, name: string): Promise<void> {
  const entry = page.getByRole("listitem").filter({ hasText: name });
  await entry.locator("summary").click();
  await entry.getByRole("button", { name: "End it" }).click();
  await expect(entry).toHaveCount(0);
}

/** The status of a call with a token. */
const call = async (page: Page, secret: string, path: string, body?: object): Promise<number> => {
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
  const answer = await fetch(new URL(`/api/v1${path}`, page.url()), { method: body ? "POST" : "GET", headers, body: body && JSON.stringify(body) });
  return answer.status;
};

const WISH = { role: "devops", level: "entry", kind: "technical", questions: 3, mode: "real" };

async function journey(page: Page): Promise<void> {
  const reading = await make(page, "Calendar script", /See what is yours/);
  expect(await call(page, reading, "/interviews")).toBe(200);
  expect(await call(page, reading, "/interviews", WISH)).toBe(403);
  await page.goto("/settings/data");
  await expect(page.getByText("Calendar script", { exact: true }).first()).toBeVisible();
  await expect(page.getByText(/last used on/)).toBeVisible();
  await expect(page.locator("code")).toHaveCount(0);

  const writing = await make(page, "Voice assistant", /See and practise/);
  expect(await call(page, writing, "/interviews", WISH)).toBe(201);
  await end(page, "Calendar script");
  expect(await call(page, reading, "/interviews")).toBe(401);
  expect(await call(page, writing, "/interviews")).toBe(200);
}

test("a token is made, shown once, and ended", async ({ member }) => journey(member));

test("a token without a name is refused", async ({ member }) => {
  await member.goto("/settings/data");
  await member.getByLabel("Name of the program").fill("   ");
  await member.getByRole("button", { name: "Make a token" }).click();
  await expect(member.getByText("Give the token a name")).toBeVisible();
  await expect(member.getByLabel("Name of the program")).toHaveAttribute("aria-invalid", "true");
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false, tolerated: [/status of 4\d\d|preloaded using link preload but not used/] });
  test("a token is made, shown once, and ended", async ({ member }) => journey(member));
});

test("the API's document can be read and tried in the browser", async ({ page }) => {
  await page.goto("/docs");
  await expect(page.getByRole("heading", { name: /Lodestar/ })).toBeVisible();
  await expect(page.getByText("/api/v1/interviews/{id}/answers")).toBeVisible();
  await page.goto("/redoc");
  await expect(page.getByRole("heading", { name: /Lodestar/ }).first()).toBeVisible();
  await expect(page.getByRole("heading", { name: "Answer the open question" }).first()).toBeVisible();
});
