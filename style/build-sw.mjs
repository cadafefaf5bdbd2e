// Writes the service worker into a built site: `node style/build-sw.mjs target/site`, after
// `cargo leptos build`.
//
// The worker keeps the parts that are the same for everybody: the hashed files in pkg/, the Latin
// fonts, the icons, the manifest and the offline page. Pages and answers of /api belong to one
// person, so it has no cache for them at all: a page always comes from the network, or, when that
// fails, /offline.html stands in for it.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { generateSW } from "workbox-build";

const site = process.argv[2];
if (!site || !existsSync(join(site, "offline.html"))) {
  console.error("Usage: node style/build-sw.mjs SITE_ROOT, with a site that cargo-leptos has built.");
  process.exit(1);
}

const { count, size, warnings } = await generateSW({
  globDirectory: site,
  // latin-ext, the letters of Eastern Europe, is fetched by the pages that need it.
  globPatterns: [
    "pkg/**/*.{css,js,wasm}",
    "fonts/*-latin-wght-*.woff2",
    "offline.{html,css}",
    "{favicon.svg,icon-*.png,manifest.webmanifest,recover.js}",
  ],
  modifyURLPrefix: { "": "/" },
  // cargo-leptos names files by their MD5 in URL-safe base64; what has such a name never changes.
  dontCacheBustURLsMatching: /^\/pkg\/(?:.*\/)?(?:[^/]+\.)?[\w-]{22}\.(?:css|js|wasm)$/,
  maximumFileSizeToCacheInBytes: 8 * 1024 * 1024,
  swDest: join(site, "sw.js"),
  // One file, no importScripts: nothing else to allow in the content security policy.
  inlineWorkboxRuntime: true,
  mode: "production",
  sourcemap: false,
  cacheId: "lodestar",
  // "/" is a page of the server, never a kept /index.html.
  directoryIndex: null,
  // A new worker waits until the tabs of the old version are closed: they still ask for the old
  // version's lazy chunks, which the server no longer has. Nobody is held back by that, because
  // new pages come from the network and name new files. The first worker takes over at once.
  skipWaiting: false,
  clientsClaim: true,
  cleanupOutdatedCaches: true,
  navigationPreload: true,
  runtimeCaching: [
    {
      urlPattern: ({ request }) => request.mode === "navigate",
      handler: "NetworkOnly",
      options: { precacheFallback: { fallbackURL: "/offline.html" } },
    },
  ],
});

for (const warning of warnings) {
  console.warn(warning);
}
console.log(`${join(site, "sw.js")}: ${count} files, ${Math.round(size / 1024)} KiB kept for offline use.`);
