// The calibration set of the domain crate: questions with answers of known quality, written by hand.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";

export type Calibration = {
  question: { id: string; roles: string[]; kind: string; level: number; text: string };
  answer: { name: string; tier: number; text: string }[];
};

/** The file of that name in `server/crates/domain/tests/calibration`. */
export function calibration(name: string): Calibration {
  const path = fileURLToPath(new URL(`../../server/crates/domain/tests/calibration/${name}.toml`, import.meta.url));
  return parse(readFileSync(path, "utf8")) as unknown as Calibration;
}

/** The text of the answer of that name. */
export function answerOf(set: Calibration, name: string): string {
  const answer = set.answer.find((answer) => answer.name === name);
  if (!answer) throw new Error(`${set.question.id} has no answer named ${name}`);
  return answer.text.trim();
}

/** An answer of 150 words that fits most behavioural questions. */
export const STORY = [
  "In March our shop's checkout failed for about one customer in twenty, and nobody could say why.",
  "I was the engineer on call, so my task was to find the cause before the spring sale, which was nine days away.",
  "First I compared the failed orders with the good ones and saw that they all came from carts older than an hour.",
  "I wrote a small test that froze the clock, and it failed the same way every time.",
  "Then I talked to Dana from payments, because her team issued the tokens, and we agreed to renew them on the last page instead of the first.",
  "I changed forty lines, put the change behind a switch and gave it to five per cent of the visitors for a day.",
  "The failures fell from 5.1 to 0.2 per cent, and the sale went well.",
  "What I learnt is to test with time moving, and I now do that from the start.",
].join(" ");
