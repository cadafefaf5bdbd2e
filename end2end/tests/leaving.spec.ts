// Taking one's data along, and leaving for good.
import type { Page } from "@playwright/test";

import { type Person, expect, test } from "../support/test.ts";

// What is refused, browsers write down.
test.use({ tolerated: [/status of 4\d\d/] });

async function signIn(page: Page, person: Person): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("E-mail", { exact: true }).fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

async function leaveAndComeBack(page: Page, person: Person): Promise<void> {
  await page.goto("/settings/data");
  await page.locator("summary", { hasText: "Remove my account" }).click();
  await page.getByLabel("Your e-mail address").fill("somebody.else@example.org");
  await page.getByRole("button", { name: "Remove my account in seven days" }).click();
  await expect(page.getByText("This is not the address of your account")).toBeVisible();
  await page.getByLabel("Your e-mail address").fill(person.email);
  await page.getByRole("button", { name: "Remove my account in seven days" }).click();
  await expect(page).toHaveURL(/\/$/);
  await page.goto("/dashboard");
  await expect(page).toHaveURL(/\/login/);

  await signIn(page, person);
  await expect(page).toHaveURL(/\/settings\/data$/);
  await expect(page.getByText(/will be removed on/)).toBeVisible();
  await page.getByRole("button", { name: "Keep my account" }).click();
  await expect(page.getByText(/will be removed on/)).toHaveCount(0);
  await expect(page.locator("summary", { hasText: "Remove my account" })).toBeVisible();
}

test("somebody asks to leave, and comes back in time", async ({ member, person }) => leaveAndComeBack(member, person));

test("everything that belongs to somebody comes as one file", async ({ member }) => {
  await member.goto("/settings/data");
  const coming = member.waitForEvent("download");
  await member.getByRole("link", { name: "Download my data" }).click();
  const file = await coming;
  expect(file.suggestedFilename()).toMatch(/^lodestar-\d{4}-\d\d-\d\d\.zip$/);
});

test("nobody downloads without signing in", async ({ page }) => {
  await page.goto("/export");
  await expect(page).toHaveURL(/\/login\?next=/);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false, tolerated: [/status of 4\d\d|preloaded using link preload but not used/] });
  test("somebody asks to leave, and comes back in time", async ({ member, person }) => leaveAndComeBack(member, person));
});
