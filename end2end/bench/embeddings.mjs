// Speed of the embedding model in the program's own engine.
import { execFileSync } from "node:child_process";

import { BINARY, MODELS } from "../support/server.mjs";

/**
 * Runs the model over the questions of the bank.
 * @returns {{ texts: number, texts_per_second: number }}
 */
export function embeddings() {
  const env = { ...process.env, LODESTAR_MODELS__DIR: MODELS };
  const printed = execFileSync(BINARY, ["models", "bench", "all-MiniLM-L6-v2"], { env, encoding: "utf8" });
  const found = /(\d+) questions of the bank: ([\d.]+) texts\/s/.exec(printed);
  if (!found) throw new Error(`lodestar models bench printed something else:\n${printed}`);
  return { texts: Number(found[1]), texts_per_second: Number(found[2]) };
}
