// Where figures are kept: target/bench/NAME.json.
import { mkdirSync, writeFileSync } from "node:fs";
import { cpus } from "node:os";
import { fileURLToPath } from "node:url";

/** The folder. */
export const OUTPUT = fileURLToPath(new URL("../../target/bench", import.meta.url));

/** @param {string} name @param {unknown} figures */
export function keep(name, figures) {
  mkdirSync(OUTPUT, { recursive: true });
  const machine = { processor: cpus()[0]?.model ?? "unknown", cores: cpus().length };
  writeFileSync(`${OUTPUT}/${name}.json`, `${JSON.stringify({ measured: new Date().toISOString(), machine, figures }, undefined, 2)}\n`);
}
