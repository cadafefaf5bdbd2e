// Signing in by providers: a real server of OpenID Connect, and one that speaks as GitHub does, both on this machine.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "@playwright/test";

import { CLIENT, GitHub, School } from "../support/providers.mjs";
import { Server } from "../support/server.mjs";
import { expect, test as base } from "../support/test.ts";
import { Visitor, somebody } from "../support/visitor.mjs";

type Worlds = { school: School; github: GitHub };

const test = base.extend<object, Worlds>({
  school: [
    async ({}, use) => {
      const school = await School.start();
      await use(school);
      await school.stop();
    },
    { scope: "worker" },
  ],
  github: [
    async ({}, use) => {
      const github = await GitHub.start();
      await use(github);
      await github.stop();
    },
    { scope: "worker" },
  ],
  server: [
    async ({ school, github }, use) => {
      const client = (provider: string) => ({ [`LODESTAR_PROVIDERS__${provider}__CLIENT_ID`]: CLIENT.id, [`LODESTAR_PROVIDERS__${provider}__CLIENT_SECRET`]: CLIENT.secret });
      const server = await Server.start({
        ...client("SCHOOL"),
        LODESTAR_PROVIDERS__SCHOOL__ISSUER: school.url,
        LODESTAR_PROVIDERS__SCHOOL__NAME: "School account",
        ...client("GITHUB"),
        LODESTAR_PROVIDERS__GITHUB__SITE: github.url,
        LODESTAR_PROVIDERS__GITHUB__API: github.url,
      });
      await use(server);
      await server.dispose();
    },
    { scope: "worker" },
  ],
});

// What is refused, browsers write down.
test.use({ tolerated: [/status of 4\d\d|status of 503/] });

async function enter(page: Page, button: string): Promise<void> {
  await page.goto("/login?next=%2Fsettings");
  await page.getByRole("link", { name: button }).click();
}

test("buttons are there for configured providers alone", async ({ page }) => {
  for (const path of ["/login", "/register"]) {
    await page.goto(path);
    await expect(page.getByRole("link", { name: /^Continue with/ })).toHaveText(["Continue with GitHub", "Continue with School account"]);
  }
});

test("somebody new gets an account by the provider, and comes back to it", async ({ page, school }) => {
  const { email } = somebody();
  school.someone = { sub: email, email, email_verified: true, name: "Ada of School" };
  await enter(page, "Continue with School account");
  await expect(page).toHaveURL(/\/settings$/);
  await expect(page.getByText(`You sign in with ${email}.`)).toBeVisible();
  await expect(page.getByText("It is confirmed.")).toBeVisible();
  await page.context().clearCookies();
  await enter(page, "Continue with School account");
  await expect(page.getByLabel("Name", { exact: true })).toHaveValue("Ada of School");

  // It is the only way in, so it stays.
  await page.goto("/settings/security");
  await expect(page.getByText("You have no password here.")).toBeVisible();
  await page.locator("summary", { hasText: "Unlink" }).click();
  await page.getByRole("button", { name: "Unlink it" }).click();
  await expect(page.getByText("Without it you could not sign in any more.")).toBeVisible();
});

test("an account with the same address is linked only if that is confirmed on both sides", async ({ page, server, school }) => {
  const person = somebody();
  await new Visitor(server.url).register(person);
  school.someone = { sub: person.email, email: person.email, email_verified: true, name: "Eve" };
  await enter(page, "Continue with School account");
  await expect(page.getByText("There is an account with your address, which was not confirmed here.")).toBeVisible();

  school.someone = { sub: `${person.email} again`, email: somebody().email, email_verified: false };
  await enter(page, "Continue with School account");
  await expect(page.getByText("The provider tells no confirmed e-mail address of yours.")).toBeVisible();
});

