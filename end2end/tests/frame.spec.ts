// The frame around signed-in pages: the palette, the keys, and what happens when a part of the app cannot be fetched.
import { awake, expect, test } from "../support/test.ts";

test("the palette opens by Ctrl K, finds a page by a few letters and leads there", async ({ member }) => {
  await member.goto("/dashboard");
  await awake(member);
  await member.keyboard.press("Control+k");
  const palette = member.getByRole("dialog", { name: "Palette" });
  await expect(palette.getByRole("combobox", { name: "Page or action" })).toBeFocused();
  await member.keyboard.type("xyz");
  await expect(palette.getByRole("status")).toContainText("Nothing of that name");
  await member.keyboard.press("Escape");
  await expect(palette).toBeHidden();

  await member.keyboard.press("Control+k");
  await member.keyboard.type("sett");
  await expect(palette.getByRole("option")).toHaveCount(1);
  await member.keyboard.press("Enter");
  await expect(member).toHaveURL(/\/settings$/);
  await expect(palette).toBeHidden();
});

test("the list of keys opens by a question mark, and not while somebody writes", async ({ member }) => {
  await member.goto("/settings");
  await awake(member);
  const keys = member.getByRole("dialog", { name: "Keys" });
  await member.getByLabel("Name", { exact: true }).press("?");
  await expect(keys).toHaveCount(0);
  await member.locator("h1").click();
  await member.keyboard.press("?");
  await expect(keys).toBeVisible();
  await member.keyboard.press("Escape");
  await expect(keys).toBeHidden();
});

test.describe("an address that leads nowhere", () => {
  test.use({ tolerated: [/status of 404/] });

  for (const path of ["/settings/nowhere", "/interview/one/two/three"]) {
    test(`${path} is said once, below a page that wakes`, async ({ member }) => {
      let loads = 0;
      member.on("response", (response) => (loads += Number(response.request().isNavigationRequest())));
      await member.goto(path);
      await member.waitForTimeout(1_500);
      await expect(member.getByRole("heading", { level: 1 })).toHaveText("There is no such page");
      expect(loads).toBe(1);
    });
  }
});

test.describe("when a part of the app cannot be fetched", () => {
  // Without the service worker, which keeps all parts.
  test.use({ serviceWorkers: "block", tolerated: [/./] });

  test("the page that was wanted is loaded whole", async ({ member }) => {
    await member.goto("/dashboard");
    await awake(member);
    let refused = 0;
    await member.route(/\/pkg\/split.*settings/, (route) => {
      refused += 1;
      // As after an update of the server: gone for the old page, there for the new one.
      return refused > 1 ? route.continue() : route.abort();
    });
    await member.getByRole("link", { name: "Settings" }).first().click();
    await expect(member).toHaveURL(/\/settings$/);
    await expect(member.getByRole("heading", { level: 1 })).toHaveText("Settings");
    expect(refused).toBeGreaterThan(0);
    await awake(member);
    await member.getByLabel("Name", { exact: true }).fill("Grace Example");
    await member.getByRole("button", { name: "Save name" }).click();
    await expect(member.getByText("Your name is saved.")).toBeVisible();
  });

  test("a page whose own part is missing stays as the server rendered it", async ({ member }) => {
    await member.route(/\/pkg\/split.*settings/, (route) => route.abort());
    await member.goto("/settings");
    await expect(member.getByRole("heading", { level: 1 })).toHaveText("Settings");
    await member.waitForTimeout(1_500);
    await expect(member.getByLabel("Name", { exact: true })).toBeVisible();
  });
});
