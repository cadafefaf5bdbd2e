// A folder with room for so much and no more: a file system of its own where this user may mount one, else a limit on how
// large a file of the server's process may get, which systems answer in another way but at the same places.
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Bytes: the database with its log as the server starts, and some hundred interviews. */
const SIZE = 16 * 2 ** 20;

/**
 * @typedef {object} Room
 * @property {string} kind
 * @property {string} folder
 * @property {string[]} within what runs the server there
 * @property {(process: number) => void} fill leaves no room; to be called again and again while others write
 * @property {(process: number) => void} free
 * @property {() => void} remove
 */

/** @returns {Room} */
export function room() {
  const folder = mkdtempSync(join(tmpdir(), "lodestar-room-"));
  try {
    if (process.env.DURABILITY_MOUNT === "0") throw new Error("DURABILITY_MOUNT is 0");
    execFileSync("mount", ["-t", "tmpfs", "-o", `size=${SIZE},mode=700`, "tmpfs", folder], { stdio: ["ignore", "ignore", "pipe"] });
    return mounted(folder);
  } catch (error) {
    const reason = String(error instanceof Error && "stderr" in error ? error.stderr : error).trim();
    console.log(`A full disk: no file system can be mounted here (${reason}), so the size of files is limited instead.`);
    return limited(folder);
  }
}

/** @param {string} folder @returns {Room} */
function mounted(folder) {
  const filler = join(folder, "filler");
  const fill = () => {
    const file = openSync(filler, "a");
    // To the last byte: the steps get smaller where the larger ones find no room.
    for (const step of [2 ** 20, 2 ** 16, 2 ** 12, 1]) {
      try {
        for (;;) if (writeSync(file, Buffer.alloc(step)) < step) break;
      } catch (error) {
        if (!String(error).includes("ENOSPC")) throw error;
      }
    }
    closeSync(file);
  };
  const remove = () => {
    execFileSync("umount", ["--lazy", folder]);
    rmSync(folder, { recursive: true, force: true });
  };
  return { kind: `a file system of ${SIZE / 2 ** 20} MB`, folder: join(folder, "data"), within: [], fill, free: () => rmSync(filler, { force: true }), remove };
}

/** @param {string} folder @returns {Room} */
function limited(folder) {
  const data = join(folder, "data");
  const limit = (/** @type {number} */ process, /** @type {number | string} */ bytes) => execFileSync("prlimit", ["--pid", String(process), `--fsize=${bytes}:unlimited`]);
  // No file gets longer than the longest is.
  const fill = (/** @type {number} */ process) => limit(process, Math.max(...["lodestar.sqlite", "lodestar.sqlite-wal"].map((name) => statSync(join(data, name)).size)));
  mkdirSync(data);
  return {
    kind: "a limit on the size of files",
    folder: data,
    // The system ends a process that passes the limit, unless it does not want to hear of it.
    within: ["sh", "-c", 'trap "" XFSZ; exec "$@"', "sh"],
    fill,
    free: (process) => limit(process, "unlimited"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
