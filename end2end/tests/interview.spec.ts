// The interview in the browser: speaking and listening, leaving and coming back, and everything that goes wrong.
import { request } from "@playwright/test";

import { Rehearsal, choose } from "../support/interview.ts";
import { STORY } from "../support/questions.ts";
import { expect, test } from "../support/test.ts";

test("in study mode each answer is followed by feedback", async ({ member }) => {
  const rehearsal = await (await Rehearsal.start(member)).awake();
  await expect(member.getByText(/^Hello Ada/).first()).toBeVisible();
  await rehearsal.reply(STORY);
  await expect(member.getByRole("img", { name: /^Overall: \d+ of 100/ }).first()).toBeVisible();
  await expect(rehearsal.answer).toHaveValue("");
});

test("in real mode feedback waits for the report", async ({ member }) => {
  const rehearsal = await (await Rehearsal.start(member, { mode: "Real" })).awake();
  await rehearsal.reply(STORY);
  await expect(rehearsal.answer).toBeEditable();
  await expect(member.getByRole("img", { name: /of 100/ })).toHaveCount(0);
  await rehearsal.end();
  await expect(member.getByRole("img", { name: /^Relevance: \d+ of 100/ }).first()).toBeVisible();
});

test("every choice of the start form is remembered by the interview", async ({ member }) => {
  await choose(member, { role: "Product manager", level: "Lead", kind: "Mixed", mode: "Real", questions: 4, posting: "You set the direction of our payments product." });
  await member.getByRole("button", { name: "Start interview", exact: true }).click();
  await member.waitForURL(/\/interview\/[0-9a-f-]{36}$/);
  await expect(member.getByText(/rehearse for Product manager, lead level\. I have 4 questions.*posting in mind/)).toBeVisible();
});

test("at least eight roles are offered", async ({ member }) => {
  await member.goto("/interview");
  expect(await member.getByLabel("Role", { exact: true }).getByRole("option").count()).toBeGreaterThanOrEqual(8);
});

test("a whole interview of three questions ends with the closing words and a report", async ({ member }) => {
  const rehearsal = await (await Rehearsal.start(member, { mode: "Real" })).awake();
  // Two follow-ups a question at most: nine answers are enough for three questions.
  for (let answers = 0; answers < 9 && (await rehearsal.answer.isVisible()); answers += 1) {
    await rehearsal.reply(`${STORY} This was case ${answers}.`);
  }
  await expect(member.getByText("That was my last question.")).toBeVisible();
  await expect(rehearsal.answer).toHaveCount(0);
  await member.getByRole("link", { name: "See the report" }).click();
  await expect(member.getByRole("heading", { name: "Interview report" })).toBeVisible();
});

test("a reload in the middle keeps the conversation and the draft", async ({ member }) => {
  const rehearsal = await (await Rehearsal.start(member)).awake();
  await rehearsal.reply(STORY);
  await rehearsal.answer.pressSequentially("Half a sentence that must ");
  const said = await member.getByText(STORY.slice(0, 60)).count();
  await member.reload();
  await rehearsal.awake();
  await expect(rehearsal.answer).toHaveValue("Half a sentence that must ");
  expect(await member.getByText(STORY.slice(0, 60)).count()).toBe(said);
  await rehearsal.answer.press("End");
  await rehearsal.reply("Half a sentence that must become a whole one before it is sent to anybody.");
  await member.reload();
  await rehearsal.awake();
  await expect(rehearsal.answer).toHaveValue("");
});

test("what was typed before the page came alive stays", async ({ member }) => {
  const rehearsal = await Rehearsal.start(member);
  await member.route(/\.wasm/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await route.continue();
  });
  await member.reload({ waitUntil: "commit" });
  await rehearsal.answer.fill("Typed while the page was still asleep.");
  await rehearsal.awake();
  await expect(rehearsal.answer).toHaveValue("Typed while the page was still asleep.");
});

test("no button moves while words are being spoken", async ({ member }) => {
  const rehearsal = await (await Rehearsal.start(member, { mode: "Real" })).awake();
  const stop = member.getByRole("button", { name: "Stop", exact: true });
  await expect(stop).toHaveCount(0);
  const buttons = await rehearsal.finish.evaluateHandle((finish) => {
    const seen = { frames: 0, places: new Set<number>() };
    const look = () => {
      if ([...document.querySelectorAll("[role=log] button")].some((button) => button.textContent?.includes("Stop"))) {
        seen.frames += 1;
        seen.places.add(Math.round(finish.getBoundingClientRect().top + scrollY));
      } else if (seen.frames > 0) {
        seen.places.add(Math.round(finish.getBoundingClientRect().top + scrollY));
        return;
      }
      requestAnimationFrame(look);
    };
    look();
    return seen;
  });
  await rehearsal.reply(STORY);
  await expect.poll(() => buttons.evaluate(({ frames }) => frames)).toBeGreaterThan(3);
  await expect(stop).toHaveCount(0);
  expect(await buttons.evaluate(({ places }) => [...places])).toHaveLength(1);
});

