// Photographs icon.svg, icon-maskable.svg and social.html with Chromium and writes the PNGs that
// are kept in public/. Run it after changing one of them: `node style/render-icons.mjs`.
// CHROMIUM names another browser than Debian's.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { PNG } from "pngjs";

const style = fileURLToPath(new URL(".", import.meta.url));
const publicFolder = join(style, "..", "public");
const browser = process.env.CHROMIUM ?? "/usr/bin/chromium";
const largestPng = 40_000; // bytes

const icons = [
  { from: "icon.svg", to: "icon-192.png", width: 192 },
  { from: "icon.svg", to: "icon-512.png", width: 512 },
  { from: "icon-maskable.svg", to: "icon-maskable-512.png", width: 512 },
  { from: "icon.svg", to: "apple-touch-icon.png", width: 180, ground: "#182135" }, // iOS rounds it.
];

/** Photographs a local page at exactly this size, with a transparent ground. */
function photograph(page, png, width, height) {
  execFileSync(
    browser,
    [
      "--headless",
      "--no-sandbox", // The pages are ours, and containers often run as root.
      "--disable-gpu",
      "--hide-scrollbars",
      "--disable-lcd-text",
      "--force-color-profile=srgb",
      "--force-device-scale-factor=1",
      "--default-background-color=00000000",
      "--virtual-time-budget=2000", // Lets the fonts load.
      `--window-size=${width},${height}`,
      `--screenshot=${png}`,
      pathToFileURL(page).href,
    ],
    { stdio: ["ignore", "ignore", "ignore"], timeout: 60_000 },
  );
  // Flat colour compresses best unfiltered, which the browser's encoder never tries.
  const picture = PNG.sync.read(readFileSync(png));
  const opaque = picture.data.every((byte, index) => index % 4 !== 3 || byte === 255);
  const bytes = PNG.sync.write(picture, { colorType: opaque ? 2 : 6, filterType: 0, deflateLevel: 9, deflateStrategy: 0 });
  if (bytes.length > largestPng) {
    throw new Error(`${png} has ${bytes.length} bytes; at most ${largestPng} are wanted.`);
  }
  writeFileSync(png, bytes);
  console.log(`${png}  ${width} x ${height}  ${bytes.length} bytes`);
}

const scratch = mkdtempSync(join(tmpdir(), "icons-"));
try {
  for (const { from, to, width, ground = "transparent" } of icons) {
    const source = pathToFileURL(join(style, from)).href;
    const page = join(scratch, "icon.html");
    writeFileSync(page, `<body style="margin:0;background:${ground}"><img src="${source}" width="${width}" style="display:block">`);
    photograph(page, join(publicFolder, to), width, width);
  }
  photograph(join(style, "social.html"), join(publicFolder, "social.png"), 1200, 630);
} finally {
  rmSync(scratch, { recursive: true });
}
