// The figures that the product promises, measured on this machine while nothing else runs.
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";

import { Rehearsal, choose } from "../support/interview.ts";
import { STORY } from "../support/questions.ts";
import { Server } from "../support/server.mjs";
import { expect, measured, test } from "../support/test.ts";

const median = (values: number[]): number => values.sort((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;

/** Notes in the browser itself when the button was pressed and when the first words stood on the page. */
async function watchForFirstWords(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const now = () => performance.timeOrigin + performance.now();
    addEventListener("click", (event) => {
      if ((event.target as Element).closest("button")?.textContent?.includes("Start interview")) sessionStorage.setItem("pressed", String(now()));
    }, { capture: true });
    const look = () => {
      if (location.pathname.split("/").length === 3 && /Interviewer[^]*\bHello\b/.test(document.body?.innerText ?? "")) {
        sessionStorage.setItem("heard", String(now()));
        watcher.disconnect();
      }
    };
    const watcher = new MutationObserver(look);
    watcher.observe(document, { childList: true, subtree: true, characterData: true });
  });
}

test("the first words stand on the page within 300 ms of starting", async ({ member }) => {
  await watchForFirstWords(member);
  const times: number[] = [];
  for (let round = 0; round < 5; round += 1) {
    await choose(member);
    await new Rehearsal(member).awake();
    await member.evaluate(() => sessionStorage.removeItem("heard"));
    await member.getByRole("button", { name: "Start interview", exact: true }).click();
    await member.waitForURL(/\/interview\/[0-9a-f-]{36}$/);
    await member.waitForFunction(() => sessionStorage.getItem("heard") !== null);
    times.push(await member.evaluate(() => Number(sessionStorage.getItem("heard")) - Number(sessionStorage.getItem("pressed"))));
    await member.goto("/dashboard");
  }
  const time = median(times);
  measured("first words after Start interview, median of 5", time, "ms", 300);
  expect(time).toBeLessThanOrEqual(300);
});

test("an answer of 150 words is scored within a second", async ({ member }) => {
  expect(STORY.split(/\s+/).length).toBeGreaterThanOrEqual(150);
  const times: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    const rehearsal = await (await Rehearsal.start(member)).awake();
    await rehearsal.answer.fill(STORY);
    const answered = member.waitForResponse((response) => response.request().method() === "POST" && response.url().includes("/api/send_answer"));
    await rehearsal.send.click();
    const timing = (await answered).request().timing();
    await (await answered).finished();
    times.push(timing.responseStart - timing.requestStart);
    await rehearsal.accepted(1);
  }
  const time = median(times);
  measured("scoring an answer of 150 words, median of 3", time, "ms", 1000);
  expect(time).toBeLessThanOrEqual(1000);
});

test("an idle server takes no more than 150 MB", async ({ page }) => {
  const server = await Server.start();
  try {
    await page.goto(server.url);
    await page.goto(`${server.url}/login`);
    await page.waitForTimeout(2_000);
    const status = readFileSync(`/proc/${server.pid}/status`, "utf8");
    const megabytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1000;
    measured("memory of an idle server", megabytes, "MB", 150);
    measured("start of the server until ready", server.readyAfter, "ms");
    expect(megabytes).toBeLessThanOrEqual(150);
  } finally {
    await server.dispose();
  }
});
