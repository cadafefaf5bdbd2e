// The disk of the database gets full while many write: what cannot be saved is refused with words that say so, pages and
// reads go on, nothing that was acknowledged is lost, and as soon as there is room again people write on.
import { join } from "node:path";

import { Server } from "../support/server.mjs";
import { Visitor, somebody } from "../support/visitor.mjs";
import { sqlite } from "./databases.mjs";
import { room } from "./room.mjs";
import { acknowledged, missing, pause, writers } from "./writer.mjs";

const WRITERS = 4;
/** Refused calls after which it is clear what a full disk does. */
const REFUSED = 40;
/** Milliseconds in which that must happen, and in which writing must work again. */
const SOON = 30_000;

/** What every answer to what cannot be saved is: 503, and the one shape of errors. @param {import("./writer.mjs").Refused} refused */
function odd({ status, body, message }) {
  let error;
  try {
    ({ error } = JSON.parse(body));
  } catch {
    return [`no JSON: ${message}`];
  }
  return status === 503 && error.kind === "busy" && !/panick|backtrace|sqlx|SQLITE/i.test(body) ? [] : [message];
}

/** What is read must be answered as ever. @param {Server} server @param {Visitor} visitor */
async function reads(server, visitor) {
  /** @type {string[]} */
  const wrong = [];
  for (const path of ["/", "/dashboard", "/interview", "/settings", "/settings/data", "/health/live"]) {
    const answer = await visitor.request(path);
    if (answer.status !== 200) wrong.push(`${path} was answered ${answer.status} while the disk was full`);
  }
  const ready = await fetch(`${server.url}/health/ready`);
  const parts = await ready.json();
  if (!parts.database.ok) wrong.push("the database is said to fail, which it does not");
  return wrong;
}

/**
 * What forms without scripts answer: a redirect to their page with the reason, or a refusal in words.
 * @param {Visitor} visitor @param {ReturnType<typeof somebody>} person whom the visitor is signed in as
 */
async function forms(visitor, { email, password }) {
  const [changed, stranger] = [await visitor.fill("/settings", { name: "Somebody Else" }), new Visitor(visitor.base)];
  const answers = [changed, await stranger.fill("/register", somebody()), await stranger.fill("/login", { email, password })];
  /** @type {string[]} */
  const wrong = [];
  for (const answer of answers) {
    const [reason, words] = [decodeURIComponent(answer.headers.get("location") ?? ""), await answer.text()];
    const refused = answer.status === 503 ? words.includes("disk") : answer.status === 302 && reason.includes("__err=");
    if (!refused) wrong.push(`a form was answered ${answer.status} ${reason} ${words.slice(0, 200)} while the disk was full`);
  }
  return wrong;
}

/** @returns {Promise<import("../durability.mjs").Outcome>} */
export async function disk() {
  const place = room();
  const server = await Server.start({ LODESTAR_LOG__LEVEL: "error", LODESTAR_DATA__DIR: place.folder }, { within: place.within });
  const { pid } = server;
  /** @type {string[]} */
  const wrong = [];
  let ends = false;
  try {
    const visitor = new Visitor(server.url);
    const person = await visitor.register(somebody());
    const all = await writers(server, WRITERS);
    const refused = () => all.reduce((sum, writer) => sum + writer.refused.length, 0);
    const writing = all.map((writer) => writer.write(() => ends));
    await pause(1_000);
    for (const writer of all) if (writer.refused.length > 0) wrong.push(`with room left: ${writer.refused[0]}`);

    const full = performance.now();
    while (refused() < REFUSED && performance.now() - full < SOON) {
      place.fill(pid);
      await pause(50);
    }
    if (refused() < REFUSED) wrong.push(`only ${refused()} calls were refused while the disk was full`);
    wrong.push(...(await reads(server, visitor)), ...(await forms(visitor, person)));
    const told = all.flatMap((writer) => writer.refused);
    wrong.push(...told.flatMap(odd));
    if (place.within.length === 0 && !told.some(({ body }) => body.includes("disk of this server is full"))) wrong.push(`nobody was told that the disk is full: ${told[0]}`);

    place.free(pid);
    const freed = performance.now();
    const before = acknowledged(all);
    while (acknowledged(all) < before + 20 * WRITERS && performance.now() - freed < SOON) await pause(20);
    const again = performance.now() - freed;
    if (again >= SOON) wrong.push("with room again, people could not write");
    ends = true;
    await Promise.all(writing);
    for (const writer of all) writer.refused = [];
    await Promise.all(all.map((writer) => writer.write(() => writer.sent % 5 === 4)));
    wrong.push(...all.flatMap((writer) => writer.refused.map((error) => `with room again: ${error}`)));
    const count = all.reduce((sum, writer) => sum + writer.interviews.length, 0);
    wrong.push(...(await missing(all.map((writer) => writer.at(server)))));
    if (server.pid !== pid || !(await fetch(`${server.url}/health/ready`)).ok) wrong.push("it is not ready again");
    if (/panicked/.test(server.output)) wrong.push(`something panicked:\n${server.output}`);

    await server.kill();
    await server.run();
    wrong.push(...(await missing(all)));
    const verdict = sqlite(join(place.folder, "lodestar.sqlite")).whole();
    if (verdict !== "ok") wrong.push(`the database's own check says: ${verdict}`);
    const said = `${place.kind}, ${told.length} calls were refused, ${acknowledged(all)} changes of names and ${count} interviews were acknowledged and are there, people wrote again after ${Math.round(again)} ms`;
    return { said, wrong };
  } finally {
    ends = true;
    await server.dispose();
    place.remove();
  }
}
