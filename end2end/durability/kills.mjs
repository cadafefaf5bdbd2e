// The server is killed in the middle of writing, again and again (DURABILITY_KILLS, 50): whatever it had acknowledged must
// be there when it is back, and the database must be whole.
import { Server } from "../support/server.mjs";
import { acknowledged, missing, pause, refusals, writers } from "./writer.mjs";

const KILLS = Number(process.env.DURABILITY_KILLS ?? 50);
const WRITERS = 4;
/** Milliseconds of writing before a kill: at least, and at most that much more. */
const LEAST = 60;
const MORE = 240;

/** PostgreSQL itself goes on; what is tried there is that nothing is left half done by a client that is gone. */
/** @param {import("./databases.mjs").Database} database */
export async function kills(database) {
  const server = await Server.start({ LODESTAR_LOG__LEVEL: "error", ...database.settings });
  let slowest = 0;
  /** @type {string[]} */
  const wrong = [];
  try {
    const all = await writers(server, WRITERS);
    for (let kill = 0; kill < KILLS; kill += 1) {
      const writing = all.map((writer) => writer.write());
      await pause(LEAST + (MORE * ((kill * 7) % KILLS)) / KILLS);
      await server.kill();
      await Promise.all(writing);
      await server.run();
      slowest = Math.max(slowest, server.readyAfter);
      wrong.push(...(await missing(all)));
    }
    wrong.push(...refusals(all));
    const verdict = database.whole();
    if (verdict !== "ok") wrong.push(`the database's own check says: ${verdict}`);
    if (acknowledged(all) < KILLS) wrong.push("hardly anything was written");
    return { said: `${KILLS} kills, ${acknowledged(all)} acknowledged changes of names, ready again after at most ${Math.round(slowest)} ms`, wrong };
  } finally {
    await server.dispose();
  }
}
