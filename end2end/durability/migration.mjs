// A database that an earlier Lodestar left, with what people had in it, is taken over by the present one: everything is
// there, and can be read on pages and by programs.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { Server } from "../support/server.mjs";
import { Visitor } from "../support/visitor.mjs";
import { Writer, WISH } from "./writer.mjs";

/** The version of the tables that is taken over. */
const EARLIER = 5;
const PASSWORD = "Lodestar-2026-rehearsal";
const FOLDER = join(import.meta.dirname, "../../migrations");
const TABLES = ["accounts", "sessions", "interviews", "interview_questions", "interview_messages", "generation_use", "model_roles"];
/** What stands on the pages of the two, by path. */
const PAGES = {
  "zoe@example.org": {
    "/dashboard": ["Zoë", "Backend engineer", "DevOps / SRE"],
    "/interview/01a1fbfe-a61d-7d6a-8325-9660e60d7c08/report": ["CREATE INDEX CONCURRENTLY", "jitter"],
    "/interview/01a1fbfe-c638-7340-9c7f-fde9af37346e": ["sixty alerts a week", "What caught your eye?"],
    "/settings": ["zoe@example.org"],
  },
  "ibrahim@example.org": {
    "/dashboard": ["Backend engineer"],
    "/interview/01a1fbfe-c7c9-760d-9452-d0384a4cc713": ["Tell me about a technical"],
    "/admin/models": ["Models"],
  },
};

/** Makes the tables of the earlier version, as that made them and noted it, and fills them. @param {import("./databases.mjs").Database} database */
function leave(database) {
  const [bytes, moment] = database.kind === "SQLite" ? ["BLOB", "TIMESTAMP"] : ["BYTEA", "TIMESTAMPTZ"];
  const noted = `CREATE TABLE _sqlx_migrations (version BIGINT PRIMARY KEY, description TEXT NOT NULL, installed_on ${moment} NOT NULL DEFAULT CURRENT_TIMESTAMP, success BOOLEAN NOT NULL, checksum ${bytes} NOT NULL, execution_time BIGINT NOT NULL);`;
  const steps = readdirSync(FOLDER).sort().slice(0, EARLIER).map((name) => {
    const sql = readFileSync(join(FOLDER, name));
    const [, version, description] = /^(\d+)_(\w+)\.sql$/.exec(name) ?? [];
    const hash = createHash("sha384").update(sql).digest("hex");
    const checksum = database.kind === "SQLite" ? `X'${hash}'` : `'\\x${hash}'`;
    return `${sql}\nINSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES (${Number(version)}, '${description}', TRUE, ${checksum}, 1);`;
  });
  database.run([noted, ...steps, readFileSync(join(import.meta.dirname, "previous.sql"))].join("\n"));
}

/** Rows of each table. @param {import("./databases.mjs").Database} database */
const counts = (database) => Object.fromEntries(TABLES.map((table) => [table, database.run(`SELECT COUNT(*) FROM ${table};`)]));

/** @param {import("./databases.mjs").Database} database */
export async function migration(database) {
  leave(database);
  const before = counts(database);
  /** @type {string[]} */
  const wrong = [];
  let read = 0;
  const server = await Server.start({ LODESTAR_LOG__LEVEL: "error", ...database.settings });
  try {
    const newest = Number(readdirSync(FOLDER).sort().at(-1)?.split("_")[0]);
    const version = Number(database.run("SELECT MAX(version) FROM _sqlx_migrations;"));
    if (version !== newest) wrong.push(`the tables are of version ${version}, not ${newest}`);
    const after = counts(database);
    if (JSON.stringify(after) !== JSON.stringify(before)) wrong.push(`there were ${JSON.stringify(before)}, and are ${JSON.stringify(after)}`);
    const verdict = database.whole();
    if (verdict !== "ok") wrong.push(`the database's own check says: ${verdict}`);
    for (const [email, pages] of Object.entries(PAGES)) {
      const visitor = new Visitor(server.url);
      const { status } = await visitor.fill("/login", { email, password: PASSWORD });
      if (status !== 302) wrong.push(`${email} was answered ${status} to their password`);
      for (const [path, expected] of Object.entries(pages)) {
        const answer = await visitor.request(path);
        const page = (await answer.text()).replaceAll("<!>", "");
        read += 1;
        if (answer.status !== 200) wrong.push(`${path} was answered ${answer.status}`);
        wrong.push(...expected.filter((words) => !page.includes(words)).map((words) => `${path} lacks “${words}”`));
      }
    }
    const program = new Writer(server);
    await program.signIn("zoe@example.org", PASSWORD);
    const { items } = await program.call("GET", "/interviews");
    const report = await program.call("GET", "/interviews/01a1fbfe-a61d-7d6a-8325-9660e60d7c08/report");
    if (items.length !== 2 || !report.answers[0].answer.includes("jitter")) wrong.push(`programs read ${items.length} interviews, and ${JSON.stringify(report).slice(0, 300)}`);
    const { id } = await program.call("POST", "/interviews", WISH);
    await program.call("POST", `/interviews/${id}/answers`, { text: "I measured it first, then I changed one thing, and it took half as long." });
    return { said: `from version ${EARLIER} to ${version}, ${Object.values(before).reduce((sum, count) => sum + Number(count), 0)} rows, ${read} pages read`, wrong };
  } finally {
    await server.dispose();
  }
}
