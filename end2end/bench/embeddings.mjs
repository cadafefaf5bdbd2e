// Speed of the embedding model in the program's own engine, beside sentence-transformers where `.ci/setup vectors` has
// installed that: it takes six gigabytes, so it is asked for by BENCH=full.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";

import { BINARY, CACHE, MODELS } from "../support/server.mjs";
import { median } from "./engine/statistics.mjs";

const PYTHON = join(CACHE, "vectors", "bin", "python");
const QUESTIONS = join(import.meta.dirname, "../../server/crates/knowledge/data/questions");
const ROUNDS = 3;

/** Texts a second of Lodestar over the questions of the bank. @returns {{ texts: number, rate: number }} */
function ours() {
  const env = { ...process.env, LODESTAR_MODELS__DIR: MODELS };
  const printed = execFileSync(BINARY, ["models", "bench", "all-MiniLM-L6-v2"], { env, encoding: "utf8" });
  const found = /(\d+) questions of the bank: ([\d.]+) texts\/s/.exec(printed);
  if (!found) throw new Error(`lodestar models bench printed something else:\n${printed}`);
  return { texts: Number(found[1]), rate: Number(found[2]) };
}

/** The questions of the bank. @returns {string[]} */
function questions() {
  const files = readdirSync(QUESTIONS).filter((name) => name.endsWith(".toml")).sort();
  const text = files.map((name) => readFileSync(join(QUESTIONS, name), "utf8")).join("\n");
  // The text of a question follows its level; that of a point follows its weight.
  return [...text.matchAll(/^level = \d+\ntext = ("(?:[^"\\]|\\.)*")$/gm)].map((found) => JSON.parse(found[1] ?? '""'));
}

/** The same of sentence-transformers. @param {string[]} texts */
const theirs = (texts) => Number(execFileSync(PYTHON, [join(import.meta.dirname, "sentence_transformers_speed.py"), String(availableParallelism())], { encoding: "utf8", input: JSON.stringify(texts), stdio: ["pipe", "pipe", "ignore"] }));

/**
 * Both take turns; the middle one of each counts.
 * @returns {{ texts: number, texts_per_second: number, sentence_transformers?: number, ratio?: number }}
 */
export function embeddings() {
  if (!existsSync(PYTHON)) {
    const { texts, rate } = ours();
    return { texts, texts_per_second: rate };
  }
  const texts = questions();
  const mine = [];
  const peer = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const measured = ours();
    if (measured.texts !== texts.length) throw new Error(`Lodestar embeds ${measured.texts} questions, and ${texts.length} were found in its files.`);
    mine.push(measured.rate);
    peer.push(theirs(texts));
  }
  const [rate, other] = [median(mine), median(peer)];
  return { texts: texts.length, texts_per_second: rate, sentence_transformers: other, ratio: rate / other };
}
