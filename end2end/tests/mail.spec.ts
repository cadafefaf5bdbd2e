// What people do by mail: a new password, confirming an address, changing it; and the administrator's pages about it.
// No mail server is configured, so the administrator reads the links where mails are kept.
import type { Page } from "@playwright/test";

import { look } from "../support/look.ts";
import { awake, expect, test } from "../support/test.ts";
import { Visitor, somebody } from "../support/visitor.mjs";

const NEW_PASSWORD = "Another-password-2";

/** The mail to that address with that subject, as the administrator sees it. */
const mail = (admin: Page, recipient: string, subject: string) =>
  admin.getByRole("listitem").filter({ hasText: recipient }).filter({ has: admin.getByRole("heading", { name: subject, exact: true }) });

/** The path of the link in the latest such mail. It may be written in the background. */
async function link(admin: Page, recipient: string, subject: string): Promise<string> {
  let found: string | undefined;
  await expect
    .poll(async () => {
      await admin.goto("/admin/mail");
      const texts = await mail(admin, recipient, subject).first().textContent({ timeout: 2_000 }).catch(() => "");
      found = /https?:\/\/[^/]+(\/[a-z-]+\?token=[0-9a-f]{64})/.exec(texts ?? "")?.[1];
      return found;
    })
    .toBeTruthy();
  return found ?? "";
}

async function forget(page: Page, email: string): Promise<void> {
  await page.goto("/login");
  await page.getByRole("link", { name: "Forgot your password?" }).click();
  await page.getByLabel("E-mail", { exact: true }).fill(email);
  await page.getByRole("button", { name: "Send me a link" }).click();
  await expect(page.getByText("If there is an account with this address, a link is on its way.")).toBeVisible();
}

async function signIn(page: Page, email: string, password: string): Promise<void> {
  await page.getByLabel("E-mail", { exact: true }).fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

for (const scripts of [true, false]) {
  test.describe(scripts ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled: scripts, tolerated: [/status of 4\d\d|preloaded using link preload but not used/] });

    test("a forgotten password is replaced by a link that works once", async ({ page, person, context, admin, server }) => {
      const elsewhere = new Visitor(server.url);
      await elsewhere.fill("/login", { email: person.email, password: person.password });
      await context.clearCookies();
      await forget(page, person.email);
      const path = await link(admin, person.email, "Choose a new password");

      await page.goto(path);
      await page.getByLabel("New password").fill("weak");
      await page.getByRole("button", { name: "Save password" }).click();
      await expect(page.getByLabel("New password")).toHaveAttribute("aria-invalid", "true");
      await page.getByLabel("New password").fill(NEW_PASSWORD);
      await page.getByRole("button", { name: "Save password" }).click();
      await expect(page.getByText("Your new password is saved. Sign in with it.")).toBeVisible();
      await signIn(page, person.email, NEW_PASSWORD);
      await expect(page).toHaveURL(/\/dashboard$/);

      expect((await elsewhere.request("/dashboard")).headers.get("location")).toContain("/login");
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText("This link does not work any more");
      await admin.goto("/admin/mail");
      await expect(mail(admin, person.email, "Your password was changed")).toHaveCount(1);
    });

    test("an address is confirmed from the settings", async ({ member, person, admin }) => {
      await member.goto("/settings");
      await expect(member.getByText("It is not confirmed yet.")).toBeVisible();
      if (scripts) await look(member, "settings-unconfirmed");
      await member.getByRole("button", { name: "Send it again" }).click();
      await expect(member.getByText("The mail is on its way.")).toBeVisible();

      await member.goto(await link(admin, person.email, "Confirm your e-mail address"));
      await member.getByRole("button", { name: "Confirm address" }).click();
      await expect(member.getByRole("heading", { level: 1 })).toHaveText("Your address is confirmed");
      await member.goto("/settings");
      await expect(member.getByText("It is confirmed.")).toBeVisible();
    });

    test("an address is changed by a link to the new one", async ({ member, person, admin, context }) => {
      const email = somebody().email;
      await member.goto("/settings");
      await member.getByLabel("New address").fill(email);
      await member.getByLabel("Your password").fill("not this one");
      await member.getByRole("button", { name: "Change address" }).click();
      await expect(member.getByLabel("Your password")).toHaveAttribute("aria-invalid", "true");
      await member.getByLabel("New address").fill(email);
      await member.getByLabel("Your password").fill(person.password);
      await member.getByRole("button", { name: "Change address" }).click();
      await expect(member.getByText("A link is on its way to the new address")).toBeVisible();

      await member.goto(await link(admin, email, "Confirm your new e-mail address"));
      await member.getByRole("button", { name: "Use this address" }).click();
      await expect(member.getByRole("heading", { level: 1 })).toHaveText("Your new address is in use");
      await member.goto("/settings");
      await expect(member.getByText(`You sign in with ${email}.`)).toBeVisible();
      await admin.goto("/admin/mail");
      await expect(mail(admin, person.email, "Your e-mail address was changed")).toHaveCount(1);

      await context.clearCookies();
      await member.goto("/login");
      await signIn(member, email, person.password);
      await expect(member).toHaveURL(/\/dashboard$/);
    });

    test("the weekly digest is asked for and turned off", async ({ member }) => {
      await member.goto("/settings");
      const box = member.getByLabel("Write to me on Mondays");
      await expect(box).not.toBeChecked();
      await box.check();
      await member.getByRole("button", { name: "Save choice" }).click();
      await expect(member.getByText("Your choice is saved.")).toBeVisible();
      await member.goto("/settings");
      await expect(box).toBeChecked();
      await box.uncheck();
      await member.getByRole("button", { name: "Save choice" }).click();
      await expect(member.getByText("Your choice is saved.")).toBeVisible();
      await member.goto("/settings");
      await expect(box).not.toBeChecked();
    });

    test("an unknown address gets the same answer, and no mail", async ({ page, admin }) => {
      const email = somebody().email;
      await forget(page, email);
      await admin.goto("/admin/mail");
      await expect(admin.getByText(email)).toHaveCount(0);
    });
  });
}

