// Every page against WCAG 2.2 AA, light and dark, and a whole journey by keyboard alone.
import type { Page } from "@playwright/test";

import { objections } from "../support/axe.ts";
import { Rehearsal } from "../support/interview.ts";
import { STORY } from "../support/questions.ts";
import { expect, test } from "../support/test.ts";
import { somebody } from "../support/visitor.mjs";

async function check(page: Page, name: string): Promise<void> {
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    expect.soft(await objections(page), `${name}, ${colorScheme}`).toEqual([]);
  }
}

test.describe("public pages", () => {
  test.use({ tolerated: [/status of 4\d\d/] });

  for (const path of ["/", "/login", "/register", "/setup?token=none", "/forgot", "/nowhere", "/interview/nonsense", "/offline.html"]) {
    test(path, async ({ page }) => {
      await page.goto(path);
      await check(page, path);
    });
  }

  test("forms with messages", async ({ page }) => {
    await page.goto("/login");
    await page.getByLabel("E-mail", { exact: true }).fill("nobody@example.org");
    await page.getByLabel("Password", { exact: true }).fill("Wrong-password-1");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await expect(page.getByRole("alert")).toBeVisible();
    await check(page, "refused sign-in");

    await page.goto("/register");
    const person = somebody();
    await page.getByLabel("Name", { exact: true }).fill(person.name);
    await page.getByLabel("E-mail", { exact: true }).fill(person.email);
    await page.getByLabel("Password", { exact: true }).fill("short");
    await page.getByRole("button", { name: "Create account", exact: true }).click();
    await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("aria-invalid", "true");
    await check(page, "refused registration");
  });

  test("a page of somebody else", async ({ member }) => {
    await member.goto("/interview/01890000-0000-7000-8000-000000000000");
    await check(member, "not found, signed in");
  });
});

test("signed-in pages, an interview, its report and the dashboard after it", async ({ member }) => {
  test.slow();
  for (const path of ["/dashboard", "/interview", "/settings"]) {
    await member.goto(path);
    await check(member, path);
  }
  const rehearsal = await (await Rehearsal.start(member)).awake();
  await check(member, "question");
  await rehearsal.reply(STORY);
  await expect(rehearsal.answer).toBeEditable();
  await check(member, "feedback");
  await rehearsal.end();
  await check(member, "report");
  await member.goto("/dashboard");
  await check(member, "dashboard with history");
});

/** Presses Tab until the thing named so has the focus. */
async function tabTo(page: Page, role: "button" | "link" | "textbox" | "combobox", name: string | RegExp): Promise<void> {
  const target = page.getByRole(role, { name, exact: typeof name === "string" }).first();
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press("Tab");
    if (await target.evaluate((element) => element === document.activeElement)) {
      await expect(target).toBeInViewport();
      return;
    }
  }
  throw new Error(`${role} "${name}" cannot be reached by keyboard`);
}

test("somebody who uses the keyboard alone signs in, starts an interview and sends an answer", async ({ page, person, context }) => {
  await context.clearCookies();
  await page.goto("/login");
  await tabTo(page, "textbox", "E-mail");
  await page.keyboard.type(person.email);
  await page.keyboard.press("Tab");
  await page.keyboard.type(person.password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/dashboard$/);

  await tabTo(page, "link", /start an interview/i);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/interview$/);
  await tabTo(page, "combobox", "Role");
  await page.keyboard.type("Dev");
  await tabTo(page, "button", "Start interview");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/interview\/[0-9a-f-]{36}$/);
  const rehearsal = await new Rehearsal(page).awake();
  await expect(page.getByText(/rehearse for DevOps/)).toBeVisible();
  if (!(await rehearsal.answer.evaluate((field) => field === document.activeElement))) await tabTo(page, "textbox", "Your answer");
  await page.keyboard.type("I wrote a runbook, rehearsed it with two colleagues and timed every step.");
  await page.keyboard.press("Control+Enter");
  await rehearsal.accepted(1);
});

test("the first Tab on a page offers to skip to its content", async ({ member }) => {
  await member.goto("/dashboard");
  await member.keyboard.press("Tab");
  const skip = member.getByRole("link", { name: /skip/i });
  await expect(skip).toBeFocused();
  await member.keyboard.press("Enter");
  expect(await member.evaluate(() => location.hash || document.activeElement?.tagName)).toBeTruthy();
});

test("words may be twice as large without anything going missing", async ({ member }) => {
  await member.setViewportSize({ width: 640, height: 450 });
  for (const path of ["/dashboard", "/interview", "/settings"]) {
    await member.goto(path);
    const { inner, outer } = await member.evaluate(() => ({ inner: document.documentElement.scrollWidth, outer: document.documentElement.clientWidth }));
    expect(inner, path).toBeLessThanOrEqual(outer);
  }
});
