// Fresh databases of either kind, and what they say about themselves without Lodestar.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * @typedef {object} Database
 * @property {string} kind
 * @property {string} url
 * @property {Record<string, string>} settings what tells Lodestar to use it
 * @property {(sql: string) => string} run runs statements; what the last one answered, a line a row
 * @property {() => string} whole "ok", or what its own check found
 * @property {() => void} remove
 */

const PYTHON = `
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA foreign_keys = ON")
statement, rows = "", []
for line in sys.stdin:
    statement += line
    if sqlite3.complete_statement(statement):
        rows = connection.execute(statement).fetchall()
        statement = ""
for row in rows:
    print("|".join("" if value is None else str(value) for value in row))
`;

/** @param {string} [path] its file; one of its own without it @returns {Database} */
export function sqlite(path) {
  const folder = path ? undefined : mkdtempSync(join(tmpdir(), "lodestar-database-"));
  const file = path ?? join(String(folder), "lodestar.sqlite");
  const run = (/** @type {string} */ sql) => execFileSync("python3", ["-c", PYTHON, file], { encoding: "utf8", input: `${sql}\n` }).trim();
  return {
    kind: "SQLite",
    url: `sqlite:${file}`,
    settings: { LODESTAR_DATABASE__URL: `sqlite:${file}` },
    run,
    whole: () => run("PRAGMA integrity_check;") + run("PRAGMA foreign_key_check;").replace(/^(?=.)/, ", broken references: "),
    remove: () => folder && rmSync(folder, { recursive: true, force: true }),
  };
}

let made = 0;

/** @returns {Database} */
export function postgres() {
  const server = process.env.LODESTAR_TEST_POSTGRES;
  if (!server) throw new Error("LODESTAR_TEST_POSTGRES names no database. Fix: run this by make durability.");
  const on = (/** @type {string} */ url) => (/** @type {string} */ sql) =>
    execFileSync("psql", ["--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", "-d", url, "-f", "-"], { encoding: "utf8", input: `${sql}\n` }).trim();
  made += 1;
  const name = `durability_${process.pid}_${made}`;
  on(server)(`CREATE DATABASE ${name};`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  const run = on(url);
  return {
    kind: "PostgreSQL",
    url,
    settings: { LODESTAR_DATABASE__URL: url },
    run,
    // It has no check of its own files; what refers to nothing, it refuses.
    whole: () => (run("SELECT COUNT(*) FROM pg_constraint WHERE contype = 'f' AND NOT convalidated;") === "0" ? "ok" : "references are not checked"),
    // The cluster is thrown away.
    remove: () => {},
  };
}

/** One of each kind. */
export const both = () => [sqlite(), postgres()];
