// Accounts: opening one, coming in, going out, and the ways in which that is refused.
import type { Page } from "@playwright/test";

import { Server } from "../support/server.mjs";
import { type Person, awake, expect, test } from "../support/test.ts";
import { Visitor, somebody } from "../support/visitor.mjs";

async function register(page: Page, person: Person): Promise<void> {
  await page.goto("/register");
  await page.getByLabel("Name", { exact: true }).fill(person.name);
  await page.getByLabel("E-mail", { exact: true }).fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Create account", exact: true }).click();
}

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("E-mail", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

const signOut = (page: Page) => page.locator("main").getByRole("button", { name: "Sign out" }).click();

test("somebody opens an account, signs out, and signs in again", async ({ page }) => {
  const person = somebody();
  await register(page, person);
  await expect(page).toHaveURL(/\/dashboard$/);
  await expect(page.getByText(person.name).first()).toBeVisible();

  await page.goto("/settings");
  await signOut(page);
  await expect(page).toHaveURL(/\/$/);
  await page.goto("/dashboard");
  await expect(page).toHaveURL(/\/login\?next=/);

  await signIn(page, person.email.toUpperCase(), person.password);
  await expect(page).toHaveURL(/\/dashboard$/);
});

test("signing in leads back to the page that was wanted, and to no other site", async ({ page, person, context }) => {
  await context.clearCookies();
  await page.goto("/settings");
  await expect(page).toHaveURL(/\/login\?next=/);
  await signIn(page, person.email, person.password);
  await expect(page).toHaveURL(/\/settings$/);

  await context.clearCookies();
  await page.goto("/login?next=//evil.example/");
  await signIn(page, person.email, person.password);
  await expect(page).toHaveURL(/127\.0\.0\.1:\d+\/dashboard$/);
});

test("the session gets a new name when somebody signs in", async ({ page, context, person }) => {
  await context.clearCookies();
  await page.goto("/login");
  await context.addCookies([{ name: "lodestar", value: "AAAAAAAAAAAAAAAAAAAAAA", url: page.url() }]);
  await signIn(page, person.email, person.password);
  await expect(page).toHaveURL(/\/dashboard$/);
  const session = (await context.cookies()).find(({ name }) => name.endsWith("lodestar"));
  expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax" });
  expect(session?.value).not.toBe("AAAAAAAAAAAAAAAAAAAAAA");
});

test("the password rule says what is missing, and keeps the rest of the form", async ({ page }) => {
  for (const [password, words] of [
    ["short", ["at least 8 characters", "an upper-case letter", "a digit"]],
    ["alllowercase1", ["an upper-case letter"]],
    ["ALLUPPERCASE1", ["a lower-case letter"]],
    ["NoDigitsHere", ["a digit"]],
    [`Aa1${"x".repeat(126)}`, ["at most 128 characters"]],
  ] as const) {
    const person = { ...somebody(), password };
    await register(page, person);
    await expect(page).toHaveURL(/\/register/);
    for (const part of words) await expect(page.getByText(part, { exact: false }).last()).toBeVisible();
    await expect(page.getByLabel("Password", { exact: true })).toHaveAttribute("aria-invalid", "true");
    await expect(page.getByLabel("E-mail", { exact: true })).toHaveValue(person.email);
    await expect(page.getByLabel("Name", { exact: true })).toHaveValue(person.name);
  }
});

test("a password of 128 characters of any script is kept whole", async ({ page, context }) => {
  const person = { ...somebody(), password: `Ab1${"🔑ñ語".repeat(41)}zz` };
  expect([...person.password].length).toBe(128);
  await register(page, person);
  await expect(page).toHaveURL(/\/dashboard$/);
  await context.clearCookies();
  await page.goto("/login");
  await signIn(page, person.email, `${person.password.slice(0, -1)}y`);
  await expect(page).toHaveURL(/\/login/);
  await signIn(page, person.email, person.password);
  await expect(page).toHaveURL(/\/dashboard$/);
});

test("an address that has an account cannot be told from one that has none", async ({ page, person, server, context }) => {
  await context.clearCookies();
  await page.goto("/login");
  await signIn(page, person.email, "Wrong-password-1");
  const known = await page.getByRole("alert").innerText();
  await page.goto("/login");
  await signIn(page, somebody().email, "Wrong-password-1");
  expect(await page.getByRole("alert").innerText()).toBe(known);

  // The time that it takes does not tell either: passwords are checked for nobody, too.
  const time = async (email: string) => {
    const visitor = new Visitor(server.url);
    const began = performance.now();
    await visitor.fill("/login", { email, password: "Wrong-password-1" });
    return performance.now() - began;
  };
  const median = (times: number[]) => times.sort((left, right) => left - right)[Math.floor(times.length / 2)] ?? 0;
  const [knownTimes, unknownTimes]: [number[], number[]] = [[], []];
  for (let round = 0; round < 5; round += 1) {
    knownTimes.push(await time(person.email));
    unknownTimes.push(await time(somebody().email));
  }
  const ratio = median(knownTimes) / median(unknownTimes);
  expect(ratio).toBeGreaterThan(0.4);
  expect(ratio).toBeLessThan(2.5);
});

test("registering an address twice is refused without losing what was typed", async ({ page, person, context }) => {
  await context.clearCookies();
  await register(page, { ...somebody(), email: person.email.toUpperCase() });
  await expect(page).toHaveURL(/\/register/);
  await expect(page.getByRole("alert").or(page.locator("[id$=-error]")).first()).toBeVisible();
  await expect(page.getByLabel("E-mail", { exact: true })).toHaveValue(person.email.toUpperCase());
});

test.describe("with a refused try first", () => {
  test.use({ tolerated: [/status of 4\d\d/] });

  test("changing the password signs out everywhere else", async ({ member, person, server }) => {
    const elsewhere = new Visitor(server.url);
    await elsewhere.fill("/login", { email: person.email, password: person.password });
    expect((await elsewhere.request("/dashboard")).status).toBe(200);

    await member.goto("/settings");
    await member.getByLabel("Current password").fill("not this one");
    await member.getByLabel("New password").fill("Another-password-2");
    await member.getByRole("button", { name: "Change password" }).click();
    await expect(member.getByLabel("Current password")).toHaveAttribute("aria-invalid", "true");

    await member.getByLabel("Current password").fill(person.password);
    await member.getByLabel("New password").fill("Another-password-2");
    await member.getByRole("button", { name: "Change password" }).click();
    await expect(member.getByText(/Your new password is saved/)).toBeVisible();

    expect((await elsewhere.request("/dashboard")).headers.get("location")).toContain("/login");
    const again = await elsewhere.fill("/login", { email: person.email, password: "Another-password-2" });
    expect(again.headers.get("location")).toContain("/dashboard");
  });
});

test("the name can be changed", async ({ member }) => {
  await member.goto("/settings");
  await member.getByLabel("Name", { exact: true }).fill("Zoë 明");
  await member.getByRole("button", { name: "Save name" }).click();
  await expect(member.getByText("Your name is saved.")).toBeVisible();
  await expect(member.getByText("Zoë 明").first()).toBeAttached();
});

test("the theme is chosen and stays", async ({ member, context }) => {
  await member.goto("/settings");
  await awake(member);
  await member.getByRole("group", { name: "Theme of this device" }).getByRole("radio", { name: "Dark" }).check();
  await expect(member.locator("html")).toHaveAttribute("data-theme", /dark/);
  await expect.poll(async () => (await context.cookies()).find(({ name }) => name === "theme")?.value).toBe("dark");
  await member.goto("/dashboard");
  await expect(member.locator("html")).toHaveAttribute("data-theme", /dark/);
});

test("the set-up link creates the administrator once", async ({ page }) => {
  const server = await Server.start();
  try {
    const link = server.url + (await server.setupLink());
    await page.goto(`${server.url}/setup?token=wrong`);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("This set-up link does not work");

    await page.goto(link);
    const person = somebody();
    await page.getByLabel("Name", { exact: true }).fill(person.name);
    await page.getByLabel("E-mail", { exact: true }).fill(person.email);
    await page.getByLabel("Password", { exact: true }).fill(person.password);
    await page.getByRole("button", { name: "Create account", exact: true }).click();
    await expect(page).toHaveURL(/\/dashboard$/);

    await page.context().clearCookies();
    await page.goto(link);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("This set-up link does not work");
    await server.stop();
    server.output = "";
    await server.run();
    expect(server.output).not.toContain("/setup?token=");
  } finally {
    await server.dispose();
  }
});

test("the administrator is signed in and can practise like anybody", async ({ admin }) => {
  await admin.goto("/interview");
  await expect(admin.getByRole("button", { name: "Start interview", exact: true })).toBeVisible();
});
