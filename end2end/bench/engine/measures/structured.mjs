// Requests for JSON of a given shape: each answer must be JSON, have that shape, and be whole.
import { chat } from "../client.mjs";
import { SHAPES, TOKENS, isValid } from "../shapes.mjs";
import { words } from "../words.mjs";

const AT_ONCE = 8;

/**
 * @param {import("../engines.mjs").Engine} engine @param {number} count
 * @returns {Promise<import("../report.mjs").Row[]>}
 */
export async function structured(engine, count) {
  let asked = 0;
  let valid = 0;
  let written = 0;
  /** @type {string[]} */
  const invalid = [];
  const began = performance.now();
  const one = async () => {
    while (asked < count) {
      asked += 1;
      const schema = SHAPES[asked % SHAPES.length];
      const answer = await chat(engine, { messages: [{ role: "user", content: words(8) }], tokens: TOKENS, schema, temperature: 1, seed: asked });
      written += answer.written;
      if (answer.status === 200 && answer.finish === "stop" && isValid(answer.text, schema)) valid += 1;
      else invalid.push(`status ${answer.status}, finish "${answer.finish}", error "${answer.error}": ${answer.text}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, one));
  if (invalid.length > 0) console.log(`  the first of ${invalid.length} invalid answers: ${invalid[0]}`);
  return [
    { name: `JSON of a given shape: valid of ${count} requests`, unit: "%", ours: (valid / count) * 100, least: 100 },
    { name: "  their speed, eight at once", unit: "tokens/s", ours: (written / (performance.now() - began)) * 1_000 },
  ];
}
