// Administrators look after accounts: finding somebody, a new standing, keeping somebody out and letting them in again.
import type { Page } from "@playwright/test";

import { objections } from "../support/axe.ts";
import { expect, test } from "../support/test.ts";
import { Visitor, somebody } from "../support/visitor.mjs";

// What is refused, browsers write down.
test.use({ tolerated: [/status of 4\d\d|preloaded using link preload but not used/] });

/** The entry of somebody in the list, found by their address and opened. */
async function entry(admin: Page, email: string) {
  await admin.goto("/admin/people");
  await admin.getByLabel("Name or address").fill(email.toUpperCase());
  await admin.getByRole("button", { name: "Show" }).click();
  await expect(admin).toHaveURL(/search=/);
  const found = admin.getByRole("listitem").filter({ hasText: email });
  await found.locator("summary").click();
  return found;
}

test("somebody is kept out, learns why, and comes in again", async ({ page, member, person, admin }) => {
  await (await entry(admin, person.email)).getByRole("button", { name: "Disable account" }).click();
  await expect(admin.getByText("The account is disabled")).toBeVisible();
  await expect(admin.getByRole("listitem").filter({ hasText: person.email })).toContainText("Disabled");
  for (const colorScheme of ["light", "dark"] as const) {
    await admin.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect.soft(await objections(admin), colorScheme).toEqual([]);
  }
  await member.goto("/dashboard");
  await expect(member, "the session has ended").toHaveURL(/\/login/);
  const signIn = async (password: string): Promise<void> => {
    await page.getByLabel("E-mail", { exact: true }).fill(person.email);
    await page.getByLabel("Password", { exact: true }).fill(password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  };
  await signIn("Wrong-password-1");
  await expect(page.getByRole("alert")).toContainText("do not go together");
  await signIn(person.password);
  await expect(page.getByRole("alert")).toContainText("This account is disabled");

  await (await entry(admin, person.email)).getByRole("button", { name: "Enable account" }).click();
  await expect(admin.getByText("The account is enabled.")).toBeVisible();
  await signIn(person.password);
  await expect(page).toHaveURL(/\/dashboard/);
});

test("the last administrator stays one, and nobody disables themselves", async ({ admin }) => {
  await admin.goto("/admin/people?only=admin");
  const own = admin.getByRole("listitem").filter({ hasText: "(you)" });
  await own.locator("summary").click();
  await expect(own.getByRole("button", { name: "Disable account" })).toHaveCount(0);
  await own.getByLabel("Standing").selectOption({ label: "Member" });
  await own.getByRole("button", { name: "Save standing" }).click();
  await expect(admin.getByRole("alert")).toContainText("This is the last administrator.");
});

test("what administrators change stands in the log", async ({ admin, server }) => {
  const mentor = somebody();
  await new Visitor(server.url).register(mentor);
  const found = await entry(admin, mentor.email);
  await found.getByLabel("Standing").selectOption({ label: "Mentor" });
  await found.getByRole("button", { name: "Save standing" }).click();
  await expect(admin.getByText("The standing is changed.")).toBeVisible();
  await admin.goto("/admin/audit?action=standing_changed");
  await expect(admin.getByRole("row", { name: new RegExp(`mentor .${mentor.email}`) })).toBeVisible();
});

test("members have no such page", async ({ member }) => {
  await member.goto("/admin/people");
  await expect(member.getByRole("heading", { name: "Not allowed" })).toBeVisible();
});
