// Models of real shapes with random weights, written once and kept in the cache.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { PEERS } from "./engines.mjs";

const FOLDER = join(PEERS, "models");
const WRITER = fileURLToPath(new URL("model.py", import.meta.url));

/**
 * The file of a model, which is written if it is missing.
 * @param {"tiny" | "0.5B" | "1.5B"} size @param {"Q4_0" | "Q8_0" | "Q4_K_M"} form as llama-quantize names them
 */
export function model(size, form) {
  const file = join(FOLDER, `random-qwen2.5-${size}-${form}.gguf`);
  if (existsSync(file)) return file;
  console.log(`writing ${file}`);
  mkdirSync(FOLDER, { recursive: true });
  const full = join(FOLDER, `${size}-F16.gguf`);
  const part = `${file}.part`;
  try {
    execFileSync(join(PEERS, "python/bin/python"), [WRITER, join(PEERS, "ggml-vocab-qwen2.gguf"), size, full], { stdio: "pipe" });
    execFileSync(join(PEERS, "bin/llama-quantize"), [full, part, form], { stdio: "pipe" });
    renameSync(part, file);
  } finally {
    rmSync(full, { force: true });
    rmSync(part, { force: true });
  }
  return file;
}
