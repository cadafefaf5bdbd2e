// Copies the fonts into public/fonts/ and the viewers of the API's document into public/api-docs/, with their licences,
// from the npm packages; from there cargo-leptos takes them into the site. Run it after `npm ci`; a second run changes
// nothing.

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const style = fileURLToPath(new URL(".", import.meta.url));
const packages = join(style, "node_modules");

const fonts = new Map();
for (const family of ["inter", "source-serif-4"]) {
  for (const subset of ["latin", "latin-ext"]) {
    const name = `${family}-${subset}-wght-normal.woff2`;
    fonts.set(name, join(packages, "@fontsource-variable", family, "files", name));
  }
  fonts.set(`${family}-licence.txt`, join(packages, "@fontsource-variable", family, "LICENSE"));
}
const viewers = new Map([
  ["swagger-ui.css", join(packages, "swagger-ui-dist", "swagger-ui.css")],
  ["swagger-ui-bundle.js", join(packages, "swagger-ui-dist", "swagger-ui-bundle.js")],
  ["swagger-ui-licence.txt", join(packages, "swagger-ui-dist", "LICENSE")],
  ["redoc.standalone.js", join(packages, "redoc", "bundles", "redoc.standalone.js")],
  ["redoc-licence.txt", join(packages, "redoc", "LICENSE")],
]);

// Redoc shows a picture that it would fetch from its makers; this product fetches nothing from elsewhere.
const PICTURE = "https://cdn.redoc.ly/redoc/logo-mini.svg";
const NOTHING = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'/%3E";
const own = (bytes) => (bytes.includes(PICTURE) ? Buffer.from(bytes.toString().replaceAll(PICTURE, NOTHING)) : bytes);

const same = (path, bytes) => {
  try {
    return readFileSync(path).equals(bytes);
  } catch {
    return false; // It is not there yet.
  }
};

for (const [folder, wanted] of [["fonts", fonts], ["api-docs", viewers]]) {
  const place = join(style, "..", "public", folder);
  mkdirSync(place, { recursive: true });
  for (const old of readdirSync(place).filter((name) => !wanted.has(name))) {
    rmSync(join(place, old), { recursive: true });
  }
  for (const [name, source] of wanted) {
    const bytes = own(readFileSync(source));
    // An unchanged file keeps its time, so that `cargo leptos watch` stays quiet.
    if (!same(join(place, name), bytes)) {
      writeFileSync(join(place, name), bytes);
      console.log(`public/${folder}/${name}  ${bytes.length} bytes`);
    }
  }
}
