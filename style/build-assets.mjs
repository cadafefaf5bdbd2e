// Copies the fonts, with their licences, from the npm packages into public/fonts/, from where
// cargo-leptos takes them into the site. Run it after `npm ci`; a second run changes nothing.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const style = fileURLToPath(new URL(".", import.meta.url));
const packages = join(style, "node_modules", "@fontsource-variable");
const fonts = join(style, "..", "public", "fonts");

const wanted = new Map();
for (const family of ["inter", "source-serif-4"]) {
  for (const subset of ["latin", "latin-ext"]) {
    const name = `${family}-${subset}-wght-normal.woff2`;
    wanted.set(name, join(packages, family, "files", name));
  }
  wanted.set(`${family}-licence.txt`, join(packages, family, "LICENSE"));
}

const same = (path, bytes) => {
  try {
    return readFileSync(path).equals(bytes);
  } catch {
    return false; // It is not there yet.
  }
};

mkdirSync(fonts, { recursive: true });
for (const old of readdirSync(fonts).filter((name) => !wanted.has(name))) {
  rmSync(join(fonts, old), { recursive: true });
}
for (const [name, source] of wanted) {
  const bytes = readFileSync(source);
  // An unchanged file keeps its time, so that `cargo leptos watch` stays quiet.
  if (!same(join(fonts, name), bytes)) {
    writeFileSync(join(fonts, name), bytes);
    console.log(`public/fonts/${name}  ${bytes.length} bytes`);
  }
}
