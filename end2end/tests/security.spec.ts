// How people sign in: where they are signed in, codes of an application, passkeys, recovery codes.
import type { Page } from "@playwright/test";

import { look } from "../support/look.ts";
import { Server } from "../support/server.mjs";
import { type Person, expect, test } from "../support/test.ts";
import { code } from "../support/totp.mjs";
import { Visitor, somebody } from "../support/visitor.mjs";

// What is refused, browsers write down.
test.use({ tolerated: [/status of 4\d\d/] });

async function signIn(page: Page, { email, password }: Person, base = ""): Promise<void> {
  await page.goto(`${base}/login`);
  await page.getByLabel("E-mail", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

/** Opens a part that is folded, and says who one is. */
async function unfold(page: Page, words: string, { password }: Person): Promise<void> {
  const part = page.locator("details").filter({ has: page.locator("summary", { hasText: words }) });
  await part.locator("summary").click();
  await part.getByLabel("Your password").fill(password);
}

/** Sets an application up; its secret and the recovery codes. */
async function setUp(page: Page, person: Person): Promise<{ secret: string; codes: string[] }> {
  await page.goto("/settings/security");
  await unfold(page, "Set up an app", person);
  await page.getByRole("button", { name: "Show the code to scan" }).click();
  await expect(page.getByRole("img", { name: "Code to scan" })).toBeVisible();
  const secret = (await page.locator("code").first().textContent()) ?? "";
  await page.getByLabel("Code of the app").fill("000000");
  await page.getByRole("button", { name: "Turn it on" }).click();
  await expect(page.getByText("This code does not fit.")).toBeVisible();
  await page.getByLabel("Code of the app").fill(code(secret));
  await page.getByRole("button", { name: "Turn it on" }).click();
  await expect(page.getByRole("heading", { name: "Your recovery codes" })).toBeVisible();
  const codes = await page.locator("li code").allTextContents();
  expect(codes).toHaveLength(10);
  return { secret, codes };
}

test("somebody sees where they are signed in, and ends it", async ({ member, person, server }) => {
  const elsewhere = new Visitor(server.url);
  const form = new URLSearchParams({ email: person.email, password: person.password });
  await new Visitor(server.url).request("/api/sign_in", form);
  await elsewhere.request("/api/sign_in", form);
  expect((await elsewhere.request("/dashboard")).status).toBe(200);
  await member.goto("/settings/security");
  const rows = member.getByRole("listitem").filter({ hasText: "From 127.0.0.1" });
  await expect(rows).toHaveCount(3);
  await expect(member.getByText("here", { exact: true })).toBeVisible();
  await look(member, "security");
  await rows.filter({ hasNotText: "here" }).first().getByRole("button", { name: "Sign out" }).click();
  await expect(rows).toHaveCount(2);
  await member.getByRole("button", { name: "Sign out everywhere else" }).click();
  await expect(rows).toHaveCount(1);
  expect((await elsewhere.request("/dashboard")).status).not.toBe(200);
  await member.goto("/dashboard");
  await expect(member).toHaveURL(/dashboard/);
});

for (const scripts of [true, false]) {
  test.describe(scripts ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled: scripts, tolerated: [/status of 4\d\d|preloaded using link preload but not used/] });

    test("with an application, signing in takes a code", async ({ member, person }) => {
      const { secret, codes } = await setUp(member, person);
      await member.context().clearCookies();
      await signIn(member, person);
      await expect(member.getByRole("heading", { name: "One more step" })).toBeVisible();
      await member.goto("/dashboard");
      await expect(member).toHaveURL(/\/login/);
      await member.goto("/login/second");
      await member.getByLabel("Code", { exact: true }).fill("123 456");
      await member.getByRole("button", { name: "Go on" }).click();
      await expect(member.getByText("This code does not fit.")).toBeVisible();
      await member.getByLabel("Code", { exact: true }).fill(code(secret, 1));
      await member.getByRole("button", { name: "Go on" }).click();
      await expect(member).toHaveURL(/\/dashboard/);

      await member.context().clearCookies();
      await signIn(member, person);
      await member.getByLabel("Code", { exact: true }).fill(codes[3] ?? "");
      await member.getByRole("button", { name: "Go on" }).click();
      await expect(member).toHaveURL(/\/dashboard/);
      await member.goto("/settings/security");
      await expect(member.getByText("9 are left.")).toBeVisible();
      await unfold(member, "Remove the app", person);
      await member.getByRole("button", { name: "Remove the app" }).click();
      await expect(member.getByText("Off. With a second step")).toBeVisible();
    });
  });
}

test("programs send the code with the password", async ({ member, person }) => {
  const { codes } = await setUp(member, person);
  const call = (body: object) =>
    fetch(new URL("/api/v1/auth/login", member.url()), { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ ...person, ...body }) });
  const without = await call({});
  expect([without.status, (await without.json()).error.field]).toEqual([401, "code"]);
  expect((await call({ code: "000000" })).status).toBe(422);
  expect((await call({ code: codes[0] })).status).toBe(200);
});

test("a passkey is added and asked for", async ({ browser }) => {
  // Passkeys know no numbers as addresses.
  const site = await Server.start({}, { name: "localhost" });
  try {
    const context = await browser.newContext({ baseURL: site.site });
    const page = await context.newPage();
    const protocol = await context.newCDPSession(page);
    await protocol.send("WebAuthn.enable");
    const options = { protocol: "ctap2", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true } as const;
    const { authenticatorId } = await protocol.send("WebAuthn.addVirtualAuthenticator", { options });

    const person = somebody();
    await page.goto("/register");
    await page.getByLabel("Name", { exact: true }).fill(person.name);
    await page.getByLabel("E-mail", { exact: true }).fill(person.email);
    await page.getByLabel("Password", { exact: true }).fill(person.password);
    await page.getByRole("button", { name: "Create account" }).click();
    await expect(page).toHaveURL(/\/dashboard/);
    await page.goto("/settings/security");
    const adding = page.locator("details").filter({ hasText: "Add a passkey" });
    await adding.locator("summary").click();
    await adding.getByLabel("Name", { exact: true }).fill("Phone");
    await adding.getByLabel("Your password").fill(person.password);
    await adding.getByRole("button", { name: "Go on" }).click();
    await page.getByRole("button", { name: "Make the passkey" }).click();
    await expect(page.getByRole("heading", { name: "Your recovery codes" })).toBeVisible();
    await expect(page.getByRole("listitem").filter({ hasText: "Phone" })).toBeVisible();
    await look(page, "security-passkey");

    await context.clearCookies();
    await signIn(page, person);
    await look(page, "second-step");
    await page.getByRole("button", { name: "Use your passkey" }).click();
    await expect(page).toHaveURL(/\/dashboard/);
    await page.goto("/settings/security");
    await expect(page.getByText(/last used on/).first()).toBeVisible();

    // A device that does not know the passkey.
    await context.clearCookies();
    await protocol.send("WebAuthn.clearCredentials", { authenticatorId });
    await signIn(page, person);
    await page.getByRole("button", { name: "Use your passkey" }).click();
    await expect(page.getByText("No passkey was used.")).toBeVisible();
    await context.close();
  } finally {
    await site.dispose();
  }
});
