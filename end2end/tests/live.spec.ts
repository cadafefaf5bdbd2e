// Pages follow what happens elsewhere: in another window of the same person, through programs, and when the line breaks.
import type { Page } from "@playwright/test";

import { Rehearsal } from "../support/interview.ts";
import { look } from "../support/look.ts";
import { STORY } from "../support/questions.ts";
import { awake, expect, test } from "../support/test.ts";

/** What the page was told of topics, so that a test knows that it listens. */
const listens = (page: Page, topic: string) =>
  page.waitForEvent("websocket").then((socket) =>
    socket.waitForEvent("framereceived", (frame) => frame.payload.toString().includes(`"subscribed","topic":"${topic}`)),
  );

/** Another window of the same person, which hears what happens. */
async function window(page: Page, path: string, topic: string): Promise<Page> {
  const other = await page.context().newPage();
  const listening = listens(other, topic);
  await other.goto(path);
  await awake(other);
  await listening;
  return other;
}

const toast = (page: Page) => page.locator(".toasts");

test("an interview that is open twice is the same in both windows", async ({ member }) => {
  const here = await (await Rehearsal.start(member)).awake();
  const there = new Rehearsal(await window(member, new URL(member.url()).pathname, "interview:"));
  await there.answer.fill("A draft that must stay.");
  await here.reply(STORY);
  await there.accepted(1);
  await expect(toast(there.page)).toContainText("What you typed here is for the question before.");
  await expect(there.answer).toHaveValue("A draft that must stay.");
  await toast(there.page).getByRole("button", { name: "Dismiss" }).click();
  await expect(toast(there.page)).toBeEmpty();
  await expect(there.page.getByRole("main")).toBeFocused();
  expect(await there.said.count()).toBe(await here.said.count());
  await there.reply("The second answer is sent from the other window, and it is long enough to be graded.");
  await here.accepted(2);
  await here.end();
  await expect(there.page.getByText("You ended this interview before its last question.")).toBeVisible();
  await toast(there.page).getByRole("button", { name: "Dismiss" }).click();
  await there.page.getByRole("button", { name: "Continue this interview" }).click();
  await expect(there.answer).toBeEditable();
  // What a window did itself, nobody tells it.
  await there.page.waitForTimeout(1_500);
  await expect(toast(there.page)).toBeEmpty();
  await expect(toast(here.page)).toBeEmpty();
});

test("what happened before the page listens is on it", async ({ member }) => {
  const here = await (await Rehearsal.start(member)).awake();
  const page = await member.context().newPage();
  let go = () => {};
  const may = new Promise<void>((resolve) => (go = resolve));
  await page.route("**/live.js*", async (route) => {
    await may;
    await route.continue();
  });
  await page.goto(member.url(), { waitUntil: "commit" });
  await page.getByRole("log", { name: "Conversation" }).waitFor();
  await here.reply(STORY);
  go();
  await new Rehearsal(page).accepted(1);
});

test("a report that is finished elsewhere is told, and the dashboard shows it", async ({ member }) => {
  const here = await (await Rehearsal.start(member)).awake();
  await here.reply(STORY);
  const there = await window(member, "/dashboard", "notifications");
  const row = there.getByRole("row").filter({ hasText: "Backend engineer" });
  await expect(row.getByRole("link", { name: /Continue/ })).toBeVisible();
  await here.end();
  await expect(toast(there)).toContainText("A report is ready.");
  await expect(toast(here.page)).toBeEmpty();
  await expect(row.getByRole("link", { name: /Report/ })).toBeVisible();
  await toast(there).getByRole("link", { name: "See the report" }).click();
  await expect(there.getByRole("heading", { name: "Interview report" })).toBeVisible();
  await expect(toast(there)).toBeEmpty();
});

test("a word on what happened elsewhere goes by itself, but not while it is read", async ({ member }) => {
  const here = await (await Rehearsal.start(member)).awake();
  const there = await window(member, "/settings", "notifications");
  await here.end();
  await toast(there).getByText("A report is ready.").hover();
  await there.waitForTimeout(9_000);
  await expect(toast(there)).toContainText("A report is ready.");
  await there.mouse.move(0, 0);
  await expect(toast(there)).toBeEmpty({ timeout: 10_000 });
});

test("what happened while the line was broken is made up for", async ({ member }) => {
  const here = await (await Rehearsal.start(member)).awake();
  const page = await member.context().newPage();
  let reachable = true;
  let breaks = () => {};
  let subscribed = 0;
  await page.routeWebSocket(/\/ws$/, (line) => {
    if (!reachable) return void setTimeout(() => void line.close(), 50);
    breaks = () => void line.close();
    line.connectToServer().onMessage((message) => {
      subscribed += Number(message.includes('"subscribed","topic":"interview:'));
      line.send(message);
    });
  });
  await page.goto(new URL(member.url()).pathname);
  const there = await new Rehearsal(page).awake();
  await expect.poll(() => subscribed).toBe(1);
  reachable = false;
  breaks();
  await here.reply(STORY);
  await expect(there.own).toHaveCount(0);
  reachable = true;
  await there.accepted(1);
});

test("a new password, which gives this browser a new way in, is no signing out", async ({ member, person }) => {
  const there = await window(member, "/settings", "notifications");
  const [lines, again] = [there.waitForEvent("websocket"), "A-new-password-9"];
  await member.goto("/settings");
  await awake(member);
  await member.getByLabel("Current password", { exact: true }).fill(person.password);
  await member.getByLabel("New password", { exact: true }).fill(again);
  await member.getByRole("button", { name: "Change password" }).click();
  await lines;
  await there.waitForTimeout(1_000);
  await expect(toast(there)).toBeEmpty();
  await expect(toast(member)).toBeEmpty();
});

test.describe("somebody who signs out", () => {
  // The other window's line is refused from then on.
  test.use({ tolerated: [/401|WebSocket/] });

  test("is told in the other windows within five seconds", async ({ member }) => {
    const there = await window(member, "/settings", "notifications");
    await member.goto("/settings");
    await awake(member);
    await member.locator("main").getByRole("button", { name: "Sign out" }).click();
    await member.waitForURL(/\/login|\/$/);
    await expect(toast(there)).toContainText("You were signed out.", { timeout: 5_000 });
    await look(there, "signed-out");
    await toast(there).getByRole("link", { name: "Sign in" }).click();
    await there.waitForURL(/\/login\?next=/);
  });
});
