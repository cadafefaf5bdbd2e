// Pictures of every page, wide and narrow, light and dark, for people to look at; and the product's own
// screenshots, written where E2E_SCREENSHOTS says (`make screenshots`).
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "@playwright/test";

import { Rehearsal } from "../support/interview.ts";
import { answerOf, calibration } from "../support/questions.ts";
import { expect, test } from "../support/test.ts";

const WIDTHS = [390, 820, 1440];
const SCHEMES = ["light", "dark"] as const;
const FOLDER = "output/pages";

async function picture(page: Page, name: string): Promise<void> {
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const width of WIDTHS) {
      await page.setViewportSize({ width, height: width < 800 ? 844 : 900 });
      // Nothing may hang over the right edge, at any width.
      const { inner, outer } = await page.evaluate(() => ({ inner: document.documentElement.scrollWidth, outer: document.documentElement.clientWidth }));
      expect(inner, `${name} at ${width} px scrolls sideways`).toBeLessThanOrEqual(outer);
      await page.screenshot({ path: `${FOLDER}/${name}-${width}-${colorScheme}.png`, fullPage: true });
    }
  }
}

/** A picture of what is in sight, in a format that pages load quickly. */
async function product(page: Page, name: string): Promise<void> {
  const folder = process.env.E2E_SCREENSHOTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const session = await page.context().newCDPSession(page);
  for (const colorScheme of SCHEMES) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize({ width: 1440, height: 900 });
    await page.evaluate(() => scrollTo(0, 0));
    const { data } = await session.send("Page.captureScreenshot", { format: "webp", quality: 82 });
    writeFileSync(join(folder, `${name}-${colorScheme}.webp`), Buffer.from(data, "base64"));
  }
}

test.slow();

test.describe("public pages", () => {
  test.use({ tolerated: [/status of 404/] });

  for (const [name, path] of Object.entries({ landing: "/", login: "/login", register: "/register", setup: "/setup?token=none", "not-found": "/nowhere" })) {
    test(name, async ({ page }) => {
      await page.goto(path);
      await picture(page, name);
    });
  }
});

test("signed-in pages", async ({ member }) => {
  await member.goto("/dashboard");
  await picture(member, "dashboard-new");
  await member.goto("/interview");
  await picture(member, "interview-start");
  await member.goto("/settings");
  await picture(member, "settings");
});

test("an interview, its report and the dashboard after it", async ({ member }) => {
  const set = calibration("behavioural-mistakes-unnoticed-error");
  const rehearsal = await (await Rehearsal.startWith(member, set, { level: "Mid" })).awake();
  await picture(member, "interview-question");
  await rehearsal.reply(answerOf(set, "strong"));
  await picture(member, "interview-feedback");
  await rehearsal.end();
  await picture(member, "report");
  await product(member, "report");
  await member.goto("/dashboard");
  await picture(member, "dashboard");
});
