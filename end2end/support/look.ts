// A page as people see it: in both themes against WCAG, and at all widths, with screenshots for people to look at.
import { type Page, expect } from "@playwright/test";

import { objections } from "./axe.ts";

export async function look(page: Page, name: string): Promise<void> {
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
}