test("stopping shows the whole message at once", async ({ member }) => {
  const rehearsal = await (await Rehearsal.start(member)).awake();
  const stop = member.getByRole("button", { name: "Stop", exact: true });
  if (await stop.isVisible()) await stop.click();
  await expect(stop).toHaveCount(0);
  await expect(rehearsal.answer).toBeVisible();
});

test("Ctrl+Enter sends, Enter starts a new line", async ({ member }) => {
  const rehearsal = await (await Rehearsal.start(member)).awake();
  await rehearsal.answer.fill(STORY);
  await rehearsal.answer.press("Enter");
  await expect(rehearsal.answer).toHaveValue(`${STORY}\n`);
  await rehearsal.answer.press("Control+Enter");
  await rehearsal.accepted(1);
});

test("a double click on Send answer answers once", async ({ member }) => {
  const rehearsal = await (await Rehearsal.start(member)).awake();
  await rehearsal.answer.fill(STORY);
  await rehearsal.send.dblclick();
  await rehearsal.accepted(1);
  await member.reload();
  await rehearsal.accepted(1);
});

test("a question can be left, and the interview finished early and taken up again", async ({ member }) => {
  const rehearsal = await (await Rehearsal.start(member)).awake();
  await rehearsal.reply(STORY);
  await member.getByRole("button", { name: "Skip question" }).click();
  await rehearsal.accepted(2);
  await expect(member.getByText("You left this question.").first()).toBeVisible();
  await rehearsal.end();
  await member.getByRole("button", { name: "Continue this interview" }).click();
  await member.waitForURL(/\/interview\/[0-9a-f-]{36}$/);
  await expect(rehearsal.answer).toBeVisible();
});

test("an answer of fewer than 8 words is not graded, and says what is needed", async ({ member }) => {
  const rehearsal = await (await Rehearsal.start(member)).awake();
  await rehearsal.reply("I fixed the bug myself.");
  await expect(member.getByText(/not graded/i).first()).toBeVisible();
  await rehearsal.end();
  await expect(member.getByText(/not graded/i).first()).toBeVisible();
  await expect(member.getByText(/8 words/).first()).toBeAttached();
});

test("markup in an answer is shown and never run", async ({ member }) => {
  const hostile = `<script>window.hacked=1</script><img src=x onerror="window.hacked=2"> I wrote <b>bold</b> words & more of them, eight at least.`;
  const rehearsal = await (await Rehearsal.start(member)).awake();
  await rehearsal.reply(hostile);
  await expect(member.getByText(hostile).first()).toBeVisible();
  await member.reload();
  await expect(member.getByText(hostile).first()).toBeVisible();
  await rehearsal.end();
  await expect(member.getByText("<script>window.hacked=1</script>").first()).toBeAttached();
  expect(await member.evaluate(() => "hacked" in window)).toBe(false);
  expect(await member.locator("main img[src='x']").count()).toBe(0);
});

test("emoji and right-to-left text come back as they were written", async ({ member }) => {
  const words = "في شهر مارس كتبت الاختبار 👩🏽‍💻🚀 ثم أصلحت الخطأ بنفسي وأخبرت الفريق كله بالنتيجة שלום עולם";
  const rehearsal = await (await Rehearsal.start(member)).awake();
  await rehearsal.reply(words);
  await member.reload();
  await expect(member.getByText(words).first()).toBeVisible();
  await rehearsal.end();
  await expect(member.getByText(words).first()).toBeAttached();
});

