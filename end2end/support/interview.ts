// The interview as a person does it: the words on the page, no more knowledge than that.
import { type Locator, type Page, expect } from "@playwright/test";

import type { Calibration } from "./questions.ts";
import { awake } from "./test.ts";

export type Choice = {
  role?: string;
  level?: "Entry" | "Mid" | "Senior" | "Lead";
  kind?: "Mixed" | "Behavioural" | "Technical";
  mode?: "Study" | "Real";
  questions?: number;
  posting?: string;
};

const USUAL = { role: "Backend engineer", level: "Mid", kind: "Behavioural", mode: "Study", questions: 3 } as const;

/** Chooses among radio cards by the group's name and the words of one. */
const pick = (page: Page, group: string, words: string): Promise<void> =>
  page.getByRole("group", { name: group }).getByRole("radio", { name: new RegExp(`^${words}`) }).check();

/** Fills in the start form. */
export async function choose(page: Page, choice: Choice = {}): Promise<void> {
  const { role, level, kind, mode, questions, posting } = { posting: undefined, ...USUAL, ...choice };
  await page.goto("/interview");
  await page.getByLabel("Role", { exact: true }).selectOption({ label: role });
  await pick(page, "Level", level);
  await pick(page, "Kind of questions", kind);
  await pick(page, "Mode", mode);
  await page.getByLabel("Number of questions").selectOption(String(questions));
  if (posting !== undefined) await page.getByLabel("Job description (optional)").fill(posting);
}

export class Rehearsal {
  readonly answer: Locator;
  readonly send: Locator;
  readonly finish: Locator;

  constructor(readonly page: Page) {
    this.answer = page.getByLabel("Your answer", { exact: true });
    this.send = page.getByRole("button", { name: "Send answer", exact: true });
    this.finish = page.getByRole("button", { name: "Finish interview", exact: true });
  }

  /** Starts an interview. */
  static async start(page: Page, choice: Choice = {}): Promise<Rehearsal> {
    await choose(page, choice);
    await page.getByRole("button", { name: "Start interview", exact: true }).click();
    await page.waitForURL(/\/interview\/[0-9a-f-]{36}$/);
    const rehearsal = new Rehearsal(page);
    // The address stands before the page's part of the app is there.
    await expect(rehearsal.said.first()).toBeVisible();
    return rehearsal;
  }

  /** Starts interviews until one opens with the question of `set`, which a posting that quotes it makes likely. */
  static async startWith(page: Page, set: Calibration, choice: Choice = {}): Promise<Rehearsal> {
    for (let tries = 0; tries < 12; tries += 1) {
      const rehearsal = await Rehearsal.start(page, { posting: set.question.text, ...choice });
      await expect(rehearsal.said.first()).toContainText(/\S+/);
      await expect(rehearsal.answer).toBeVisible();
      if (await page.getByText(set.question.text).count()) return rehearsal;
    }
    throw new Error(`no interview opened with ${set.question.id}`);
  }

  /** Its identifier. */
  get id(): string {
    return new URL(this.page.url()).pathname.split("/")[2] ?? "";
  }

  /** Everything that was said, in order. */
  get said(): Locator {
    return this.page.getByRole("log", { name: "Conversation" }).getByRole("listitem");
  }

  /** The person's own messages, skips included. */
  get own(): Locator {
    return this.page.getByRole("log", { name: "Conversation" }).getByText("You", { exact: true });
  }

  /** Sends an answer and waits until it was accepted. */
  async reply(text: string): Promise<void> {
    const before = await this.own.count();
    await this.answer.fill(text);
    await this.send.click();
    await this.accepted(before + 1);
  }

  /** Waits until so many of the person's messages stand there and none is on its way. */
  async accepted(count: number): Promise<void> {
    await expect(this.own).toHaveCount(count);
    await expect(this.page.getByText("Reading your answer")).toHaveCount(0);
  }

  /** Waits until the page's script runs. */
  async awake(): Promise<this> {
    await awake(this.page);
    return this;
  }

  /** Ends the interview; the report is on the page then. */
  async end(): Promise<void> {
    await this.finish.click();
    await this.page.waitForURL(/\/report$/);
    await expect(this.page.getByRole("heading", { name: "Interview report" })).toBeVisible();
  }
}
