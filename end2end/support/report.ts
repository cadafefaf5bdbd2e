// What a report says, read the way assistive technology reads it.
import type { Locator, Page } from "@playwright/test";

/** The scores inside `place` by their name, like `{ Relevance: 82 }`; the first of each name counts. */
export async function scores(place: Page | Locator): Promise<Record<string, number>> {
  const names = await place.getByRole("img", { name: /: \d+ of 100, / }).evaluateAll((bars) => bars.map((bar) => bar.getAttribute("aria-label") ?? ""));
  const found: Record<string, number> = {};
  for (const name of names) {
    const [, dimension, value] = /^(.*): (\d+) of 100, /.exec(name) ?? [];
    if (dimension) found[dimension] ??= Number(value);
  }
  return found;
}

/** The quotes of the answer inside `place`, without their quotation marks. */
export async function quotes(place: Page | Locator): Promise<string[]> {
  const texts = await place.getByTitle("Show in your answer").or(place.locator("q")).allInnerTexts();
  return texts.map((text) => text.trim().replace(/^“/, "").replace(/”$/, ""));
}
