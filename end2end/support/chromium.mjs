// Where the browser is and how it starts: no download of one, nothing said to the outside.
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The browser's program: $CHROMIUM, or the first known name in PATH. */
function program() {
  const folders = ["/usr/bin", ...(process.env.PATH ?? "").split(delimiter)];
  const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const found = [process.env.CHROMIUM, ...places].find((path) => {
    try {
      if (path) accessSync(path, constants.X_OK);
      return Boolean(path);
    } catch {
      return false;
    }
  });
  if (!found) throw new Error("Chromium is missing. Fix: make setup, or set CHROMIUM to its path.");
  return found;
}

/** Launch options for Playwright. Chromium's sandbox does not work for root. */
export function chromium() {
  return {
    executablePath: program(),
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  };
}
