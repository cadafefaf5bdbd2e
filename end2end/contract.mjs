// Holds the API against its own document: Schemathesis makes up calls, right ones and wrong ones, a bounded number and
// the same in every run. No call may end in a server error, and every answer must have a status, a type and a body that
// the document tells of.
import { spawnSync } from "node:child_process";
import { join } from "node:path";

import { CACHE, Server } from "./support/server.mjs";
import { somebody } from "./support/visitor.mjs";

const PROGRAM = join(CACHE, "tools/python/bin/schemathesis");
const CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,negative_data_rejection,unsupported_method,ignored_auth,use_after_free";
/** Calls that end the token that they are made with. */
const ENDING = ["/api/v1/auth/logout", "/api/v1/auth/me/password"];

const server = await Server.start({ LODESTAR_LOG__LEVEL: "warn", LODESTAR_LIMITS__PASSWORD: "0", LODESTAR_LIMITS__SIGN_IN: "0" });

/** A new member's access token. */
async function token() {
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${server.url}/api/v1/auth/register`, { method: "POST", headers, body: JSON.stringify(somebody()) });
  if (answer.status !== 201) throw new Error(`no account could be opened: ${answer.status} ${await answer.text()}`);
  return (await answer.json()).access_token;
}

/** @param {string[]} which options that choose calls @param {number} examples of each call */
async function check(which, examples) {
  const options = [
    ...["--header", `Authorization: Bearer ${await token()}`, "--checks", CHECKS, "--seed", "1", "--max-examples", String(examples)],
    ...["--phases", "examples,coverage,fuzzing", "--workers", "2", "--no-shrink", "--continue-on-failure", "--warnings", "off"],
  ];
  const { status, error } = spawnSync(PROGRAM, ["run", `${server.url}/api/v1/openapi.json`, ...options, ...which], { stdio: "inherit" });
  if (error) throw new Error(`${PROGRAM} does not run (${error.message}). Fix: make setup.`);
  if (status !== 0) process.exitCode = 1;
}

try {
  await check(ENDING.flatMap((path) => ["--exclude-path", path]), Number(process.env.CONTRACT_EXAMPLES ?? 30));
  await check(ENDING.flatMap((path) => ["--include-path", path]), 10);
} finally {
  await server.dispose();
}
