// An administrator looks after the models; a person hears one in an interview.
import type { Page } from "@playwright/test";

import { objections } from "../support/axe.ts";
import { Rehearsal } from "../support/interview.ts";
import { WRITER, serverWithModel } from "../support/models.ts";
import type { Server } from "../support/server.mjs";
import { awake, expect, test as base } from "../support/test.ts";
import { Visitor, somebody } from "../support/visitor.mjs";

const test = base.extend<{ look: (name: string) => Promise<void> }, { server: Server }>({
  server: [
    async ({}, use) => {
      const { server, dispose } = await serverWithModel();
      await use(server);
      await dispose();
    },
    { scope: "worker" },
  ],
  page: async ({ page, administrator }, use) => {
    await page.context().addCookies(administrator.cookies);
    await use(page);
  },
  // A page in both themes against WCAG, and at all widths for people to look at.
  look: async ({ page }, use) => {
    await use(async (name) => {
      for (const colorScheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
        expect.soft(await objections(page), `${name}, ${colorScheme}`).toEqual([]);
        for (const width of [390, 820, 1440]) {
          await page.setViewportSize({ width, height: 900 });
          const { inner, outer } = await page.evaluate(() => ({ inner: document.documentElement.scrollWidth, outer: document.documentElement.clientWidth }));
          expect(inner, `${name} at ${width} px scrolls sideways`).toBeLessThanOrEqual(outer);
          await page.screenshot({ path: `output/pages/${name}-${width}-${colorScheme}.png`, fullPage: true });
        }
      }
    });
  },
});

const entry = (page: Page, name: string) => page.getByRole("listitem").filter({ has: page.getByRole("heading", { name, exact: true }) });

async function give(page: Page, role: string, model: string): Promise<void> {
  await page.getByLabel(role, { exact: true }).selectOption({ label: model });
  await page.getByRole("button", { name: `Save who does ${role}` }).click();
  await expect(page.getByText(`${model} has this role now.`)).toBeVisible();
}

// Removing a model that has a role is refused, and a browser notes the answer's status.
test.use({ tolerated: [/status of 409/] });

test("a model gets a role, is tried, heard in an interview, and goes again", async ({ page, look, context }) => {
  test.slow();
  await page.goto("/dashboard");
  await awake(page);
  await page.getByRole("link", { name: "Models" }).click();
  await expect(page.getByRole("heading", { name: "Models", level: 1 })).toBeVisible();
  await expect(page.getByText("When a model has a role")).toBeVisible();
  await look("models-begin");

  await give(page, "Wording", WRITER);
  await expect(entry(page, WRITER).getByText("in memory")).toBeVisible();
  await page.getByLabel("What to ask").fill("How do I prepare for an interview?");
  await page.getByRole("button", { name: "Ask", exact: true }).click();
  await expect(page.getByText(/\d+ tokens read, \d+ written/)).toBeVisible({ timeout: 30_000 });
  await look("models-tried");

  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const rehearsal = await (await Rehearsal.start(page)).awake();
  const first = rehearsal.said.first();
  await first.getByRole("button", { name: "Say it again" }).click({ timeout: 20_000 });
  await expect(first.getByRole("button", { name: "Say it again" })).toBeVisible({ timeout: 20_000 });
  // Random weights say random things; the built-in wording stands where nothing can be read.
  await expect(first).toContainText(new RegExp(`${WRITER}|built-in coach`));
  const question = (await first.locator("p").last().textContent()) ?? "";
  await first.getByRole("button", { name: "Copy message" }).click();
  await expect(first.getByText("Copied")).toHaveCount(1);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain(question.trim());

  await page.goto("/admin/inference");
  await awake(page);
  await expect(page.getByRole("heading", { name: WRITER })).toBeVisible();
  await expect(page.getByRole("cell", { name: "Interviews" })).toBeVisible();
  await expect(page.getByRole("cell", { name: "Trying a model" })).toBeVisible();
  await look("inference");

  await page.goto("/settings");
  await expect(page.getByText(/Today models read and wrote [\d,]+ tokens for you/)).toBeVisible();

  await page.goto("/admin/models");
  await awake(page);
  const model = entry(page, WRITER);
  const remove = async () => {
    await model.locator("summary").click();
    await model.getByRole("button", { name: "Remove it" }).click();
  };
  await remove();
  await expect(page.getByText("has a role. Give that to another model")).toBeVisible();
  await give(page, "Wording", "The built-in coach");
  await page.reload();
  await awake(page);
  await remove();
  await expect(model.getByText("not here")).toBeVisible();
});

test("a model that cannot be fetched says why, and what to do", async ({ page, look }) => {
  await page.goto("/admin/models");
  await awake(page);
  const model = entry(page, "Phi-3-mini-4k-instruct");
  await model.getByRole("button", { name: "Fetch Phi-3-mini-4k-instruct" }).click();
  await expect(model.getByText("could not be fetched from any of its sources")).toBeVisible({ timeout: 20_000 });
  await expect(model.getByRole("button", { name: "Fetch again" })).toBeVisible();
  await look("models-failed");
});

test.describe("members", () => {
  test.use({ tolerated: [/status of 403/] });

  test("have no way there", async ({ server, browser }) => {
    const visitor = new Visitor(server.url);
    await visitor.register(somebody());
    const context = await browser.newContext({ baseURL: server.url });
    await context.addCookies(visitor.cookies);
    const page = await context.newPage();
    await page.goto("/dashboard");
    await expect(page.getByRole("link", { name: "Models" })).toHaveCount(0);
    for (const path of ["/admin/models", "/admin/inference"]) {
      const answer = await page.goto(path);
      expect(answer?.status(), path).toBe(403);
      await expect(page.getByRole("heading", { name: "Not allowed" })).toBeVisible();
    }
    await context.close();
  });
});

test.describe("without scripts", () => {
  test.use({ javaScriptEnabled: false });

  test("a role is given, and a pull begun, by full pages", async ({ page }) => {
    await page.goto("/admin/models");
    await expect(page.getByRole("heading", { name: "Models", level: 1 })).toBeVisible();
    await page.getByRole("button", { name: "Fetch Qwen2.5-7B-Instruct" }).click();
    await expect(page.getByRole("heading", { name: "Models", level: 1 })).toBeVisible();
    await page.getByRole("button", { name: "Save who does Coding" }).click();
    await expect(page.getByRole("heading", { name: "Roles" })).toBeVisible();
  });
});
