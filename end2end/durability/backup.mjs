// A backup is made while many write, and restored into an empty place: it is whole, and everything is in it that was
// acknowledged before it began.
import { rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Server } from "../support/server.mjs";
import { acknowledged, missing, pause, refusals, writers } from "./writer.mjs";

const ROUNDS = 3;
const WRITERS = 6;

/**
 * @param {import("./databases.mjs").Database} database
 * @param {() => import("./databases.mjs").Database} another makes an empty one of the same kind
 */
export async function backup(database, another) {
  const settings = { LODESTAR_LOG__LEVEL: "error" };
  const server = await Server.start({ ...settings, ...database.settings });
  /** @type {string[]} */
  const wrong = [];
  let [meanwhile, interviews, ends] = [0, 0, false];
  try {
    const all = await writers(server, WRITERS);
    const writing = all.map((writer) => writer.write(() => ends));
    for (let round = 0; round < ROUNDS; round += 1) {
      await pause(500);
      const file = join(tmpdir(), `lodestar-durability-${process.pid}-${round}.backup`);
      const before = all.map((writer) => writer.at(server));
      const count = acknowledged(all);
      await server.command(["backup", file]);
      meanwhile += acknowledged(all) - count;
      // What was sent by now may be in it as well.
      before.forEach((writer, index) => (writer.sent = all[index]?.sent ?? 0));
      interviews += before.reduce((sum, writer) => sum + writer.interviews.length, 0);
      const place = another();
      const restored = new Server();
      restored.settings = { ...settings, ...place.settings };
      try {
        await restored.command(["restore", file]);
        const verdict = place.whole();
        if (verdict !== "ok") wrong.push(`the restored database's own check says: ${verdict}`);
        await restored.run();
        wrong.push(...(await missing(before.map((writer) => writer.at(restored)))));
      } finally {
        await restored.dispose();
        place.remove();
        rmSync(file, { force: true });
      }
    }
    ends = true;
    await Promise.all(writing);
    wrong.push(...refusals(all), ...(await missing(all)));
    if (meanwhile < ROUNDS) wrong.push("nothing was written during the backups");
    return { said: `${ROUNDS} backups, ${meanwhile} changes of names were acknowledged during them, ${interviews} interviews from before were found in what was restored`, wrong };
  } finally {
    ends = true;
    await server.dispose();
  }
}
