// Sharing with a mentor: begun and ended by the person, seen by the mentor meanwhile, and by nobody else.
import type { Page } from "@playwright/test";

import { Rehearsal } from "../support/interview.ts";
import { look } from "../support/look.ts";
import { STORY } from "../support/questions.ts";
import { type Person, expect, test } from "../support/test.ts";
import { Visitor, somebody } from "../support/visitor.mjs";

/** Gives somebody a standing, on the administrator's page. */
async function give(admin: Page, email: string, standing: string): Promise<void> {
  await admin.goto("/admin/people");
  await admin.getByLabel("Name or address").fill(email);
  await admin.getByRole("button", { name: "Show" }).click();
  const entry = admin.getByRole("listitem").filter({ hasText: email });
  await entry.locator("summary").click();
  await entry.getByLabel("Standing").selectOption({ label: standing });
  await entry.getByRole("button", { name: "Save standing" }).click();
  await expect(admin.getByText("The standing is changed.")).toBeVisible();
}

/** Opens the confirmation link that the administrator sees kept. */
async function confirm(admin: Page, page: Page, email: string): Promise<void> {
  await admin.goto("/admin/mail");
  const mail = admin.getByRole("listitem").filter({ hasText: email }).filter({ hasText: "Confirm your e-mail address" });
  const link = /\/verify\?token=[0-9a-f]{64}/.exec((await mail.first().textContent()) ?? "")?.[0] ?? "";
  await page.goto(link);
  await page.getByRole("button", { name: /confirm/i }).click();
  await expect(page).toHaveURL(/done=address/);
}

async function signIn(page: Page, person: Person): Promise<void> {
  await page.goto("/login");
  await page.getByLabel("E-mail", { exact: true }).fill(person.email);
  await page.getByLabel("Password", { exact: true }).fill(person.password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
  await expect(page).toHaveURL(/\/dashboard$/);
}

for (const scripts of [true, false]) {
  test.describe(scripts ? "with scripts" : "without scripts", () => {
    test.use({ javaScriptEnabled: scripts, tolerated: [/status of 4\d\d|preloaded using link preload but not used/] });

    test("somebody shares with a mentor, and ends it", async ({ member, person, admin, server, browser }) => {
      test.slow();
      const mentor = { ...somebody(), name: "Grace Mentor" };
      await new Visitor(server.url).register(mentor);
      const context = await browser.newContext({ baseURL: server.url, javaScriptEnabled: scripts });
      const desk = await context.newPage();
      await signIn(desk, mentor);
      await desk.goto("/mentoring");
      await expect(desk.getByRole("heading", { level: 1 })).toHaveText("Not allowed");
      await give(admin, mentor.email, "Mentor");
      await desk.goto("/dashboard");
      await expect(desk, "a new standing ends sessions").toHaveURL(/\/login/);
      await signIn(desk, mentor);
      await desk.getByRole("navigation", { name: "Main" }).getByRole("link", { name: "People" }).click();
      await expect(desk.getByText("Confirm your address first")).toBeVisible();
      await confirm(admin, desk, mentor.email);
      await desk.goto("/mentoring");
      await expect(desk.getByText("Nobody shares with you yet")).toBeVisible();

      const rehearsal = await Rehearsal.start(member);
      await rehearsal.reply(STORY);
      await rehearsal.end();
      await member.goto("/settings");
      await member.getByRole("link", { name: "Sharing" }).click();
      await expect(member.getByText("You share with nobody")).toBeVisible();
      await member.getByLabel("Your mentor's e-mail address").fill(person.email);
      await member.getByRole("button", { name: "Share my practice" }).click();
      await expect(member.getByLabel("Your mentor's e-mail address")).toHaveAttribute("aria-invalid", "true");
      await member.getByLabel("Your mentor's e-mail address").fill(mentor.email.toUpperCase());
      await member.getByRole("button", { name: "Share my practice" }).click();
      await expect(member.getByText("they see your practice from now on")).toBeVisible();
      if (scripts) await look(member, "sharing");

      await desk.goto("/mentoring");
      await expect(desk.getByRole("row", { name: new RegExp(person.email) })).toBeVisible();
      if (scripts) await look(desk, "mentoring");
      await desk.getByRole("link", { name: person.name }).click();
      await expect(desk.getByRole("heading", { level: 1 })).toHaveText(person.name);
      if (scripts) await look(desk, "mentee");
      const theirs = desk.url();
      await desk.getByRole("link", { name: /^Report: / }).click();
      await expect(desk.getByRole("heading", { level: 1 })).toHaveText(`Interview report of ${person.name}`);
      await expect(desk.getByText(STORY.slice(0, 40)).first()).toBeVisible();
      await expect(desk.getByRole("main").getByRole("button")).toHaveCount(0);
      if (scripts) await look(desk, "mentee-report");
      const report = desk.url();

      await member.goto("/settings/sharing");
      await member.getByRole("button", { name: /^End/ }).click();
      await expect(member.getByText("You share with nobody")).toBeVisible();
      for (const address of [theirs, report]) {
        expect((await desk.goto(address))?.status(), address).toBe(404);
        await expect(desk.getByRole("heading", { level: 1 })).toHaveText("Not found");
      }
      await context.close();
    });
  });
}

test.describe("what others do not get", () => {
  test.use({ tolerated: [/status of 4\d\d/] });

  test("pages of sharing and of mentors load no WebAssembly", async ({ member }) => {
    const loaded: string[] = [];
    member.on("request", (request) => void (/\.wasm(\?|$)/.test(request.url()) && loaded.push(request.url())));
    await member.goto("/settings/sharing", { waitUntil: "networkidle" });
    await member.goto("/mentoring", { waitUntil: "networkidle" });
    expect(loaded).toEqual([]);
  });

  test("whether an address is a mentor's shows to nobody", async ({ member, admin, server }) => {
    const mentor = somebody();
    await new Visitor(server.url).register(mentor);
    await give(admin, mentor.email, "Mentor");
    const answers: string[] = [];
    for (const address of [mentor.email, `nobody.${Date.now()}@example.org`]) {
      await member.goto("/settings/sharing");
      await member.getByLabel("Your mentor's e-mail address").fill(address);
      await member.getByRole("button", { name: "Share my practice" }).click();
      const row = member.getByRole("listitem").filter({ hasText: address });
      await expect(row).toBeVisible();
      answers.push(((await member.getByRole("main").textContent()) ?? "").replaceAll(address, "X"));
      await row.getByRole("button", { name: /^End/ }).click();
      await expect(row).toHaveCount(0);
    }
    expect(answers[0]).toBe(answers[1]);
  });
});
