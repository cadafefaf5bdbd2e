// Speed of the embedding model in this process's engine, over the sentences of the question bank.
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";

const BANK = fileURLToPath(new URL("../../server/crates/knowledge/data/questions", import.meta.url));
const WORKSPACE = fileURLToPath(new URL("../..", import.meta.url));

/** Every key point of the bank with its paraphrases. @returns {string[]} */
function sentences() {
  return readdirSync(BANK)
    .filter((name) => name.endsWith(".toml"))
    .sort()
    .flatMap((name) => {
      const bank = /** @type {{ question: { point: { text: string, also: string[] }[] }[] }} */ (/** @type {unknown} */ (parse(readFileSync(join(BANK, name), "utf8"))));
      return bank.question.flatMap(({ point }) => point.flatMap(({ text, also }) => [text, ...also]));
    });
}

/**
 * Runs the engine over them, with the model in `models`.
 * @param {string} models
 * @returns {{ texts: number, tokens: number, threads: number, texts_per_second: number, tokens_per_second: number, single_text_ms_p50: number }}
 */
export function embeddings(models) {
  const model = join(models, "all-MiniLM-L6-v2.gguf");
  const printed = execFileSync("cargo", ["run", "--release", "--quiet", "--package", "llama", "--example", "embed_speed", "--", model], {
    cwd: WORKSPACE,
    input: `${sentences().join("\n")}\n`,
    stdio: ["pipe", "pipe", "inherit"],
    encoding: "utf8",
  });
  return JSON.parse(printed.trim().split("\n").at(-1) ?? "");
}
