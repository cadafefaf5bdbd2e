// What people were told is saved must be there, whatever happens to the server: it is killed, stopped, backed up and
// restored while they write, its disk gets full, and a newer Lodestar takes over its database. On SQLite and PostgreSQL.
// With words after its name, only those of these happen (like `node durability.mjs kills disk`).
import { backup } from "./durability/backup.mjs";
import { both, postgres, sqlite } from "./durability/databases.mjs";
import { disk } from "./durability/disk.mjs";
import { kills } from "./durability/kills.mjs";
import { migration } from "./durability/migration.mjs";
import { stop } from "./durability/stop.mjs";

/** @typedef {import("./durability/databases.mjs").Database} Database */
/** @typedef {{ said: string, wrong: string[] }} Outcome */

const wanted = process.argv.slice(2);

/** @param {string} word @param {string} name @param {Database[]} databases @param {(database: Database) => Promise<Outcome>} trial */
async function tried(word, name, databases, trial) {
  for (const database of databases) {
    if (wanted.length === 0 || wanted.includes(word)) {
      const { said, wrong } = await trial(database);
      console.log(`${name}, ${database.kind}: ${said}; wrong: ${wrong.length}`);
      for (const one of wrong.slice(0, 5)) console.log(`  ${one}`);
      if (wrong.length > 0) process.exitCode = 1;
    }
    database.remove();
  }
}

await tried("kills", "Kills", both(), kills);
await tried("stop", "Stops under load", both(), stop);
await tried("backup", "Backups under load", both(), (database) => backup(database, database.kind === "SQLite" ? sqlite : postgres));
await tried("migration", "The release before", both(), migration);
await tried("disk", "A full disk", [sqlite()], disk);
