// The whole journey in a browser that runs no scripts: full-page posts, no streaming, nothing missing.
import { Rehearsal } from "../support/interview.ts";
import { STORY } from "../support/questions.ts";
import { scores } from "../support/report.ts";
import { expect, test } from "../support/test.ts";
import { somebody } from "../support/visitor.mjs";

test.use({ javaScriptEnabled: false, tolerated: [/status of 4\d\d|preloaded using link preload but not used/] });

test("register, rehearse, read the report, sign out and in again", async ({ page }) => {
  const person = somebody();
  await page.goto("/");
  await page.getByRole("link", { name: "Create account" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill(person.name);
  await page.getByLabel("E-mail", { exact: true }).fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Create account", exact: true }).click();
  await expect(page).toHaveURL(/\/dashboard$/);

  const rehearsal = await Rehearsal.start(page);
  await expect(page.getByText(/^Hello Ada/)).toBeVisible();
  await rehearsal.reply(STORY);
  expect(Object.keys(await scores(page)).length).toBeGreaterThan(0);
  await page.getByRole("button", { name: "Skip question" }).click();
  await rehearsal.end();
  expect((await scores(page)).Relevance).toBeGreaterThanOrEqual(0);

  await page.getByRole("button", { name: "Continue this interview" }).click();
  await expect(rehearsal.answer).toBeVisible();
  await page.goto("/dashboard");
  await expect(page.getByRole("link", { name: /continue interview/i })).toBeVisible();

  await page.goto("/settings");
  await page.locator("main").getByRole("button", { name: "Sign out" }).click();
  await expect(page).toHaveURL(/\/$/);
  await page.getByRole("link", { name: /sign in/i }).first().click();
  await page.getByLabel("E-mail", { exact: true }).fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveURL(/\/dashboard$/);
});

test("a refused sign-in shows why, on the same page, with the address still there", async ({ page, person, context }) => {
  await context.clearCookies();
  await page.goto("/login");
  await page.getByLabel("E-mail", { exact: true }).fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill("Wrong-password-1");
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveURL(/\/login/);
  await expect(page.getByRole("alert")).toBeVisible();
  await expect(page.getByLabel("E-mail", { exact: true })).toHaveValue(person.email);
});

test("a refused answer shows why and comes back into the field", async ({ member }) => {
  const rehearsal = await Rehearsal.start(member);
  const long = `${"This answer goes on and on. ".repeat(800)}`;
  await rehearsal.answer.fill(long);
  await rehearsal.send.click();
  await expect(member.getByText(/^Your answer has \d+ characters/)).toBeVisible();
  await expect(rehearsal.answer).toHaveValue(long.trim());
  await rehearsal.reply(STORY);
  await expect(rehearsal.answer).toHaveValue("");
});

test("sending the same form once more does not answer twice", async ({ member, context }) => {
  const rehearsal = await Rehearsal.start(member);
  // A second tab still shows the form as it was.
  const tab = await context.newPage();
  await tab.goto(`/interview/${rehearsal.id}`);
  await rehearsal.reply(STORY);
  await tab.getByLabel("Your answer", { exact: true }).fill(STORY);
  await tab.getByRole("button", { name: "Send answer", exact: true }).click();
  await member.goto(`/interview/${rehearsal.id}`);
  await expect(rehearsal.own).toHaveCount(1);
});

test("name, password and theme can be changed", async ({ member, person }) => {
  await member.goto("/settings");
  await member.getByLabel("Name", { exact: true }).fill("Grace");
  await member.getByRole("button", { name: "Save name" }).click();
  await expect(member.getByText("Your name is saved.")).toBeVisible();
  await member.getByLabel("Current password").fill(person.password);
  await member.getByLabel("New password").fill("Another-password-2");
  await member.getByRole("button", { name: "Change password" }).click();
  await expect(member.getByText(/Your new password is saved/)).toBeVisible();
  await member.getByRole("group", { name: "Theme of this device" }).getByRole("radio", { name: "Dark" }).check();
  await member.getByRole("button", { name: "Save theme" }).click();
  await expect(member.locator("html")).toHaveAttribute("data-theme", /dark/);
});
