// A server whose models folder holds a model that writes: tiny, of random weights, under the name of a published one.
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import { BINARY, MODELS, Server } from "./server.mjs";

/** The published model whose name it has. */
export const WRITER = "Qwen2.5-1.5B-Instruct";

/** Starts it; `dispose` ends it and removes the folder. */
export async function serverWithModel(): Promise<{ server: Server; dispose: () => Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "lodestar-models-"));
  for (const file of readdirSync(MODELS).filter((name) => /^all-MiniLM.*\.(gguf|toml)$/.test(name))) symlinkSync(join(MODELS, file), join(folder, file));
  const file = join(folder, `${WRITER}.gguf`);
  execFileSync(join(dirname(BINARY), "examples/tiny"), [file]);
  const bytes = readFileSync(file);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  writeFileSync(join(folder, `${WRITER}.toml`), `model = "${WRITER}"\nsize = ${bytes.length}\nsha256 = "${sha256}"\n`);
  // Nothing is fetched from the outside: the way there ends at a port where nobody listens.
  const server = await Server.start({ LODESTAR_MODELS__DIR: folder, HTTPS_PROXY: "http://127.0.0.1:9" });
  const dispose = async () => {
    await server.dispose();
    rmSync(folder, { recursive: true, force: true });
  };
  return { server, dispose };
}