test("a signed-in person links a provider, signs in by it, and unlinks it", async ({ member, person, school }) => {
  school.someone = { sub: `linked ${person.email}`, email: somebody().email, email_verified: false, name: "Somebody" };
  await member.goto("/settings/security");
  await member.getByRole("link", { name: "Link School account" }).click();
  await expect(member).toHaveURL(/\/settings\/security/);
  await expect(member.getByText(/Linked on/)).toBeVisible();
  await member.context().clearCookies();
  await enter(member, "Continue with School account");
  await expect(member.getByText(`You sign in with ${person.email}.`)).toBeVisible();

  await member.goto("/settings/security");
  await member.locator("summary", { hasText: "Unlink" }).click();
  await member.getByRole("button", { name: "Unlink it" }).click();
  await expect(member.getByRole("link", { name: "Link School account" })).toBeVisible();
});

for (const [what, wrong] of Object.entries({
  "for another client": { aud: "somebody-else" },
  "by another issuer": { iss: "https://evil.example" },
  "that has ended": { exp: 1_700_000_000 },
  "that answers another request": { nonce: "another" },
  "that names nobody": { sub: undefined },
})) {
  test(`an ID token ${what} opens nothing`, async ({ page, school }) => {
    const { email } = somebody();
    school.someone = { sub: email, email, email_verified: true };
    school.wrong = wrong;
    await enter(page, "Continue with School account");
    await expect(page.getByText("School account did not confirm who you are.")).toBeVisible();
    school.wrong = {};
    await page.goto("/dashboard");
    await expect(page).toHaveURL(/\/login/);
  });
}

test("an ID token with a spoilt signature opens nothing", async ({ page, school }) => {
  const { email } = somebody();
  school.someone = { sub: email, email, email_verified: true };
  school.spoilt = true;
  await enter(page, "Continue with School account");
  await expect(page.getByText("School account did not confirm who you are.")).toBeVisible();
  school.spoilt = false;
});

test("an answer that nobody asked for, or with another state, opens nothing", async ({ page }) => {
  await page.goto("/oauth/school/callback?code=x&state=y");
  await expect(page.getByText("nothing was begun with this browser")).toBeVisible();
  const begun = await page.request.get("/oauth/school", { headers: { accept: "text/html", "sec-fetch-site": "same-origin" }, maxRedirects: 0 });
  expect(begun.status()).toBe(302);
  await page.goto("/oauth/school/callback?code=x&state=another");
  await expect(page.getByText("This answer does not belong to what you began here.")).toBeVisible();
  await page.goto("/oauth/school/callback?error=access_denied");
  await expect(page.getByRole("heading", { name: "Nothing was changed" })).toBeVisible();
  const elsewhere = await page.request.get("/oauth/school?for=link", { headers: { "sec-fetch-site": "cross-site" }, maxRedirects: 0 });
  expect(elsewhere.status()).toBe(403);
});

test("GitHub is asked for repositories separately, its token is sealed, and it forgets when it is unlinked", async ({ member, server, github }) => {
  github.asked = [];
  await member.goto("/settings/security");
  await member.getByRole("link", { name: "Link GitHub" }).click();
  await expect(member.getByText("ada@github.example")).toBeVisible();
  expect(github.asked[0]).toBe("GET /login/oauth/authorize read:user user:email");
  await member.getByRole("link", { name: "Let Lodestar read your repositories" }).click();
  await expect(member.getByText(/May read your repositories since/)).toBeVisible();
  expect(github.asked).toContain("GET /login/oauth/authorize read:user user:email repo");
  const kept = readdirSync(server.data).filter((name) => name.startsWith("lodestar.sqlite")).map((name) => readFileSync(join(server.data, name), "latin1")).join("");
  expect(kept).toContain("ada@github.example");
  expect(kept).not.toContain("gho_secret");

  await member.locator("summary", { hasText: "Unlink" }).click();
  await member.getByRole("button", { name: "Unlink it" }).click();
  await expect(member.getByRole("link", { name: "Link GitHub" })).toBeVisible();
  await expect.poll(() => github.asked).toContain(`DELETE /applications/${CLIENT.id}/grant`);
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false, tolerated: [/status of 4\d\d|preloaded using link preload but not used/] });
  test("a provider opens an account", async ({ page, school }) => {
    const { email } = somebody();
    school.someone = { sub: email, email, email_verified: true, name: "Ada" };
    await enter(page, "Continue with School account");
    await expect(page).toHaveURL(/\/settings$/);
  });
});
