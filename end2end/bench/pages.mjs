// Latency of server-rendered pages at a steady rate, whether or not earlier requests were answered: a slow server
// does not get fewer requests, so its queue shows.
import { Agent, request } from "node:http";

const RATE = 100;
const SECONDS = 10;

/** @param {Agent} agent @param {string} url @param {Record<string, string>} headers @returns {Promise<number>} milliseconds */
function timed(agent, url, headers) {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    request(url, { agent, headers: { accept: "text/html", ...headers } }, (answer) => {
      answer.resume().on("end", () => {
        if (answer.statusCode === 200) resolve(performance.now() - began);
        else reject(new Error(`${url} answered ${answer.statusCode}`));
      });
    })
      .on("error", reject)
      .end();
  });
}

/** @param {number[]} sorted @param {number} share */
const quantile = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;

/**
 * Requests `path` so many times a second, for 10 seconds.
 * @param {string} base @param {string} path @param {Record<string, string>} headers @param {number} [rate]
 */
export async function latency(base, path, headers, rate = RATE) {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  const url = new URL(path, base).href;
  for (let warm = 0; warm < 20; warm += 1) await timed(agent, url, headers);

  /** @type {Promise<number>[]} */
  const running = [];
  const began = performance.now();
  await new Promise((resolve) => {
    const timer = setInterval(() => {
      const due = Math.min(rate * SECONDS, Math.floor(((performance.now() - began) / 1000) * rate));
      while (running.length < due) running.push(timed(agent, url, headers));
      if (running.length === rate * SECONDS) {
        clearInterval(timer);
        resolve(undefined);
      }
    }, 2);
  });
  const outcomes = await Promise.allSettled(running);
  agent.destroy();
  const times = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : [])).sort((left, right) => left - right);
  return {
    page: path,
    requests: outcomes.length,
    failed: outcomes.length - times.length,
    p50: quantile(times, 0.5),
    p95: quantile(times, 0.95),
    p99: quantile(times, 0.99),
  };
}
