// `make bench`: measures, prints a table and writes target/bench/*.json.
import { Server } from "../support/server.mjs";
import { Visitor, somebody } from "../support/visitor.mjs";
import { embeddings } from "./embeddings.mjs";
import { OUTPUT, keep } from "./keep.mjs";
import { latency } from "./pages.mjs";

const PAGES = ["/", "/login", "/dashboard"];

/** @param {number} value */
const shown = (value) => value.toFixed(value >= 100 ? 0 : 1);

const server = await Server.start({ LODESTAR_LOG__LEVEL: "warn" });
try {
  const visitor = new Visitor(server.url);
  await visitor.register(somebody());
  const pages = [];
  for (const path of PAGES) pages.push(await latency(server.url, path, path === "/dashboard" ? { cookie: visitor.cookie } : {}));
  keep("pages", pages);
  console.log("Pages at 100 requests/s for 10 s (client and server share the cores; limit of p95: 50 ms)");
  for (const { page, p50, p95, p99, failed } of pages) {
    console.log(`  ${page.padEnd(12)} p50 ${shown(p50).padStart(6)} ms   p95 ${shown(p95).padStart(6)} ms   p99 ${shown(p99).padStart(6)} ms   failed ${failed}`);
  }
} finally {
  await server.dispose();
}

const speed = embeddings();
keep("embeddings", speed);
console.log(`Embeddings: ${shown(speed.texts_per_second)} texts/s over ${speed.texts} questions of the bank`);
if (speed.ratio === undefined || speed.sentence_transformers === undefined) {
  console.log("  Without a ratio: sentence-transformers takes six gigabytes and is installed by BENCH=full only.");
} else {
  const verdict = speed.ratio >= 1 ? "met" : "missed";
  console.log(`  sentence-transformers, batch 32, same threads: ${shown(speed.sentence_transformers)} texts/s   ratio ${speed.ratio.toFixed(2)}   >= 1   ${verdict}`);
}
console.log(`Written to ${OUTPUT}`);
