// The server is asked to stop while many write and sign in: whatever it has begun it answers, whatever it answered is
// there, nothing else is, and it ends by itself in time.
import { Server } from "../support/server.mjs";
import { acknowledged, missing, pause, refusals, writers } from "./writer.mjs";

const STOPS = 8;
const WRITERS = 6;
/** People whose passwords are being checked at that moment, which takes a while. */
const SIGNING_IN = 6;
/** Milliseconds that a stop may take: what the server gives open requests, and what follows. */
const GRACE = 12_000;

/** @param {import("./databases.mjs").Database} database */
export async function stop(database) {
  const server = await Server.start({ LODESTAR_LOG__LEVEL: "error", LODESTAR_LIMITS__SIGN_IN: "0", LODESTAR_LIMITS__PASSWORD: "0", ...database.settings });
  /** @type {string[]} */
  const wrong = [];
  let [slowest, answered] = [0, 0];
  try {
    const all = await writers(server, WRITERS);
    for (let round = 0; round < STOPS; round += 1) {
      const writing = all.map((writer) => writer.write());
      await pause(100 + 40 * round);
      const { email, password } = all[round % WRITERS]?.person ?? { email: "", password: "" };
      const signIns = Array.from({ length: SIGNING_IN }, () =>
        fetch(`${server.url}/api/v1/auth/login`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email, password }) }).then(
          (answer) => (answer.ok ? undefined : `a sign-in that had begun was answered ${answer.status}`),
          (error) => `a sign-in that had begun was not answered: ${error.cause ?? error}`,
        ),
      );
      // They are there by then, and six of them take longer.
      await pause(30);
      const began = performance.now();
      const exit = await server.stop();
      const took = performance.now() - began;
      slowest = Math.max(slowest, took);
      if (exit !== 0) wrong.push(`the process ended with ${exit}`);
      if (took > GRACE) wrong.push(`it took ${Math.round(took)} ms to stop`);
      const outcomes = await Promise.all(signIns);
      answered += outcomes.filter((outcome) => outcome === undefined).length;
      wrong.push(...outcomes.flatMap((outcome) => outcome ?? []));
      await Promise.all(writing);
      await server.run();
      wrong.push(...(await missing(all, { exactly: true })));
    }
    wrong.push(...refusals(all));
    return { said: `${STOPS} stops in at most ${Math.round(slowest)} ms, ${acknowledged(all)} acknowledged changes of names, ${answered} of ${STOPS * SIGNING_IN} sign-ins that had begun were answered`, wrong };
  } finally {
    await server.dispose();
  }
}
