// The report: what it says, whether its quotes are true, and whether it can tell a good answer from another.
import { Rehearsal } from "../support/interview.ts";
import { STORY, answerOf, calibration } from "../support/questions.ts";
import { quotes, scores } from "../support/report.ts";
import { expect, measured, test } from "../support/test.ts";

const DIMENSIONS = ["Relevance", "Coverage", "Structure", "Specificity", "Confidence", "Positivity", "Clarity"];

for (const [file, off, choice] of [
  ["behavioural-mistakes-unnoticed-error", "off-topic-hobby", { level: "Mid", kind: "Behavioural" }],
  ["backend-databases-slow-since-monday", "off-topic-leadership", { level: "Senior", kind: "Technical" }],
] as const) {
  test(`a good and an off-topic answer differ by 40 points or more in relevance: ${file}`, async ({ member }) => {
    test.slow();
    const set = calibration(file);
    const relevance: number[] = [];
    for (const name of ["strong", off]) {
      const rehearsal = await (await Rehearsal.startWith(member, set, { ...choice, mode: "Real" })).awake();
      await rehearsal.reply(answerOf(set, name));
      await rehearsal.end();
      relevance.push((await scores(member)).Relevance ?? Number.NaN);
    }
    const [good, other] = relevance as [number, number];
    measured(`relevance of a good answer minus an off-topic one (${good} - ${other}), ${set.question.id}`, good - other, "points");
    expect(good - other).toBeGreaterThanOrEqual(40);
  });
}

test("the report scores every dimension, and all its quotes are the answer's own words", async ({ member }) => {
  const rehearsal = await (await Rehearsal.start(member)).awake();
  await rehearsal.reply(STORY);
  await rehearsal.end();
  const found = await scores(member);
  for (const dimension of DIMENSIONS) {
    expect(Object.keys(found).some((name) => name.startsWith(dimension)), `${dimension} in ${Object.keys(found).join(", ")}`).toBe(true);
  }
  const plain = (text: string) => text.replaceAll(/\s+/g, " ");
  const quoted = await quotes(member.getByRole("main"));
  expect(quoted.length).toBeGreaterThan(0);
  for (const quote of quoted) expect(plain(STORY), quote).toContain(plain(quote));
  await expect(member.getByText(/to raise it/i).first()).toBeAttached();
});

test("a report can be opened while the interview goes on, and from the dashboard afterwards", async ({ member }) => {
  const rehearsal = await (await Rehearsal.start(member)).awake();
  await rehearsal.reply(STORY);
  const path = new URL(member.url()).pathname;
  await member.goto(`${path}/report`);
  await expect(member.getByRole("heading", { name: "Interview report" })).toBeVisible();

  await member.goto("/dashboard");
  await expect(member.getByRole("link", { name: /continue interview/i })).toBeVisible();
  await member.goto(path);
  await rehearsal.awake();
  await rehearsal.end();
  await member.goto("/dashboard");
  await expect(member.getByRole("link", { name: /continue interview/i })).toHaveCount(0);
  await member.getByRole("link", { name: /^Report: Backend engineer/ }).first().click();
  await expect(member.getByRole("heading", { name: "Interview report" })).toBeVisible();
});

test("two reports make a trend, with its table", async ({ member }) => {
  for (let round = 0; round < 2; round += 1) {
    const rehearsal = await (await Rehearsal.start(member, { mode: "Real" })).awake();
    await rehearsal.reply(STORY);
    await rehearsal.end();
  }
  await member.goto("/dashboard");
  await expect(member.getByRole("heading", { name: "Overall scores (n = 2)" })).toBeVisible();
  await expect(member.getByRole("img", { name: /^Line of 2 overall scores/ })).toBeVisible();
  await expect(member.getByRole("table", { name: "Overall scores, newest first" }).getByRole("row")).toHaveCount(3);
});

test("the report without any answer says so kindly", async ({ member }) => {
  const rehearsal = await (await Rehearsal.start(member)).awake();
  await rehearsal.end();
  await expect(member.getByText("Nothing was answered yet")).toBeVisible();
});