test("a browser that was not seen before is mentioned once", async ({ page, person, context, admin }) => {
  const told = async () => {
    await admin.goto("/admin/mail");
    return mail(admin, person.email, "New sign-in to your account").count();
  };
  expect(await told()).toBe(0);
  await context.clearCookies();
  await page.goto("/login");
  await signIn(page, person.email, person.password);
  await expect(page).toHaveURL(/\/dashboard$/);
  expect(await told()).toBe(1);
  await expect(mail(admin, person.email, "New sign-in to your account")).toContainText(/Chrome on Linux/);

  await page.goto("/settings");
  await page.locator("main").getByRole("button", { name: "Sign out" }).click();
  await page.goto("/login");
  await signIn(page, person.email, person.password);
  await expect(page).toHaveURL(/\/dashboard$/);
  expect(await told()).toBe(1);
});

test.describe("pages of links that do not work", () => {
  test.use({ tolerated: [/status of 4\d\d/] });

  for (const path of ["/forgot", "/reset?token=none", "/verify?token=none", "/change-address?token=none"]) {
    test(`${path} is well made`, async ({ page }) => {
      await page.goto(path);
      await expect(page.getByRole("heading", { level: 1 })).toHaveCount(1);
      await look(page, path.slice(1).replace(/\?.*/, ""));
    });
  }
});

test.describe("the administrator", () => {
  // A test that looks into the frame of a mail is told that no script runs there.
  test.use({ tolerated: [/Blocked script execution/] });

  test("sees tasks and mails, and how mails look", async ({ page, administrator, person }) => {
    await page.context().clearCookies();
    await page.context().addCookies(administrator.cookies);
    await page.goto("/admin/tasks");
    await awake(page);
    await expect(page.getByRole("heading", { name: "Tasks", level: 1 })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Write the weekly digests" })).toBeVisible();
    await look(page, "tasks");

    await page.getByRole("link", { name: "Mail", exact: true }).click();
    await expect(page.getByRole("heading", { name: "Mail", level: 1 })).toBeVisible();
    await expect(page.getByText("No mail server is configured")).toBeVisible();
    const first = mail(page, person.email, "Confirm your e-mail address");
    await first.locator("summary").click();
    await expect(first.getByText("Hello Ada Example,")).toBeVisible();
    const sample = page.locator("section", { has: page.getByRole("heading", { name: "How mails look" }) }).getByRole("listitem").first();
    await sample.locator("summary").click();
    await expect(sample.frameLocator("iframe").getByText("Hello Ada,")).toBeVisible();
    await page.setViewportSize({ width: 390, height: 844 });
    await sample.locator("iframe").scrollIntoViewIfNeeded();
    await expect(sample.frameLocator("iframe").getByText("Hello Ada,")).toBeInViewport();
    await page.screenshot({ path: "output/pages/mail-sample-390.png" });
    await look(page, "mail");
  });

  test("cancels a task", async ({ page, administrator }) => {
    await page.context().addCookies(administrator.cookies);
    await page.goto("/admin/tasks");
    await awake(page);
    await page.getByRole("button", { name: "Cancel “Write the weekly digests”" }).click();
    await expect(page.getByText("Nothing is waiting")).toBeVisible();
  });
});

test.describe("members", () => {
  // What is no page has no icon either, for which the browser asks.
  test.use({ tolerated: [/status of 40[34]/] });

  test("have no way to those pages", async ({ member }) => {
    for (const path of ["/admin/tasks", "/admin/mail", "/admin/mail/preview/verify-address"]) {
      expect((await member.goto(path))?.status(), path).toBe(403);
    }
  });
});