test.describe("with answers that are refused", () => {
  test.use({ tolerated: [/status of 4\d\d/] });

  test("an answer of a megabyte is refused with a message, and nothing is lost", async ({ member }) => {
    const rehearsal = await (await Rehearsal.start(member)).awake();
    const huge = "All work and no play makes a long answer. ".repeat(25_000);
    await rehearsal.answer.evaluate((field, text) => {
      (field as HTMLTextAreaElement).value = text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }, huge);
    await rehearsal.send.click();
    await expect(member.getByText(/^Your answer has \d+ characters/)).toBeVisible();
    expect((await rehearsal.answer.inputValue()).length).toBe(huge.length);
  });

  test("an empty answer is refused", async ({ member }) => {
    const rehearsal = await (await Rehearsal.start(member)).awake();
    await rehearsal.answer.fill("   ");
    await rehearsal.send.click();
    await expect(member.getByText(/There is no answer yet/)).toBeVisible();
    await expect(rehearsal.own).toHaveCount(0);
  });

  test("two tabs on one interview: one that did not hear of it is told, and keeps its words", async ({ member, context }) => {
    const first = await (await Rehearsal.start(member)).awake();
    const tab = await context.newPage();
    // Nothing comes over this line.
    await tab.routeWebSocket(/\/ws$/, () => {});
    await tab.goto(member.url());
    const second = await new Rehearsal(tab).awake();
    await second.answer.fill("The other tab's own words, written while the first one was quicker.");
    await first.reply(STORY);
    await second.send.click();
    await expect(tab.getByRole("alert").or(tab.locator("[id$=-error]")).first()).toBeVisible();
    await expect(second.answer).toHaveValue("The other tab's own words, written while the first one was quicker.");
    await member.reload();
    await expect(member.getByRole("log").getByText("The other tab's own words")).toHaveCount(0);
  });

  test("an interview of somebody else is not found, nor is one that never was", async ({ member, stranger }) => {
    const rehearsal = await Rehearsal.start(member);
    for (const path of [`/interview/${rehearsal.id}`, `/interview/${rehearsal.id}/report`, "/interview/01890000-0000-7000-8000-000000000000", "/interview/nonsense"]) {
      const answer = await stranger.goto(path);
      expect(answer?.status(), path).toBe(404);
      await expect(stranger.getByRole("heading", { level: 1 })).toHaveText("Not found");
      await expect(stranger.getByText(STORY.slice(0, 30))).toHaveCount(0);
    }
  });
});

test("wrong types in the start form give a message, never a failure of the server", async ({ member, server }) => {
  await member.goto("/interview");
  const action = await member.getByRole("button", { name: "Start interview", exact: true }).evaluate((button) => (button as HTMLButtonElement).form?.action ?? "");
  const cookie = (await member.context().cookies()).map(({ name, value }) => `${name}=${value}`).join("; ");
  const api = await request.newContext({ extraHTTPHeaders: { cookie, origin: server.url } });
  const whole = await member.getByRole("button", { name: "Start interview", exact: true }).evaluate((button) => {
    const form = (button as HTMLButtonElement).form;
    return form ? Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)])) : {};
  });
  expect(Object.keys(whole).sort()).toEqual(["job_description", "kind", "level", "mode", "questions", "role"]);
  const wrong: Record<string, string>[] = [
    { ...whole, role: "astronaut" },
    { ...whole, level: "" },
    { ...whole, questions: "many" },
    { ...whole, questions: "-1" },
    { ...whole, questions: "99999999999999999999" },
    { ...whole, job_description: "x".repeat(30_000) },
    { role: "backend" },
    {},
  ];
  for (const form of wrong) {
    const answer = await api.post(action, { form, maxRedirects: 0, headers: { accept: "application/json" } });
    expect(answer.status(), JSON.stringify(form).slice(0, 100)).toBeGreaterThanOrEqual(400);
    expect(answer.status(), JSON.stringify(form).slice(0, 100)).toBeLessThan(500);
  }
  // It is refused by its announced length; whoever goes on sending may find the connection closed.
  const flood = await api.post(action, { data: "role=".padEnd(6_000_000, "x"), headers: { "content-type": "application/x-www-form-urlencoded" }, maxRedirects: 0 }).catch(() => null);
  expect(flood?.status() ?? 413).toBe(413);
  await api.dispose();
});

test.describe("when the network goes away", () => {
  test.use({ tolerated: [/ERR_INTERNET_DISCONNECTED|Failed to fetch|no-response/] });

  test("the answer waits on the page and can be sent when the network is back", async ({ member, context }) => {
    const rehearsal = await (await Rehearsal.start(member)).awake();
    await rehearsal.answer.fill(STORY);
    await context.setOffline(true);
    await rehearsal.send.click();
    await expect(member.getByText(/cannot be reached/).first()).toBeVisible();
    await expect(rehearsal.answer).toHaveValue(STORY);
    await context.setOffline(false);
    await rehearsal.send.click();
    await rehearsal.accepted(1);
    await expect(member.getByText(/cannot be reached/)).toHaveCount(0);
  });
});
